#include "vcs/detail/pack_stream.h"

#include <zlib.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/handle.h"

namespace vcs {
namespace {

using base::Code;
using base::Error;
using base::Result;

constexpr size_t kChunk = size_t{64} << 10;

Error malformed(const char* what) {
  return Error{Code::invalid, what};
}

Bytef* bytes_of(const char* text) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(text));  // zlib reads only
}

// zlib's inflate into a string of a size that was promised.
class PromisedContent {
 public:
  explicit PromisedContent(uint64_t size) : content_(size, '\0') {
    if (inflateInit(&stream_) != Z_OK) {
      base::stop_on_bug({Code::internal, "zlib cannot start"});
    }
  }
  PromisedContent(const PromisedContent&) = delete;
  PromisedContent& operator=(const PromisedContent&) = delete;
  ~PromisedContent() { inflateEnd(&stream_); }

  bool is_complete() const { return is_complete_; }
  std::string take() { return std::move(content_); }

  // Bytes of the input that were used.
  Result<size_t> feed(std::string_view input) {
    stream_.next_in = bytes_of(input.data());
    stream_.avail_in = static_cast<uInt>(input.size());
    char beyond = 0;  // room to notice that more comes than was promised
    const bool is_full = produced_ == content_.size();
    stream_.next_out = bytes_of(is_full ? &beyond : content_.data() + produced_);
    const size_t room = is_full ? 1 : std::min(content_.size() - produced_, size_t{1} << 30);
    stream_.avail_out = static_cast<uInt>(room);
    const int status = ::inflate(&stream_, Z_NO_FLUSH);
    const size_t made = room - stream_.avail_out;
    if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR) {
      return malformed("the pack holds damaged compressed data");
    }
    if (is_full && made != 0) return malformed("an object of the pack is longer than it says");
    produced_ += made;
    is_complete_ = status == Z_STREAM_END;
    if (is_complete_ && produced_ != content_.size()) {
      return malformed("an object of the pack is shorter than it says");
    }
    return input.size() - stream_.avail_in;
  }

 private:
  z_stream stream_ = {};
  std::string content_;
  size_t produced_ = 0;
  bool is_complete_ = false;
};

}  // namespace

Result<uint32_t> PackStream::read_header() {
  TRY(need(12));
  const base::ByteView header = base::as_bytes(unread().substr(0, 12));
  if (!unread().starts_with("PACK")) return malformed("there is no pack where one belongs");
  if (base::load_be32(header.data() + 4) != 2) return malformed("a pack of an unknown version");
  const uint32_t count = base::load_be32(header.data() + 8);
  consume(12);
  return count;
}

Result<StreamedEntry> PackStream::next(const Admit& admit) {
  StreamedEntry entry;
  entry.offset = offset();
  crc_ = static_cast<uint32_t>(::crc32(0, nullptr, 0));
  entry.header = TRY(read_entry_header());
  TRY(admit(entry.header));
  entry.content = TRY(inflate(entry.header.size));
  entry.crc32 = crc_;
  return entry;
}

Result<base::Sha1> PackStream::finish() {
  TRY(need(base::Sha1::kSize));
  TRY(keep());
  const base::Sha1 computed = hasher_.finish();
  const std::string trailer(unread().substr(0, base::Sha1::kSize));
  if (trailer != base::as_text(computed.bytes)) return malformed("the pack's checksum is wrong");
  if (unread().size() > base::Sha1::kSize || TRY(fill())) {
    return malformed("there is something after the pack");
  }
  TRY(base::write_all(file_, trailer));
  return computed;
}

// More unread bytes, or false at the end of the body.
Result<bool> PackStream::fill() {
  TRY(keep());
  buffer_.erase(0, at_);
  kept_ = at_ = 0;
  const size_t before = buffer_.size();
  buffer_.resize(before + kChunk);
  const size_t got = TRY(source_(buffer_.data() + before, kChunk));
  buffer_.resize(before + got);
  received_ += got;
  if (received_ > max_bytes_) {
    return Error{Code::limit, "the pack is larger than " + std::to_string(max_bytes_) + " bytes"};
  }
  return got != 0;
}

Result<void> PackStream::need(size_t count) {
  while (unread().size() < count) {
    if (!TRY(fill())) return malformed("the pack ends too early");
  }
  return {};
}

// Hashes and writes what was consumed.
Result<void> PackStream::keep() {
  const std::string_view consumed = std::string_view(buffer_).substr(kept_, at_ - kept_);
  hasher_.update(consumed);
  TRY(base::write_all(file_, consumed));
  written_ += consumed.size();
  kept_ = at_;
  return {};
}

void PackStream::consume(size_t count) {
  crc_ = static_cast<uint32_t>(
      ::crc32(crc_, bytes_of(buffer_.data() + at_), static_cast<uInt>(count)));
  at_ += count;
}

Result<EntryHeader> PackStream::read_entry_header() {
  while (true) {
    const auto header = TRY(parse_entry_header(unread()));
    if (header) {
      consume(header->length);
      return *header;
    }
    TRY(need(unread().size() + 1));
  }
}

Result<std::string> PackStream::inflate(uint64_t size) {
  PromisedContent content(size);
  while (!content.is_complete()) {
    TRY(need(1));
    const std::string_view input = unread();
    const size_t used = TRY(content.feed(input));
    consume(used);
  }
  return content.take();
}

}  // namespace vcs
