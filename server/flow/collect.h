// Stored bytes that nothing needs any more, and their end: what `glossator gc` does for the byte
// store, as vcs::expire does for git.
//
//   const CollectReport report = TRY(collect(services, organisation, {.now = now}));
//   for (const auto& [organisation, report] : TRY(collect_all(services, {.now = now}))) ...
//
// Three kinds of files can go, after the time of grace since they were first seen to be unneeded:
//   files of the store that no row names: left over by a crash between the two;
//   texts, manifests and directory objects that a release stored and that no release points to:
//   the release never came about;
//   what was sent by Git LFS for a push that never came.
// Of the latter two stays what any commit that any ref of any project reaches points to, by a
// `.dvc` file or a pointer of Git LFS, hidden refs included; what a client of DVC has pushed; what
// lies in a directory object that stays. Uploads, sources and page images are never looked at.
//
// It may run beside a working server. Whoever relies on stored bytes renews their file first, and
// then, in a transaction, finds the row or makes it: publishing does so, and rely_on() of
// dvc_remote.h. Here the age of the file is looked at inside the transaction that takes the row
// away, and again when the file goes. A release looks rows up without renewing; while one is made,
// only files without a row go. The time of grace must be longer than it takes from a row to the
// commit that points to it: kLeastLiveGrace where a server works. Rows go before files, so a kill
// leaves files that no row names, for the next time.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "server/flow/services.h"
#include "storage/account.h"
#include "vcs/stop_asked.h"

namespace server {

inline constexpr base::Milliseconds kLeastLiveGrace = base::Milliseconds{86'400'000};

struct CollectOptions {
  base::Milliseconds now = 0;
  base::Milliseconds grace = base::Milliseconds{14} * 86'400'000;
  bool dry_run = false;      // only tells, and notes nothing
  vcs::StopAsked stop = {};  // ends it early
};

struct CollectReport {
  uint64_t objects = 0;   // in the store
  uint64_t unneeded = 0;  // of them
  uint64_t removed = 0;   // of these: gone, or to go in a dry run
  uint64_t removed_bytes = 0;
  bool operator==(const CollectReport&) const = default;
};

// Code::busy while another one is at it.
Result<CollectReport> collect(Services& services, const storage::Organisation& organisation,
                              const CollectOptions& options);
// Of every organisation, by name.
Result<std::vector<std::pair<std::string, CollectReport>>> collect_all(
    Services& services, const CollectOptions& options);

}  // namespace server
