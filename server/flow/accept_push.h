// Judges what `git push` brings to main, before it becomes visible: every changed path against the
// rights of the pusher, every changed file against its format and the schema, every commit's author
// against the pusher's own addresses. The answer is one line for each problem, with file, line,
// column and the nearest right spelling.
//
//   vcs::PushHandlers handlers = push_handlers(services, actor, project);
//   TRY(project->receive_pack->serve(source, handlers, sink));
//
// The judge is the difference against the ref, in merge commits too, and each commit on the way
// (server/flow/commit_judge.h). A push to main that is behind
// is merged or rebased (server/flow/join_push.h) unless the project wants it refused; one to
// refs/for/main becomes a proposal (server/flow/propose.h). The handlers hold references: services,
// actor and project must outlive the push.
#pragma once

#include <string>

#include "server/flow/actor.h"
#include "server/flow/services.h"

namespace server {

// The branch that takes pushes which are behind, as vcs::ReceivePack::advertise wants it; empty if
// the project refuses them.
std::string joined_ref(const Actor& actor);

vcs::PushHandlers push_handlers(Services& services, const Actor& actor, OpenProject& project);

}  // namespace server
