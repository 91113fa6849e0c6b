#include "vcs/pkt_line.h"

#include <algorithm>
#include <array>
#include <cassert>

namespace vcs {

using base::Code;
using base::Error;
using base::Result;

namespace {

constexpr size_t kLengthDigits = 4;
constexpr size_t kMaxPacket = kMaxPktPayload + kLengthDigits;
constexpr size_t kBandHead = kLengthDigits + 1;
constexpr size_t kBlock = size_t{256} << 10;  // of packets that go out together

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

void SidebandWriter::open_packet(char band) {
  open_packet_ = block_.size();
  block_.append(kLengthDigits, '0');
  block_ += band;
}

void SidebandWriter::close_packet() {
  if (open_packet_ == kNoPacket) return;
  const auto digits = length_digits(block_.size() - open_packet_);
  std::copy(digits.begin(), digits.end(), block_.begin() + static_cast<ptrdiff_t>(open_packet_));
  open_packet_ = kNoPacket;
}

Result<void> SidebandWriter::data(std::string_view bytes) {
  while (!bytes.empty()) {
    if (open_packet_ == kNoPacket) open_packet(1);
    const size_t held = block_.size() - open_packet_ - kBandHead;
    const std::string_view part = bytes.substr(0, payload_limit_ - held);
    block_ += part;
    bytes.remove_prefix(part.size());
    if (held + part.size() < payload_limit_) break;
    close_packet();
    if (block_.size() + payload_limit_ > kBlock) TRY(flush_data());
  }
  return {};
}

// Goes out at once, behind the data that came before it.
Result<void> SidebandWriter::send(char band, std::string_view payload) {
  close_packet();
  open_packet(band);
  block_ += payload;
  return flush_data();
}

Result<void> SidebandWriter::progress(std::string_view text) {
  while (!text.empty()) {
    const std::string_view part = text.substr(0, payload_limit_);
    TRY(send(2, part));
    text.remove_prefix(part.size());
  }
  return {};
}

Result<void> SidebandWriter::fatal(std::string_view text) {
  return send(3, text.substr(0, payload_limit_));
}

Result<void> SidebandWriter::keep_alive() {
  return send(1, "");
}

Result<void> SidebandWriter::flush_data() {
  close_packet();
  if (block_.empty()) return {};
  TRY(out_(block_));
  block_.clear();
  return {};
}

Result<void> SidebandWriter::finish() {
  close_packet();
  append_flush(block_);
  return flush_data();
}

}  // namespace vcs
