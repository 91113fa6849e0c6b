// All objects that some tips reach, remembered for the next clone. When tips move on, the
// remembered set is carried over and only what is new is walked; the first one may come from a file
// (closure_file.h). Safe from many threads.
#pragma once

#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "base/result.h"
#include "vcs/detail/commit_walk.h"
#include "vcs/detail/object_set.h"
#include "vcs/detail/turn.h"

namespace vcs {

using SharedObjects = std::shared_ptr<const ObjectSet>;

class ClosureCache {
 public:
  // `file` may be empty: then nothing outlives the process.
  explicit ClosureCache(CommitTable& table, base::Path file = {})
      : table_(table), file_(std::move(file)) {}

  // `tips` may be objects of any kind; tags bring what they name along.
  base::Result<SharedObjects> find(std::shared_ptr<const ObjectView> view,
                                   std::vector<ObjectId> tips, const Tick& tick = nullptr);
  // Finds, writes it down if it became much more than what is written down, and forgets what is in
  // packs that are gone.
  base::Result<SharedObjects> find_and_save(std::shared_ptr<const ObjectView> view,
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
  // What is in packs that this view lacks would keep them mapped, deleted or not.
  void forget_gone(const ObjectView& view);
  void load(const std::shared_ptr<const ObjectView>& view);
  base::Result<void> wait_for_turn(std::unique_lock<Turn>& making, const Tick& tick);

  CommitTable& table_;
  const base::Path file_;
  Turn making_;             // equal clones at once: one walks, the others wait for it
  bool is_loaded_ = false;  // guarded by making_, and so are these
  size_t saved_size_ = 0;
  ObjectView::Packs saved_packs_;
  std::mutex mutex_;          // of known_
  std::vector<Known> known_;  // most recently used first
};

// Whether any of these packs is not in the view.
bool are_gone(const ObjectView::Packs& packs, const ObjectView& view);

// Follows tags to what they name: commits for a walk, and all other objects on the way.
base::Result<void> sort_tips(const ObjectView& objects, std::span<const ObjectId> tips,
                             std::vector<ObjectId>& commits, std::vector<ObjectId>& others);

}  // namespace vcs
