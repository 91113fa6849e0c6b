#include "vcs/detail/pack_lookup.h"

#include <algorithm>
#include <cstring>

#include "base/bytes.h"

namespace vcs {

using base::Code;
using base::Error;
using base::load_be32;
using base::Result;

namespace {

constexpr size_t kHeader = 8;
constexpr size_t kFanOut = 256 * 4;
constexpr size_t kIds = kHeader + kFanOut;
constexpr size_t kPerObject = ObjectId::kSize + 4 + 4;
constexpr size_t kTrailer = 40;
constexpr uint32_t kMagic = 0xff744f63;
constexpr uint32_t kLargeOffset = 0x80000000;

Error damaged(const base::Path& idx) {
  return Error{Code::internal, idx.string() + " is no pack index of version 2, or damaged"};
}

// The counts never fall from one first byte to the next.
bool is_monotonic(const uint8_t* fan_out) {
  uint32_t last = 0;
  for (int i = 0; i < 256; ++i) {
    const uint32_t next = load_be32(fan_out + i * 4);
    if (next < last) return false;
    last = next;
  }
  return true;
}

}  // namespace

Result<PackLookup> PackLookup::open(const base::Path& idx) {
  PackLookup lookup;
  lookup.file_ = TRY(base::MappedFile::open(idx));
  const base::ByteView bytes = lookup.file_.bytes();
  if (bytes.size() < kIds + kTrailer) return damaged(idx);
  if (load_be32(bytes.data()) != kMagic || load_be32(bytes.data() + 4) != 2) return damaged(idx);
  if (!is_monotonic(bytes.data() + kHeader)) return damaged(idx);
  lookup.count_ = load_be32(bytes.data() + kIds - 4);
  const uint64_t fixed = kIds + uint64_t{lookup.count_} * kPerObject + kTrailer;
  if (bytes.size() < fixed || (bytes.size() - fixed) % 8 != 0) return damaged(idx);
  lookup.large_offsets_ = (bytes.size() - fixed) / 8;
  return lookup;
}

const uint8_t* PackLookup::id_bytes(uint32_t position) const {
  return file_.bytes().data() + kIds + size_t{position} * ObjectId::kSize;
}

std::optional<uint32_t> PackLookup::find(const ObjectId& id) const {
  const uint8_t* fan_out = file_.bytes().data() + kHeader;
  const uint8_t first = id.bytes[0];
  uint32_t low = first == 0 ? 0 : load_be32(fan_out + (first - 1) * 4);
  uint32_t high = load_be32(fan_out + first * 4);
  while (low < high) {
    const uint32_t middle = low + (high - low) / 2;
    const int order = std::memcmp(id.bytes.data(), id_bytes(middle), ObjectId::kSize);
    if (order == 0) return middle;
    if (order < 0) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return std::nullopt;
}

ObjectId PackLookup::id_at(uint32_t position) const {
  ObjectId id;
  std::copy_n(id_bytes(position), ObjectId::kSize, id.bytes.begin());
  return id;
}

uint64_t PackLookup::offset_at(uint32_t position) const {
  const uint8_t* offsets = id_bytes(count_) + size_t{count_} * 4;
  const uint32_t offset = load_be32(offsets + size_t{position} * 4);
  if ((offset & kLargeOffset) == 0) return offset;
  const uint64_t row = offset & ~kLargeOffset;
  if (row >= large_offsets_) return UINT64_MAX;  // beyond any pack: refused there
  return base::load_be64(offsets + size_t{count_} * 4 + row * 8);
}

base::Sha1 PackLookup::pack_checksum() const {
  base::Sha1 checksum;
  const base::ByteView bytes = file_.bytes();
  std::copy_n(bytes.end() - kTrailer, base::Sha1::kSize, checksum.bytes.begin());
  return checksum;
}

}  // namespace vcs
