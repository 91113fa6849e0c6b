#include "ocr/detail/unpack.h"

#include <archive.h>
#include <archive_entry.h>

#include <string>

#include "base/handle.h"
#include "base/text.h"
#include "ocr/detail/wire.h"

namespace ocr::detail {
namespace {

using Archive = base::Handle<archive, archive_read_free>;

constexpr uint64_t kFreeInflation = 64u << 20;  // before the ratio counts
constexpr size_t kNameBytes = 1024;

struct Bounds {
  int64_t entries;
  int64_t entry_bytes;
  int64_t total_bytes;
  int64_t ratio;
};

Failure too_large(std::string reason) {
  return {kTooLarge, std::move(reason)};
}
Failure damaged() {
  return {kDamaged, "the archive is damaged"};
}

// For people: no control characters, no more than fits a line.
std::string shown_name(archive_entry* entry) {
  const char* raw = archive_entry_pathname_utf8(entry);
  if (raw == nullptr) raw = archive_entry_pathname(entry);
  std::string name;
  for (const char* c = raw == nullptr ? "" : raw; *c != 0 && name.size() < kNameBytes; ++c) {
    name += static_cast<uint8_t>(*c) < 0x20 || *c == 0x7f ? '_' : *c;
  }
  while (!name.empty() && !base::is_utf8(name)) {
    const auto bad = base::find_malformed_utf8(name);
    name.replace(bad.value_or(name.size() - 1), 1, "_");
  }
  return name;
}

class Unpacker {
 public:
  Unpacker(int socket, const Bounds& bounds, std::string_view packed)
      : socket_(socket), bounds_(bounds), packed_(packed) {}

  base::Result<void> run() {
    archive_.reset(archive_read_new());
    archive_read_support_format_zip(archive_.get());
    archive_read_support_format_tar(archive_.get());
    archive_read_support_filter_gzip(archive_.get());
    if (archive_read_open_memory(archive_.get(), packed_.data(), packed_.size()) != ARCHIVE_OK) {
      return fail(damaged());
    }
    while (true) {
      archive_entry* entry = nullptr;
      const int status = archive_read_next_header(archive_.get(), &entry);
      if (status == ARCHIVE_EOF) return send({StreamStep::Kind::done, {}, skipped_, {}});
      if (status != ARCHIVE_OK && status != ARCHIVE_WARN) return fail(damaged());
      if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry) != nullptr) {
        ++skipped_;
        continue;
      }
      if (!TRY(one_file(entry))) return {};
    }
  }

 private:
  // False if the reading has failed and said so.
  base::Result<bool> one_file(archive_entry* entry) {
    if (++files_ > bounds_.entries) {
      return stop(
          too_large("the archive holds more than " + std::to_string(bounds_.entries) + " files"));
    }
    if (archive_entry_is_encrypted(entry) != 0) {
      return stop({kEncrypted, "the archive is encrypted"});
    }
    TRY(send({StreamStep::Kind::begin, shown_name(entry), 0, {}}));
    int64_t size = 0;
    while (true) {
      const void* chunk = nullptr;
      size_t count = 0;
      la_int64_t offset = 0;
      const int status = archive_read_data_block(archive_.get(), &chunk, &count, &offset);
      if (status == ARCHIVE_EOF) break;
      if (status != ARCHIVE_OK && status != ARCHIVE_WARN) return stop(damaged());
      if (offset != size) return stop({kUnsupported, "the archive holds a file with holes"});
      size += static_cast<int64_t>(count);
      total_ += static_cast<int64_t>(count);
      if (const auto failure = beyond(size)) return stop(*failure);
      TRY(send_frame(socket_, to_json(StreamStep{StreamStep::Kind::bytes, {}, 0, {}}),
                     {static_cast<const char*>(chunk), count}));
    }
    TRY(send({StreamStep::Kind::end, {}, 0, {}}));
    return true;
  }

  std::optional<Failure> beyond(int64_t size) const {
    if (size > bounds_.entry_bytes) return too_large("a file in the archive is too large");
    if (total_ > bounds_.total_bytes) return too_large("the archive inflates to too much");
    const auto packed = static_cast<int64_t>(packed_.size());
    if (total_ > static_cast<int64_t>(kFreeInflation) && total_ / bounds_.ratio > packed) {
      return too_large("the archive inflates to more than " + std::to_string(bounds_.ratio) +
                       " times its size");
    }
    return std::nullopt;
  }

  base::Result<void> send(const StreamStep& step) { return send_frame(socket_, to_json(step), {}); }
  base::Result<void> fail(Failure failure) {
    return send({StreamStep::Kind::failed, {}, 0, std::move(failure)});
  }
  base::Result<bool> stop(Failure failure) {
    TRY(fail(std::move(failure)));
    return false;
  }

  int socket_;
  Bounds bounds_;
  std::string_view packed_;
  Archive archive_;
  int64_t files_ = 0;
  int64_t total_ = 0;
  uint32_t skipped_ = 0;
};

}  // namespace

base::Result<void> unpack(int socket, const base::Json& request, std::string_view bytes) {
  const Bounds bounds{request.integer_or("entries", 0), request.integer_or("entry_bytes", 0),
                      request.integer_or("total_bytes", 0),
                      std::max<int64_t>(1, request.integer_or("ratio", 1))};
  return Unpacker(socket, bounds, bytes).run();
}

}  // namespace ocr::detail
