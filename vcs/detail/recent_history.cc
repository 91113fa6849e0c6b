#include "vcs/detail/recent_history.h"

#include <algorithm>

#include "vcs/commit.h"

namespace vcs {
namespace {

constexpr size_t kLength = 4096;
constexpr size_t kDense = 32;
constexpr size_t kSparser = 8;

size_t step_at(size_t distance) {
  return distance < kDense ? 1 : distance / kSparser;
}

}  // namespace

std::vector<ObjectId> RecentHistory::sample(const ObjectReader& objects, const ObjectId& tip) {
  const std::lock_guard lock(mutex_);
  walk(objects, tip);
  std::vector<ObjectId> out;
  for (size_t i = 0; i < line_.size(); i += step_at(i)) out.push_back(line_[i]);
  return out;
}

void RecentHistory::walk(const ObjectReader& objects, const ObjectId& tip) {
  std::vector<ObjectId> fresh;
  ObjectId at = tip;
  while (at != kNoObject && !known_.contains(at) && fresh.size() < kLength) {
    const auto commit = read_commit(objects, at);
    if (!commit.ok()) break;
    fresh.push_back(at);
    at = commit->parents.empty() ? kNoObject : commit->parents.front();
  }
  // What lies above the place where they met is not in this line any more.
  while (!line_.empty() && line_.front() != at) {
    known_.erase(line_.front());
    line_.pop_front();
  }
  line_.insert(line_.begin(), fresh.begin(), fresh.end());
  known_.insert(fresh.begin(), fresh.end());
  while (line_.size() > kLength) {
    known_.erase(line_.back());
    line_.pop_back();
  }
}

}  // namespace vcs
