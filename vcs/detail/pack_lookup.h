// A pack's index file, version 2, mapped: where is this object, and which object is the n-th.
// Format: git's gitformat-pack. Immutable, safe from many threads.
#pragma once

#include <cstdint>
#include <optional>

#include "base/file.h"
#include "base/result.h"
#include "vcs/object_id.h"

namespace vcs {

class PackLookup {
 public:
  // Checks magic, sizes and the fan-out table, so that no later access leaves the file.
  static base::Result<PackLookup> open(const base::Path& idx);

  uint32_t count() const { return count_; }
  // The position of the id among the sorted ids.
  std::optional<uint32_t> find(const ObjectId& id) const;
  ObjectId id_at(uint32_t position) const;
  uint64_t offset_at(uint32_t position) const;
  // The trailer of the pack that this index belongs to.
  base::Sha1 pack_checksum() const;

 private:
  const uint8_t* id_bytes(uint32_t position) const;
  base::MappedFile file_;
  uint32_t count_ = 0;
  uint64_t large_offsets_ = 0;  // entries of the table of 64-bit offsets
};

}  // namespace vcs
