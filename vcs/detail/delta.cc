#include "vcs/detail/delta.h"

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

}  // namespace

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
