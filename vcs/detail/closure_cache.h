// All objects that some tips reach, remembered for the next clone. When tips move on, the
// remembered set is carried over and only what is new is walked. Safe from many threads.
#pragma once

#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "base/result.h"
#include "vcs/detail/commit_walk.h"
#include "vcs/detail/object_set.h"

namespace vcs {

using SharedObjects = std::shared_ptr<const ObjectSet>;

class ClosureCache {
 public:
  explicit ClosureCache(CommitTable& table) : table_(table) {}

  // `tips` may be objects of any kind; tags bring what they name along.
  base::Result<SharedObjects> find(std::shared_ptr<const ObjectView> view,
                                   std::vector<ObjectId> tips, const Tick& tick = nullptr);

 private:
  struct Known {
    std::vector<ObjectId> tips;  // sorted, unique
    SharedObjects objects;
  };
  base::Result<SharedObjects> make(std::shared_ptr<const ObjectView> view,
                                   const std::vector<ObjectId>& tips, const Tick& tick);
  base::Result<SharedObjects> walk_from(ObjectSet objects, std::span<const ObjectId> wants,
                                        std::span<const ObjectId> commons,
                                        std::span<const ObjectId> others, const Tick& tick);
  SharedObjects recall(const ObjectView* view, const std::vector<ObjectId>& tips);
  base::Result<Known> best_start(const CommitSource& commits, const std::vector<ObjectId>& tips);
  void remember(Known known);

  CommitTable& table_;
  std::mutex making_;         // equal clones at once: one walks, the others wait for it
  std::mutex mutex_;          // of known_
  std::vector<Known> known_;  // most recently used first
};

// Follows tags to what they name: commits for a walk, and all other objects on the way.
base::Result<void> sort_tips(const ObjectView& objects, std::span<const ObjectId> tips,
                             std::vector<ObjectId>& commits, std::vector<ObjectId>& others);

}  // namespace vcs
