#include "server/flow/parsed_files.h"

namespace server {
namespace {

constexpr size_t kOverhead = 512;  // of list, map and the parsed form of next to nothing

}  // namespace

ParsedFiles::Value ParsedFiles::find(const Key& key) {
  const std::lock_guard lock(mutex_);
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return nullptr;
  recent_.splice(recent_.begin(), recent_, found->second);
  return found->second->value;
}

void ParsedFiles::keep(const Key& key, Value value, size_t size) {
  const size_t cost = size + kOverhead;
  if (cost > budget_ / 4) return;
  const std::lock_guard lock(mutex_);
  if (by_key_.contains(key)) return;
  recent_.push_front({key, std::move(value), cost});
  by_key_.emplace(key, recent_.begin());
  used_ += cost;
  while (used_ > budget_) {
    used_ -= recent_.back().cost;
    by_key_.erase(recent_.back().key);
    recent_.pop_back();
  }
}

}  // namespace server
