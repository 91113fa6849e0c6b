// Judges what `git push` brings to main, before it becomes visible: every changed path against the
// rights of the pusher, every changed file against its format and the schema, every commit's author
// against the pusher's own addresses. The answer is one line for each problem, with file, line,
// column and the nearest right spelling.
//
//   vcs::PushHandlers handlers = push_handlers(services, actor, project);
//   TRY(project->receive_pack->serve(source, handlers, sink));
//
// The judge is the difference against the ref, in merge commits too. The handlers hold references:
// services, actor and project must outlive the push.
#pragma once

#include "server/flow/actor.h"
#include "server/flow/services.h"

namespace server {

vcs::PushHandlers push_handlers(Services& services, const Actor& actor, OpenProject& project);

}  // namespace server
