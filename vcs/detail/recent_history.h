// A branch's past in short, for pushers who are behind: they recognise the newest commit that they
// have among some of its ancestors, and send only what came after. Dense where it is new, sparser
// by an eighth further down, so that little is sent twice. Keeps what it walked: a later call
// costs the commits made since. Safe from many threads.
#pragma once

#include <deque>
#include <mutex>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "vcs/object_reader.h"

namespace vcs {

class RecentHistory {
 public:
  // The tip first. What cannot be read ends the walk: these are hints only.
  std::vector<ObjectId> sample(const ObjectReader& objects, const ObjectId& tip);

 private:
  void walk(const ObjectReader& objects, const ObjectId& tip);

  std::mutex mutex_;
  std::deque<ObjectId> line_;  // first parents, newest first
  std::unordered_set<ObjectId> known_;
};

}  // namespace vcs
