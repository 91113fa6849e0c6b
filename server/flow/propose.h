// What `git push origin HEAD:refs/for/main` does: opens a proposal, or brings new commits to one.
//
// A push on top of one's own open proposal continues it; `-o proposal=3` says which one, also when
// its commits were rewritten. `-o title=...` names it, else the last commit's first line does. What
// is proposed is judged like a push to main, against the commit of main on which it is based;
// whether it can be merged is seen when somebody accepts it (server/flow/proposals.h).
//
// One object for one push; belongs to its thread. What it is given must outlive it.
#pragma once

#include <optional>
#include <string>

#include "server/flow/proposals.h"
#include "server/flow/push_judge.h"
#include "vcs/receive_pack.h"

namespace server {

class Proposing {
 public:
  Proposing(Services& services, const Actor& actor, OpenProject& project)
      : services_(services), actor_(actor), project_(project) {}

  // Refuses the command in the verdict, or sends it to the proposal's ref.
  void judge(const vcs::PushView& push, const vcs::RefCommand& command, vcs::Verdict& verdict);
  // Once the ref has moved; a line for the pusher.
  Result<std::string> arrived(const vcs::AcceptedUpdate& update);

 private:
  struct Options {
    std::optional<int64_t> number;
    std::string title;
  };

  Result<void> judge_content(const vcs::PushView& push, const vcs::RefCommand& command,
                             Complaints& complaints) const;
  Result<Options> options_of(const vcs::PushView& push, const vcs::RefCommand& command) const;
  Result<storage::Proposal> choose(const vcs::PushView& push, const vcs::RefCommand& command);
  Result<std::optional<storage::Proposal>> continued(const vcs::PushView& push,
                                                     const vcs::RefCommand& command) const;

  Services& services_;
  const Actor& actor_;
  OpenProject& project_;
  int64_t number_ = 0;  // of the proposal that this push belongs to
  bool is_new_ = false;
  std::string title_;
};

}  // namespace server
