// Puts a push onto main, also one that is based on an older commit than the newest: others save and
// push all the time, and nobody should have to win a race. What the pusher changed is merged by
// annotation id and field, or repeated commit by commit, as the project's policy says; then
// everything that holds for a push holds for the outcome.
//
//   MainJoin join(actor, project);
//   TRY(join.judge(objects, tip, pushed, complaints));     // before anything is stored
//   const vcs::Joined joined = TRY(join.run(command));     // in main's turn; durable afterwards
//
// What was judged is kept, and made again only if main moves before its turn comes. One object for
// one push; belongs to its thread. Actor and project must outlive it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "server/flow/push_judge.h"
#include "vcs/object_reader.h"
#include "vcs/receive_pack.h"

namespace server {

class MainJoin {
 public:
  MainJoin(const Actor& actor, OpenProject& project) : actor_(actor), project_(project) {}

  // What the push would make of main as it is at `tip`, and whether that may be.
  Result<void> judge(const vcs::ObjectReader& objects, const vcs::ObjectId& tip,
                     const vcs::ObjectId& pushed, Complaints& complaints);

  // An error is the server's own; what is wrong with the push is in the answer.
  Result<vcs::Joined> run(const vcs::RefCommand& command);

 private:
  // How a push gets onto one state of main.
  struct Plan {
    vcs::ObjectId tip;
    vcs::ObjectId result;              // of main afterwards
    std::vector<vcs::NewObject> made;  // what the result needs and the push lacks
    std::vector<std::string> told;
  };
  class Planner;

  Result<vcs::ObjectId> advance(vcs::ObjectOverlay& objects, const vcs::ObjectId& tip,
                                const vcs::ObjectId& pushed, Complaints& complaints);

  const Actor& actor_;
  OpenProject& project_;
  std::optional<Plan> plan_;
};

}  // namespace server
