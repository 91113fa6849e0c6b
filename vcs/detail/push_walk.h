// Walks what is new in a push: is everything there, of the right kind, and within the limits of
// paths? Follows commits down to those that the repository has, and in trees only what differs
// from the parents' trees: the cost follows the change.
#pragma once

#include <set>
#include <span>
#include <vector>

#include "base/result.h"
#include "vcs/detail/quarantine.h"
#include "vcs/receive_pack.h"
#include "vcs/repository.h"

namespace vcs {

// What a pushed value brings.
struct PushedObjects {
  std::vector<NewCommit> commits;  // parents first
  std::set<ObjectId> objects;      // in the quarantine and not yet in the repository
};

// Everything new that the tips, any kinds of object, reach. Code::invalid if something is missing
// or of the wrong kind, Code::limit beyond a limit.
base::Result<PushedObjects> walk_push(std::span<const ObjectId> tips, const Quarantine& quarantine,
                                      const Repository& repository, const ReceiveLimits& limits);

}  // namespace vcs
