// Objects that were rebuilt from deltas, or will be bases of others soon: least recently used go
// first. Safe from many threads; the lock is held for a look-up only.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "vcs/object_reader.h"

namespace vcs {

class DeltaCache {
 public:
  explicit DeltaCache(size_t budget_bytes) : budget_(budget_bytes) {}

  // Null if it is not kept. `pack` tells packs apart and is unique for the cache's life.
  std::shared_ptr<const Object> find(uint64_t pack, uint64_t offset);
  void keep(uint64_t pack, uint64_t offset, std::shared_ptr<const Object> object);

 private:
  struct Key {
    uint64_t pack = 0;
    uint64_t offset = 0;
    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    size_t operator()(const Key& key) const {
      return static_cast<size_t>((key.pack * 0x9e3779b97f4a7c15ULL) ^
                                 (key.offset * 0xff51afd7ed558ccdULL));
    }
  };
  struct Kept {
    Key key;
    std::shared_ptr<const Object> object;
  };

  std::mutex mutex_;
  const size_t budget_;
  size_t used_ = 0;
  std::list<Kept> recent_;  // most recently used first
  std::unordered_map<Key, std::list<Kept>::iterator, KeyHash> by_key_;
};

}  // namespace vcs
