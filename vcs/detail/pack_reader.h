// One pack with its index, mapped. Entries as they are stored, and objects rebuilt from them with a
// bound on chain length and size. Format: git's gitformat-pack, version 2.
//
//   const auto pack = TRY(PackReader::open(directory / "pack-0123", cache));
//   const auto position = pack->lookup().find(id);
//   const auto object = TRY(pack->read(pack->lookup().offset_at(*position), kObjectLimit));
//
// Immutable, safe from many threads.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "vcs/detail/delta_cache.h"
#include "vcs/detail/pack_lookup.h"
#include "vcs/object_reader.h"

namespace vcs {

// How an entry is stored; the first four are ObjectKind's numbers.
enum class EntryType : uint8_t {
  commit = 1,
  tree = 2,
  blob = 3,
  tag = 4,
  ofs_delta = 6,
  ref_delta = 7
};

struct PackEntry {
  EntryType type = EntryType::blob;
  uint64_t size = 0;         // inflated: of the object, or of the delta
  uint64_t base_offset = 0;  // of an ofs_delta's base
  ObjectId base_id;          // of a ref_delta's base
  uint64_t data_offset = 0;  // where the compressed bytes begin

  bool is_delta() const { return type == EntryType::ofs_delta || type == EntryType::ref_delta; }
};

class PackReader {
 public:
  // `stem` is the path without .pack and .idx. The cache is shared between packs; never null.
  static base::Result<std::shared_ptr<const PackReader>> open(const base::Path& stem,
                                                              std::shared_ptr<DeltaCache> cache);

  const PackLookup& lookup() const { return lookup_; }
  const base::Path& stem() const { return stem_; }
  std::string name() const { return stem_.filename().string(); }
  uint64_t size() const { return file_.bytes().size(); }

  base::Result<PackEntry> entry_at(uint64_t offset) const;
  // The offset of an entry's base, which must be in this pack.
  base::Result<uint64_t> base_offset_of(const PackEntry& entry) const;
  // The object that begins here. Trees and the bases of deltas stay in the cache.
  base::Result<std::shared_ptr<const Object>> read(uint64_t offset, uint64_t limit) const;
  base::Result<ObjectHeader> header(uint64_t offset) const;
  // Stored bytes; [begin, end) must lie inside the pack.
  std::string_view bytes(uint64_t begin, uint64_t end) const;

  // Positions in the order of their offsets, sorted when first asked for: four bytes an object.
  const std::vector<uint32_t>& by_offset() const;
  // One bit for each position, set for blobs. The first call reads the head of every entry; of one
  // that is damaged it says nothing.
  const std::vector<uint64_t>& blobs() const;
  // Says what blobs() would find, if it was not asked yet; bits that do not fit are not believed.
  void know_blobs(std::vector<uint64_t> bits) const;
  // Where the pack's last entry ends: its trailer begins.
  uint64_t end_of_entries() const { return size() - base::Sha1::kSize; }

 private:
  PackReader() = default;
  base::Result<std::string> inflate(const PackEntry& entry) const;
  base::Result<std::shared_ptr<const Object>> rebuild(std::shared_ptr<const Object> base,
                                                      const std::vector<uint64_t>& chain,
                                                      uint64_t limit) const;

  base::Path stem_;
  PackLookup lookup_;
  base::MappedFile file_;
  std::shared_ptr<DeltaCache> cache_;
  uint64_t serial_ = 0;  // this reader's key in the cache
  mutable std::once_flag order_made_;
  mutable std::vector<uint32_t> order_;
  mutable std::once_flag blobs_found_;
  mutable std::vector<uint64_t> blobs_;
};

}  // namespace vcs
