// Which objects belong to the commits that a client gets. A commit's tree is compared with those of
// its parents that the client has or gets too; what is equal is passed over, so that the cost
// follows the change. Everything lands in an ObjectSet, each object once.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "vcs/detail/commit_walk.h"
#include "vcs/detail/object_filter.h"
#include "vcs/detail/object_set.h"
#include "vcs/tree.h"

namespace vcs {

class ObjectWalk {
 public:
  ObjectWalk(const CommitSource& commits, const ObjectFilter& filter, ObjectSet& out,
             Tick tick = nullptr)
      : commits_(commits), filter_(filter), out_(out), tick_(std::move(tick)) {}

  // Commits to send with their trees; the order is that of select(), children before parents.
  base::Result<void> add_commits(const CommitWalk& walk, std::span<const ObjectId> commits);
  // An object that a want names: a blob alone, a tree with all in it, a tag alone.
  base::Result<void> add_named(const ObjectId& id);

 private:
  using Bases = std::vector<ObjectId>;  // trees that the client has or gets
  base::Result<void> add_commit(const CommitWalk& walk, const ObjectId& commit);
  // `depth` is that of the entries, as the filter counts: 1 below a commit's root directory, 0 in a
  // directory that a want names.
  base::Result<void> add_tree(const ObjectId& tree, const Bases& bases, uint32_t depth);
  base::Result<void> add_entries(std::string_view content, const Bases& bases, uint32_t depth);
  base::Result<void> add_entry(const TreeEntryView& entry, const Bases& bases, uint32_t depth);
  base::Result<void> add_blob(const ObjectId& blob);
  // Puts a tree into the set; false if what is below it was looked at already.
  base::Result<bool> enter(const ObjectId& tree, uint32_t depth);
  bool is_too_deep(uint32_t depth) const {
    return filter_.tree_depth && depth >= *filter_.tree_depth;
  }

  CommitSource commits_;
  ObjectFilter filter_;
  ObjectSet& out_;
  Tick tick_;
  // Under a filter by depth: how far up each tree was met, since less is left out from higher up.
  std::unordered_map<ObjectId, uint32_t> least_depth_;
};

}  // namespace vcs
