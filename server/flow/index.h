// Keeps the database's index in step with git: the one place where what a commit brought becomes
// rows and events. Every flow that moves main calls it afterwards; a crash in between is caught up
// with at the next start, because the index remembers the commit that it has seen.
//
//   TRY(project->commits->commit(request));
//   TRY(catch_up(services, *project));
#pragma once

#include <functional>

#include "base/result.h"
#include "server/flow/services.h"

namespace server {

// Rows, labels, page texts and review states from the difference between the commit seen last and
// main, and one event for each thing that changed, in one transaction. The cost follows the change.
// A document whose record cannot be read becomes a failed one with kUnreadable; the others go on.
// What fails is noted in services.index_lag until it succeeds.
Result<void> catch_up(Services& services, OpenProject& project);

// The same, and in the same transaction what belongs to the commit: one sync instead of two, and
// those who wait together share it. If one of the two fails, neither is done.
using AlsoWrite = std::function<Result<void>(storage::Transaction&)>;
Result<void> catch_up(Services& services, OpenProject& project, const AlsoWrite& also);

// The commit of main that the rows tell of; vcs::kNoObject: none yet.
Result<vcs::ObjectId> indexed_commit(storage::Transaction& tx, const OpenProject& project);

// The failure code of a document whose files in git are not what they should be.
inline constexpr char kUnreadable[] = "unreadable";

// Reads the record of one document in main again, after a failure.
Result<void> index_document(Services& services, OpenProject& project, const corpus::DocumentId& id);

// Forgets what was derived and reads main again from its beginning: `glossator rebuild`.
Result<void> rebuild_index(Services& services, OpenProject& project);

// Catches up with every project, after a start. What fails is logged and keeps no other back; an
// error only if the projects cannot be listed.
Result<void> catch_up_all(Services& services);

}  // namespace server
