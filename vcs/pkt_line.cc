#include "vcs/pkt_line.h"

#include <array>
#include <cassert>

namespace vcs {

using base::Code;
using base::Error;
using base::Result;

namespace {

constexpr size_t kLengthDigits = 4;
constexpr size_t kMaxPacket = kMaxPktPayload + kLengthDigits;

std::array<char, kLengthDigits> length_digits(size_t length) {
  static constexpr char kDigits[] = "0123456789abcdef";
  return {kDigits[length >> 12 & 15], kDigits[length >> 8 & 15], kDigits[length >> 4 & 15],
          kDigits[length & 15]};
}

void append_length(std::string& out, size_t payload) {
  const auto digits = length_digits(payload + kLengthDigits);
  out.append(digits.data(), digits.size());
}

int digit_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// A packet whose payload is still to be read: `payload` is its length.
struct Start {
  Packet::Kind kind = Packet::Kind::data;
  size_t payload = 0;
};

Result<Start> parse_start(std::string_view digits) {
  size_t length = 0;
  for (const char c : digits) {
    const int value = digit_value(c);
    if (value < 0) return Error{Code::invalid, "a packet's length is not hexadecimal"};
    length = length << 4 | static_cast<size_t>(value);
  }
  if (length == 0) return Start{Packet::Kind::flush};
  if (length == 1) return Start{Packet::Kind::delimiter};
  if (length == 2) return Start{Packet::Kind::response_end};
  if (length < kLengthDigits || length > kMaxPacket) {
    return Error{Code::invalid, "a packet's length is out of range"};
  }
  return Start{Packet::Kind::data, length - kLengthDigits};
}

}  // namespace

void append_pkt(std::string& out, std::string_view payload) {
  assert(payload.size() <= kMaxPktPayload);
  append_length(out, payload.size());
  out += payload;
}

Result<std::optional<Packet>> PktReader::next() {
  if (rest_.empty()) return std::optional<Packet>();
  if (rest_.size() < kLengthDigits) return Error{Code::invalid, "the last packet is cut off"};
  const Start start = TRY(parse_start(rest_.substr(0, kLengthDigits)));
  rest_.remove_prefix(kLengthDigits);
  if (rest_.size() < start.payload) return Error{Code::invalid, "the last packet is cut off"};
  const Packet packet{start.kind, rest_.substr(0, start.payload)};
  rest_.remove_prefix(start.payload);
  return std::optional(packet);
}

Result<size_t> PktStream::fill(char* buffer, size_t size) {
  size_t done = 0;
  while (done < size) {
    const size_t got = TRY(source_(buffer + done, size - done));
    if (got == 0) break;
    done += got;
  }
  return done;
}

Result<std::optional<Packet>> PktStream::next() {
  std::array<char, kLengthDigits> digits;
  const size_t got = TRY(fill(digits.data(), digits.size()));
  if (got == 0) return std::optional<Packet>();
  if (got < digits.size()) return Error{Code::invalid, "the last packet is cut off"};
  const Start start = TRY(parse_start({digits.data(), digits.size()}));
  payload_.resize(start.payload);
  if (TRY(fill(payload_.data(), start.payload)) < start.payload) {
    return Error{Code::invalid, "the last packet is cut off"};
  }
  return std::optional(Packet{start.kind, payload_});
}

Result<void> SidebandWriter::send(char band, std::string_view payload) {
  std::string head;
  append_length(head, payload.size() + 1);
  head += band;
  if (payload.size() < 4096) return out_(head.append(payload));
  TRY(out_(head));
  return out_(payload);
}

Result<void> SidebandWriter::data(std::string_view bytes) {
  while (!bytes.empty()) {
    if (buffered_.empty() && bytes.size() >= payload_limit_) {
      TRY(send(1, bytes.substr(0, payload_limit_)));
      bytes.remove_prefix(payload_limit_);
      continue;
    }
    const size_t fits = std::min(bytes.size(), payload_limit_ - buffered_.size());
    buffered_ += bytes.substr(0, fits);
    bytes.remove_prefix(fits);
    if (buffered_.size() == payload_limit_) TRY(flush_data());
  }
  return {};
}

Result<void> SidebandWriter::progress(std::string_view text) {
  TRY(flush_data());
  while (!text.empty()) {
    const std::string_view part = text.substr(0, payload_limit_);
    TRY(send(2, part));
    text.remove_prefix(part.size());
  }
  return {};
}

Result<void> SidebandWriter::fatal(std::string_view text) {
  TRY(flush_data());
  return send(3, text.substr(0, payload_limit_));
}

Result<void> SidebandWriter::keep_alive() {
  return send(1, "");
}

Result<void> SidebandWriter::flush_data() {
  if (buffered_.empty()) return {};
  TRY(send(1, buffered_));
  buffered_.clear();
  return {};
}

Result<void> SidebandWriter::finish() {
  TRY(flush_data());
  return out_("0000");
}

}  // namespace vcs
