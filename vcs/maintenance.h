// Keeps a repository small in files and sound after a crash. No git process is involved.
//
//   const RecoveryReport report = TRY(recover(path));     // before Repository::open, at start-up
//   TRY(roll_up(*repository));                            // whenever small packs have gathered
//   TRY(update_commit_graph(*repository));                // now and then
//   TRY(expire(*repository, {.grace_seconds = 14 * 86'400, .now = now}));    // once a day
//
// Everything here is safe to be killed at any moment: whatever stands is a valid repository. What
// can take long has a `stop`, after which it ends soon with Code::busy. Readers and writers go on
// meanwhile, and different jobs may run at once in different threads: each claims the packs that it
// replaces (Repository::claim_packs).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "vcs/durable_step.h"
#include "vcs/repository.h"
#include "vcs/stop_asked.h"

namespace vcs {

struct RecoveryReport {
  size_t removed = 0;                // leftovers: quarantines, half-written packs, lock files
  std::vector<std::string> damaged;  // a sentence for each pack that cannot be trusted, with path
};

// Clears what a crash left. Nobody may use the repository meanwhile. Damaged packs are reported
// and left where they are: everything in other packs stays readable.
base::Result<RecoveryReport> recover(const base::Path& repository);

// Reads one pack in full and compares it with its trailer and its index: for scrubbing.
base::Result<void> verify_pack(const base::Path& pack);

struct RollUpOptions {
  // Each pack kept must have at least `factor` times the objects of all smaller ones together.
  uint32_t factor = 2;
  size_t min_packs = 8;               // fewer are left alone
  uint64_t max_objects = UINT64_MAX;  // packs with more are left alone: a quick round
  size_t max_loose_refs = 256;        // more are moved into packed-refs
  StopAsked stop = {};
};

struct RollUpReport {
  size_t packs_before = 0;
  size_t packs_after = 0;
  uint64_t bytes_written = 0;
  bool refs_packed = false;
  bool operator==(const RollUpReport&) const = default;
};

// Joins small packs into one, geometrically, so that each object is copied a logarithmic number of
// times. Entries are copied as they are stored. Readers keep the packs that they have open.
base::Result<RollUpReport> roll_up(Repository& repository, const RollUpOptions& options = {},
                                   const StepObserver& observer = {});

struct CommitGraphOptions {
  // Written anew only if so many commits, and this part of all, are not in it yet.
  size_t min_new = 256;
  double min_growth = 0.1;
  StopAsked stop = {};
};

// Writes objects/info/commit-graph for stock git and our own next edition. True if it was written;
// a shallow repository has none. What refs do not reach any more is left out.
base::Result<bool> update_commit_graph(Repository& repository,
                                       const CommitGraphOptions& options = {});

struct ExpiryOptions {
  int64_t grace_seconds = 14 * 86'400;  // since an object was first seen to be unreachable
  int64_t now = 0;                      // seconds since 1970
  bool dry_run = false;                 // only tells
  StopAsked stop = {};
};

struct ExpiryReport {
  uint64_t objects = 0;        // looked at
  uint64_t unreachable = 0;    // of them
  uint64_t expired = 0;        // of these: gone, or to go in a dry run
  uint64_t expired_bytes = 0;  // as stored
  bool is_put_off = false;     // somebody needed one after all, or pushed all the time
  bool operator==(const ExpiryReport&) const = default;
};

// Removes objects that nothing has reached for the time of grace: no ref, hidden ones included, and
// no other unreachable object that is still within its own. When each was first seen so is noted in
// the repository (expiry_notes_path), so that a lost branch can be brought back for as long.
// What a running push or commit relies on stays: while anybody holds objects
// (Repository::hold_objects) nothing is removed, and what came to be reachable meanwhile is looked
// at again. Packs with a .keep file stay as they are.
base::Result<ExpiryReport> expire(Repository& repository, const ExpiryOptions& options,
                                  const StepObserver& observer = {});

// Lines "<object id> <seconds>", closed by their SHA-1; a missing or damaged file only makes the
// grace begin anew. Its time of change says when expiry last looked.
base::Path expiry_notes_path(const base::Path& repository);

}  // namespace vcs
