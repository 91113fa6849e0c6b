#include "vcs/detail/delta.h"

#include <algorithm>

namespace vcs {

using base::Code;
using base::Error;
using base::Result;

namespace {

Error malformed() {
  return Error{Code::invalid, "a delta is malformed"};
}

Result<uint64_t> take_size(std::string_view& delta) {
  uint64_t size = 0;
  for (int shift = 0; shift < 63; shift += 7) {
    if (delta.empty()) return malformed();
    const auto byte = static_cast<uint8_t>(delta.front());
    delta.remove_prefix(1);
    size |= uint64_t{byte & 0x7fu} << shift;
    if ((byte & 0x80) == 0) return size;
  }
  return malformed();
}

// The bytes of a copy instruction's number that its mask names, lowest first.
Result<uint32_t> take_number(std::string_view& delta, uint8_t mask, int bytes) {
  uint32_t number = 0;
  for (int i = 0; i < bytes; ++i) {
    if ((mask >> i & 1) == 0) continue;
    if (delta.empty()) return malformed();
    number |= uint32_t{static_cast<uint8_t>(delta.front())} << (8 * i);
    delta.remove_prefix(1);
  }
  return number;
}

Result<std::string_view> take_piece(std::string_view base, std::string_view& delta) {
  const auto code = static_cast<uint8_t>(delta.front());
  delta.remove_prefix(1);
  if (code == 0) return malformed();
  if ((code & 0x80) == 0) {
    if (delta.size() < code) return malformed();
    const std::string_view inserted = delta.substr(0, code);
    delta.remove_prefix(code);
    return inserted;
  }
  const uint32_t offset = TRY(take_number(delta, code, 4));
  uint32_t size = TRY(take_number(delta, code >> 4 & 7, 3));
  if (size == 0) size = 0x10000;
  if (offset > base.size() || size > base.size() - offset) return malformed();
  return base.substr(offset, size);
}

constexpr size_t kMaxCopy = 0x10000;  // what every reader of version 2 understands
constexpr size_t kMaxInsert = 0x7f;

void append_size(std::string& delta, uint64_t size) {
  for (; size > 0x7f; size >>= 7) delta += static_cast<char>(0x80 | (size & 0x7f));
  delta += static_cast<char>(size);
}

// The bytes of a number that are not zero, lowest first; says which they are.
uint8_t append_number(std::string& delta, uint64_t number) {
  uint8_t mask = 0;
  for (int i = 0; number >> (8 * i) != 0; ++i) {
    const auto byte = static_cast<uint8_t>(number >> (8 * i));
    if (byte == 0) continue;
    delta += static_cast<char>(byte);
    mask |= static_cast<uint8_t>(1 << i);
  }
  return mask;
}

void append_copy(std::string& delta, uint64_t offset, uint64_t size) {
  while (size > 0) {
    const uint64_t piece = std::min<uint64_t>(size, kMaxCopy);
    const size_t code = delta.size();
    delta += '\0';
    const uint8_t offset_mask = append_number(delta, offset);
    const uint8_t size_mask = piece == kMaxCopy ? 0 : append_number(delta, piece);
    delta[code] = static_cast<char>(0x80 | size_mask << 4 | offset_mask);
    offset += piece;
    size -= piece;
  }
}

void append_insert(std::string& delta, std::string_view text) {
  for (; !text.empty(); text.remove_prefix(std::min(text.size(), kMaxInsert))) {
    const std::string_view piece = text.substr(0, kMaxInsert);
    delta += static_cast<char>(piece.size());
    delta += piece;
  }
}

}  // namespace

std::string delta_of_one_change(std::string_view base, std::string_view content) {
  const size_t most = std::min(base.size(), content.size());
  const auto start = static_cast<size_t>(
      std::mismatch(base.begin(), base.begin() + static_cast<std::ptrdiff_t>(most), content.begin())
          .first -
      base.begin());
  size_t end = 0;
  while (end < most - start && base[base.size() - 1 - end] == content[content.size() - 1 - end]) {
    ++end;
  }
  std::string delta;
  append_size(delta, base.size());
  append_size(delta, content.size());
  append_copy(delta, 0, start);
  append_insert(delta, content.substr(start, content.size() - start - end));
  append_copy(delta, base.size() - end, end);
  return delta;
}

Result<DeltaSizes> take_delta_sizes(std::string_view& delta) {
  DeltaSizes sizes;
  sizes.base = TRY(take_size(delta));
  sizes.result = TRY(take_size(delta));
  return sizes;
}

Result<std::string> apply_delta(std::string_view base, std::string_view delta, uint64_t limit) {
  const DeltaSizes sizes = TRY(take_delta_sizes(delta));
  if (sizes.base != base.size()) return malformed();
  if (sizes.result > limit) {
    return Error{Code::limit, "an object is larger than " + std::to_string(limit) + " bytes"};
  }
  std::string out;
  out.reserve(sizes.result);
  while (!delta.empty()) {
    const std::string_view piece = TRY(take_piece(base, delta));
    if (piece.size() > sizes.result - out.size()) return malformed();
    out += piece;
  }
  if (out.size() != sizes.result) return malformed();
  return out;
}

}  // namespace vcs
