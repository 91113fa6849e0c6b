#include "dataset/object_archive.h"

#include <algorithm>
#include <charconv>

#include "dataset/detail/tar_writer.h"
#include "dataset/export_output.h"

namespace dataset {

using base::Code;
using base::Error;
using base::Result;

namespace {

constexpr uint64_t kBlock = 512;
constexpr size_t kPathBytes = 100;
constexpr size_t kSizeOffset = 124;
constexpr size_t kSizeDigits = 11;
constexpr std::string_view kPrefix = "files/md5/";

Error not_ours() {
  return Error{Code::invalid, "this is not an archive of stored objects"};
}

uint64_t padding_of(uint64_t size) {
  return (kBlock - size % kBlock) % kBlock;
}

// "files/md5/d7/51713988987e9331980363e24189ce.dir"
Result<ArchivedObject> parse_path(std::string_view path) {
  ArchivedObject object;
  if (path.ends_with(".dir")) {
    object.kind = DvcObjectKind::directory;
    path.remove_suffix(4);
  }
  if (!path.starts_with(kPrefix) || path.size() != kPrefix.size() + 33) return not_ours();
  path.remove_prefix(kPrefix.size());
  if (path[2] != '/') return not_ours();
  const auto md5 =
      base::Md5::from_hex(std::string(path.substr(0, 2)) + std::string(path.substr(3)));
  if (!md5.ok()) return not_ours();
  object.md5 = *md5;
  return object;
}

Result<ArchivedObject> parse_header(std::string_view header) {
  std::string_view path = header.substr(0, kPathBytes);
  path = path.substr(0, path.find('\0'));
  ArchivedObject object = TRY(parse_path(path));
  const std::string_view digits = header.substr(kSizeOffset, kSizeDigits);
  const auto read = std::from_chars(digits.begin(), digits.end(), object.size, 8);
  if (read.ec != std::errc() || read.ptr != digits.end()) return not_ours();
  return object;
}

}  // namespace

Result<uint64_t> object_archive_size(std::span<const ArchivedObject> objects) {
  uint64_t size = 2 * kBlock;
  for (const ArchivedObject& object : objects) {
    if (object.size >= uint64_t{8} << 30) {
      return Error{Code::limit, "an object of 8 GiB or more must be fetched alone"};
    }
    size += kBlock + object.size + padding_of(object.size);
  }
  return size;
}

Result<void> write_object_archive(std::span<const ArchivedObject> objects, const ReadArchived& read,
                                  const ArchiveSink& sink) {
  ExportOutput out(sink);
  detail::TarWriter tar(out);
  for (const ArchivedObject& object : objects) {
    TRY(tar.add(dvc_object_path(object.md5, object.kind), object.size, [&] {
      return read(object, [&](std::string_view chunk) { return out.write(chunk); });
    }));
  }
  TRY(tar.finish());
  return out.flush();
}

Result<void> ObjectArchiveReader::begin(std::string_view header) {
  if (header.front() == '\0') {
    has_ended_ = true;
    return {};
  }
  object_ = TRY(parse_header(header));
  missing_ = object_.size;
  padding_ = padding_of(object_.size);
  return object_.size == 0 ? take_(object_, {}, true) : Result<void>();
}

Result<void> ObjectArchiveReader::feed(std::string_view chunk) {
  while (!chunk.empty() && !has_ended_) {
    if (missing_ > 0) {
      const std::string_view piece = chunk.substr(0, missing_);
      missing_ -= piece.size();
      chunk.remove_prefix(piece.size());
      TRY(take_(object_, piece, missing_ == 0));
    } else if (padding_ > 0) {
      const size_t skipped = std::min<uint64_t>(padding_, chunk.size());
      padding_ -= skipped;
      chunk.remove_prefix(skipped);
    } else {
      const std::string_view piece = chunk.substr(0, kBlock - header_.size());
      header_ += piece;
      chunk.remove_prefix(piece.size());
      if (header_.size() < kBlock) return {};
      TRY(begin(header_));
      header_.clear();
    }
  }
  return {};
}

Result<void> ObjectArchiveReader::finish() const {
  return has_ended_ ? Result<void>()
                    : Result<void>(Error{Code::invalid, "the archive of objects ended too early"});
}

}  // namespace dataset
