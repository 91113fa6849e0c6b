// Where a shallow client's history ends, now and after this fetch (git's technical/shallow). The
// ends of a repository that is shallow itself are ends for its clients too, unless they have more.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "vcs/detail/commit_walk.h"

namespace vcs {

struct DeepenQuery {
  std::span<const ObjectId> wants;  // commits
  IdSet client_cut;                 // commits whose parents the client lacks
  uint32_t depth = 0;               // commits from each want, itself included; 0: no such limit
  bool relative = false;            // count from the client's boundary
  std::optional<int64_t> since;     // seconds: older commits are left out
  std::vector<ObjectId> except;     // these and what they reach are left out

  bool asks_for_change() const { return depth > 0 || since || !except.empty(); }
};

struct Boundary {
  std::vector<ObjectId> shallow;     // new ends, to tell the client
  std::vector<ObjectId> unshallow;   // former ends, to tell the client
  IdSet cut;                         // all ends after this fetch
  std::vector<ObjectId> more_wants;  // what lies behind the former ends
};

// Code::invalid if the limits leave nothing.
base::Result<Boundary> find_boundary(const CommitSource& commits, const DeepenQuery& query);

}  // namespace vcs
