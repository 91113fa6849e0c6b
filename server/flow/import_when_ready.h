// Labels come onto documents as these come: at once where a document is here, else as soon as it
// has been read. What people bring is saved as theirs; what a model found becomes proposals.
//
//   const ImportOutcome outcome = TRY(import_when_ready(services, actor, request));
//   outcome.waiting                              // documents that are still being read
//   TRY(import_waiting(services, project));      // intake, when some of them have come
//
// Safe from any thread; doing it twice changes nothing.
#pragma once

#include <span>

#include "server/flow/import.h"

namespace server {

// The largest file that may wait, and all those of a project; what is larger is for documents that
// are here.
inline constexpr size_t kMostWaitingBytes = size_t{32} << 20;
inline constexpr int64_t kMostWaitingInAll = int64_t{512} << 20;

// limit: it would have to wait, and is too large to.
Result<ImportOutcome> import_when_ready(Services& services, const Actor& actor,
                                        const ImportRequest& request);

// Imports what waits for documents of main; who sent it must still be allowed to. A file that
// cannot be imported now holds up no other; the first error is returned.
Result<void> import_waiting(Services& services, OpenProject& project);
// The same where it may be that something waits for one of these. A failure is logged:
// housekeeping tries again.
void import_waiting_for(Services& services, OpenProject& project,
                        std::span<const corpus::DocumentId> documents);

}  // namespace server
