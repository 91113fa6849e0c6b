// Marks what some objects reach, for expiry: every commit, tree, blob and tag, each once.
//
//   ObjectSet reached(view);
//   Reachability walk(reached, {.ends = repository.shallow_commits()});
//   TRY(walk.mark(tips));
//
// Belongs to one thread. Memory: one bit an object, and what is still to be looked at.
#pragma once

#include <span>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/result.h"
#include "vcs/detail/object_set.h"
#include "vcs/stop_asked.h"

namespace vcs {

struct ReachabilityOptions {
  std::span<const ObjectId> ends = {};  // commits whose parents a shallow repository lacks
  const ObjectSet* known = nullptr;     // what is in here is passed over
  bool may_miss = false;                // objects that are not there are passed over
  StopAsked stop = {};
};

class Reachability {
 public:
  Reachability(ObjectSet& reached, ReachabilityOptions options)
      : reached_(reached),
        options_(std::move(options)),
        ends_(options_.ends.begin(), options_.ends.end()) {}

  // Objects of any kind, and all that they reach.
  base::Result<void> mark(std::span<const ObjectId> tips);

 private:
  base::Result<bool> enter(const ObjectId& id);
  base::Result<void> look_into(const ObjectId& id);
  base::Result<void> look_into_tree(std::string_view content);

  ObjectSet& reached_;
  const ReachabilityOptions options_;
  const std::unordered_set<ObjectId> ends_;
  std::vector<ObjectId> waiting_;
  size_t looked_ = 0;
};

}  // namespace vcs
