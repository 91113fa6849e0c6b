#include "vcs/detail/pack_entry.h"

#include <algorithm>

#include "vcs/compression.h"

namespace vcs {
namespace {

using base::Code;
using base::Error;
using base::Result;

Error malformed(const char* what) {
  return Error{Code::invalid, what};
}

// "3 bits of type and 4 of size, then 7 bits of size a byte, least significant first."
Result<bool> parse_type_and_size(std::string_view bytes, EntryHeader& header) {
  size_t at = 0;
  unsigned shift = 4;
  if (bytes.empty()) return false;
  auto byte = static_cast<uint8_t>(bytes[at++]);
  header.packed_type = (byte >> 4) & 7;
  header.size = byte & 15;
  while (byte & 0x80) {
    if (at == bytes.size()) return false;
    if (shift > 56) return malformed("pack entry with an impossible size");
    byte = static_cast<uint8_t>(bytes[at++]);
    header.size |= uint64_t{byte & 0x7fu} << shift;
    shift += 7;
  }
  header.length = at;
  return true;
}

// "7 bits a byte, most significant first, plus one for each byte that follows."
Result<bool> parse_distance(std::string_view bytes, EntryHeader& header) {
  size_t at = header.length;
  if (at == bytes.size()) return false;
  auto byte = static_cast<uint8_t>(bytes[at++]);
  uint64_t distance = byte & 0x7f;
  while (byte & 0x80) {
    if (at == bytes.size()) return false;
    if (distance >= uint64_t{1} << 55) return malformed("pack entry with an impossible base");
    byte = static_cast<uint8_t>(bytes[at++]);
    distance = ((distance + 1) << 7) | (byte & 0x7f);
  }
  header.base_distance = distance;
  header.length = at;
  return true;
}

Result<bool> parse_base_id(std::string_view bytes, EntryHeader& header) {
  if (bytes.size() < header.length + ObjectId::kSize) return false;
  std::copy_n(bytes.data() + header.length, ObjectId::kSize, header.base_id.bytes.begin());
  header.length += ObjectId::kSize;
  return true;
}

Result<bool> parse_base(std::string_view bytes, EntryHeader& header) {
  if (header.packed_type == kPackedOffsetDelta) return parse_distance(bytes, header);
  if (header.packed_type == kPackedIdDelta) return parse_base_id(bytes, header);
  if (kind_of_packed(header.packed_type)) return true;
  return malformed("pack entry of an unknown type");
}

}  // namespace

std::optional<ObjectKind> kind_of_packed(int packed_type) {
  if (packed_type < 1 || packed_type > 4) return std::nullopt;
  return static_cast<ObjectKind>(packed_type);
}

std::string encode_entry(ObjectKind kind, std::string_view content) {
  std::string out;
  append_entry_header(out, static_cast<int>(kind), content.size());
  return out + deflate(content);
}

void append_entry_header(std::string& out, int packed_type, uint64_t size) {
  auto byte = static_cast<uint8_t>(packed_type << 4 | (size & 15));
  for (size >>= 4; size != 0; size >>= 7) {
    out += static_cast<char>(byte | 0x80);
    byte = size & 0x7f;
  }
  out += static_cast<char>(byte);
}

// "7 bits a byte, most significant first, plus one for each byte that follows."
void append_distance(std::string& out, uint64_t distance) {
  char digits[10];
  size_t at = sizeof(digits);
  digits[--at] = static_cast<char>(distance & 0x7f);
  while (distance >>= 7) digits[--at] = static_cast<char>(0x80 | (--distance & 0x7f));
  out.append(digits + at, sizeof(digits) - at);
}

Result<std::optional<EntryHeader>> parse_entry_header(std::string_view bytes) {
  EntryHeader header;
  if (!TRY(parse_type_and_size(bytes, header))) return std::optional<EntryHeader>();
  if (!TRY(parse_base(bytes, header))) return std::optional<EntryHeader>();
  return std::optional<EntryHeader>(header);
}

}  // namespace vcs
