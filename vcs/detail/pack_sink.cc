#include "vcs/detail/pack_sink.h"

#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

#include "base/random.h"

namespace vcs {
namespace {

using base::Path;
using base::Result;

constexpr size_t kBufferSize = size_t{256} << 10;

Path with_suffix(const Path& path, std::string_view suffix) {
  return path.string() + std::string(suffix);
}

Result<void> write_synced(const Path& path, std::string_view content) {
  const base::UniqueFd file = TRY(base::open_file(path, O_WRONLY | O_CREAT | O_EXCL, 0444));
  TRY(base::write_all(file.get(), content));
  return base::sync_file(file.get());
}

Result<void> move_file(const Path& from, const Path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return base::system_error("rename", from);
  return {};
}

}  // namespace

PackSink::PackSink(Path directory, Path temporary, base::UniqueFd file, StepObserver observer)
    : directory_(std::move(directory)),
      temporary_(std::move(temporary)),
      file_(std::move(file)),
      observer_(std::move(observer)) {}

PackSink::~PackSink() {
  if (temporary_.empty()) return;
  ::unlink(with_suffix(temporary_, ".pack").c_str());
  ::unlink(with_suffix(temporary_, ".idx").c_str());
}

Result<PackSink> PackSink::create(const Path& directory, uint32_t count, StepObserver observer) {
  TRY(base::make_directories(directory));
  const Path temporary = directory / (std::string(kTemporaryPackPrefix) + base::random_token(8));
  base::UniqueFd file =
      TRY(base::open_file(with_suffix(temporary, ".pack"), O_WRONLY | O_CREAT | O_EXCL, 0444));
  PackSink sink(directory, temporary, std::move(file), std::move(observer));
  std::string header = "PACK";
  base::append_be32(header, 2);
  base::append_be32(header, count);
  TRY(sink.append(header));
  return sink;
}

Result<void> PackSink::add(const ObjectId& id, std::string_view entry) {
  const auto crc =
      ::crc32(0, reinterpret_cast<const Bytef*>(entry.data()), static_cast<uInt>(entry.size()));
  entries_.push_back({id, offset(), static_cast<uint32_t>(crc)});
  return append(entry);
}

Result<base::Sha1> PackSink::finish() {
  const base::Sha1 name = TRY(close_pack());
  report(observer_, DurableStep::pack_written);
  TRY(write_synced(with_suffix(temporary_, ".idx"), encode_pack_index(entries_, name)));
  report(observer_, DurableStep::index_written);
  TRY(publish(name));
  return name;
}

Result<void> PackSink::append(std::string_view bytes) {
  hasher_.update(bytes);
  buffer_ += bytes;
  if (buffer_.size() < kBufferSize) return {};
  return flush();
}

Result<void> PackSink::flush() {
  TRY(base::write_all(file_.get(), buffer_));
  offset_ += buffer_.size();
  buffer_.clear();
  return {};
}

Result<base::Sha1> PackSink::close_pack() {
  const base::Sha1 name = hasher_.finish();
  buffer_ += base::as_text(name.bytes);
  TRY(flush());
  TRY(base::sync_file(file_.get()));
  file_.reset();
  return name;
}

Result<void> PackSink::publish(const base::Sha1& name) {
  const Path target = directory_ / ("pack-" + name.hex());
  TRY(move_file(with_suffix(temporary_, ".pack"), with_suffix(target, ".pack")));
  report(observer_, DurableStep::pack_renamed);
  TRY(move_file(with_suffix(temporary_, ".idx"), with_suffix(target, ".idx")));
  temporary_.clear();
  report(observer_, DurableStep::index_renamed);
  return base::sync_directory(directory_);
}

}  // namespace vcs
