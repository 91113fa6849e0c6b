// Which commits a client lacks. Wants and commons are followed down to where they meet, newest
// commits first; a clock that went backwards can make the answer too large, never too small.
#pragma once

#include <functional>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "vcs/detail/commit_table.h"

namespace vcs {

using IdSet = std::unordered_set<ObjectId>;
// Called now and then during long work; an error stops it.
using Tick = std::function<base::Result<void>()>;

struct WalkQuery {
  std::span<const ObjectId> wants;    // commits
  std::span<const ObjectId> commons;  // commits that the client has
  const IdSet* cut = nullptr;         // new boundary: wants are not followed past these
  const IdSet* client_cut = nullptr;  // the client's boundary: it lacks the parents of these
  Tick tick = nullptr;
};

class CommitWalk {
 public:
  explicit CommitWalk(const CommitSource& commits) : commits_(commits) {}

  // The commits to send, each before its parents.
  base::Result<std::vector<ObjectId>> select(const WalkQuery& query);
  // Whether the client has or gets this commit with all its files: valid after select().
  bool is_at_client(const ObjectId& commit) const { return flags_.contains(commit); }

 private:
  CommitSource commits_;
  std::unordered_map<ObjectId, uint8_t> flags_;
};

// Whether each start reaches at least one of the targets (or is one). Starts that are no commits
// are passed over.
base::Result<bool> all_reach_any(const CommitSource& commits, std::span<const ObjectId> starts,
                                 const IdSet& targets);
// Whether this commit is one of the starts or an ancestor of one.
base::Result<bool> is_reachable(const CommitSource& commits, std::span<const ObjectId> starts,
                                const ObjectId& target);

}  // namespace vcs
