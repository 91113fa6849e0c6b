// Holds every commit that a push brings to the rules, not only the state that it ends in: git keeps
// each of them for ever, and people look at old versions, check them out and go back to them. What
// a commit changes is held against the pusher's rights, the paths that belong here and the records
// that only the server writes; each file that people write must be readable in every version of it.
// Whether the labels make sense together is asked of the last state only (push_judge.h).
//
//   TRY(judge_commits(actor, project, push.commits, push.objects, complaints));
//
// What a commit changes is the difference to its parent; of a merge what differs from every parent,
// for what it takes over from one of them was judged there. So the cost follows the changes, and
// the same content is read once. Pure over what it is given.
#pragma once

#include <span>

#include "server/flow/push_judge.h"

namespace server {

// An error is one of reading, or Code::limit where all the commits together change too much.
Result<void> judge_commits(const Actor& actor, const OpenProject& project,
                           std::span<const vcs::NewCommit> commits,
                           const vcs::ObjectReader& objects, Complaints& complaints);

}  // namespace server
