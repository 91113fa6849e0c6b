// Which objects belong to the commits that a client gets. A commit's tree is compared with those of
// its parents that the client has or gets too; what is equal is passed over, so that the cost
// follows the change. Everything lands in an ObjectSet, each object once.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "vcs/detail/commit_walk.h"
#include "vcs/detail/object_set.h"
#include "vcs/tree.h"

namespace vcs {

// What a partial clone leaves out; objects that a want names are never left out.
struct ObjectFilter {
  bool no_trees = false;               // tree:0
  std::optional<uint64_t> blob_limit;  // blob:limit=n leaves out blobs of n bytes or more; 0: all
  bool operator==(const ObjectFilter&) const = default;
};

// "blob:none", "blob:limit=4k", "tree:0"; Code::invalid for the others.
base::Result<ObjectFilter> parse_filter(std::string_view spec);

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
  base::Result<void> add_tree(const ObjectId& tree, const Bases& bases, int depth);
  base::Result<void> add_entries(std::string_view content, const Bases& bases, int depth);
  base::Result<void> add_entry(const TreeEntryView& entry, const Bases& bases, int depth);
  base::Result<void> add_blob(const ObjectId& blob);

  CommitSource commits_;
  ObjectFilter filter_;
  ObjectSet& out_;
  Tick tick_;
};

}  // namespace vcs
