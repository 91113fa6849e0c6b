#include "vcs/detail/delta_cache.h"

#include <utility>

namespace vcs {
namespace {

constexpr size_t kOverhead = 128;  // of list, map and counters, roughly

size_t cost_of(const Object& object) {
  return object.content.size() + kOverhead;
}

}  // namespace

std::shared_ptr<const Object> DeltaCache::find(uint64_t pack, uint64_t offset) {
  const std::lock_guard lock(mutex_);
  const auto found = by_key_.find({pack, offset});
  if (found == by_key_.end()) return nullptr;
  recent_.splice(recent_.begin(), recent_, found->second);
  return found->second->object;
}

void DeltaCache::keep(uint64_t pack, uint64_t offset, std::shared_ptr<const Object> object) {
  const size_t cost = cost_of(*object);
  if (cost > budget_ / 4) return;
  const std::lock_guard lock(mutex_);
  if (by_key_.contains({pack, offset})) return;
  recent_.push_front({{pack, offset}, std::move(object)});
  by_key_.emplace(Key{pack, offset}, recent_.begin());
  used_ += cost;
  while (used_ > budget_) {
    used_ -= cost_of(*recent_.back().object);
    by_key_.erase(recent_.back().key);
    recent_.pop_back();
  }
}

}  // namespace vcs
