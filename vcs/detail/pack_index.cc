#include "vcs/detail/pack_index.h"

#include <algorithm>

#include "base/bytes.h"

namespace vcs {
namespace {

constexpr uint32_t kMagic = 0xff744f63;  // "\377tOc"
constexpr uint32_t kVersion = 2;
constexpr uint64_t kLargestSmallOffset = 0x7fffffff;

void append_fan_out(std::string& out, const std::vector<IndexedEntry>& entries) {
  uint32_t count = 0;
  for (int first_byte = 0; first_byte < 256; ++first_byte) {
    while (count < entries.size() && entries[count].id.bytes[0] == first_byte) ++count;
    base::append_be32(out, count);
  }
}

// Offsets past 2 GiB are places in a second table.
void append_offsets(std::string& out, const std::vector<IndexedEntry>& entries) {
  std::string large;
  for (const IndexedEntry& entry : entries) {
    if (entry.offset <= kLargestSmallOffset) {
      base::append_be32(out, static_cast<uint32_t>(entry.offset));
      continue;
    }
    base::append_be32(out, 0x80000000u | static_cast<uint32_t>(large.size() / 8));
    base::append_be64(large, entry.offset);
  }
  out += large;
}

}  // namespace

std::string encode_pack_index(std::vector<IndexedEntry> entries, const base::Sha1& pack_checksum) {
  std::sort(entries.begin(), entries.end(),
            [](const IndexedEntry& a, const IndexedEntry& b) { return a.id < b.id; });
  std::string out;
  base::append_be32(out, kMagic);
  base::append_be32(out, kVersion);
  append_fan_out(out, entries);
  for (const IndexedEntry& entry : entries) out += base::as_text(entry.id.bytes);
  for (const IndexedEntry& entry : entries) base::append_be32(out, entry.crc32);
  append_offsets(out, entries);
  out += base::as_text(pack_checksum.bytes);
  const base::Sha1 own = base::sha1_of(out);
  out += base::as_text(own.bytes);
  return out;
}

}  // namespace vcs
