// Writes pack index files, version 2: fan-out, sorted ids, CRC-32s, offsets, two SHA-1s.
// Format: git's Documentation/gitformat-pack.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/digest.h"
#include "vcs/object_id.h"

namespace vcs {

// Where one object lies in a pack.
struct IndexedEntry {
  ObjectId id;
  uint64_t offset = 0;
  uint32_t crc32 = 0;  // over the entry's bytes in the pack, header included
};

// The bytes of the .idx file of a pack with this trailer.
std::string encode_pack_index(std::vector<IndexedEntry> entries, const base::Sha1& pack_checksum);

}  // namespace vcs
