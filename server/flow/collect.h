// Stored bytes that nothing needs any more, and their end: what `glossator gc` does for the byte
// store, as vcs::expire does for git.
//
//   const CollectReport report = TRY(collect(services, organisation, {.now = now}));
//
// Two kinds of files can go, after the time of grace since they were first seen to be unneeded:
//   files of the store that no row names: left over by a crash between the two;
//   texts, manifests and directory objects that a release stored and that no release points to:
//   the release never came about.
// Of the second kind stays what any commit that any ref of any project reaches points to, hidden
// refs included; what a client has pushed; what lies in a directory object that stays. Uploads,
// sources and page images are never looked at.
//
// For a stopped server only: whoever calls it must hold the data directory (open_services). Rows go
// before files, so a kill leaves files that no row names, for the next time.
#pragma once

#include <cstdint>

#include "server/flow/services.h"
#include "storage/account.h"

namespace server {

struct CollectOptions {
  base::Milliseconds now = 0;
  base::Milliseconds grace = base::Milliseconds{14} * 86'400'000;
  bool dry_run = false;  // only tells, and notes nothing
};

struct CollectReport {
  uint64_t objects = 0;   // in the store
  uint64_t unneeded = 0;  // of them
  uint64_t removed = 0;   // of these: gone, or to go in a dry run
  uint64_t removed_bytes = 0;
  bool operator==(const CollectReport&) const = default;
};

Result<CollectReport> collect(Services& services, const storage::Organisation& organisation,
                              const CollectOptions& options);

}  // namespace server
