// Keeps the database's index in step with git: the one place where what a commit brought becomes
// rows and events. Every flow that moves main calls it afterwards; a crash in between is caught up
// with at the next start, because the index remembers the commit that it has seen.
//
//   TRY(project->commits->commit(request));
//   TRY(catch_up(services, *project));
#pragma once

#include "base/result.h"
#include "server/flow/services.h"

namespace server {

// Rows, labels, page texts and review states from the difference between the commit seen last and
// main, and one event for each thing that changed, in one transaction. The cost follows the change.
Result<void> catch_up(Services& services, OpenProject& project);

// Forgets what was derived and reads main again from its beginning: `glossator rebuild`.
Result<void> rebuild_index(Services& services, OpenProject& project);

// Catches up with every project, after a start.
Result<void> catch_up_all(Services& services);

}  // namespace server
