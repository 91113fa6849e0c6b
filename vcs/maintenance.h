// Keeps a repository small in files and sound after a crash. No git process is involved.
//
//   const RecoveryReport report = TRY(recover(path));     // before Repository::open, at start-up
//   TRY(roll_up(*repository));                            // now and then, from one thread
//
// Everything here is safe to be killed at any moment: whatever stands is a valid repository.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "vcs/durable_step.h"
#include "vcs/repository.h"

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
  size_t min_packs = 8;         // fewer are left alone
  size_t max_loose_refs = 256;  // more are moved into packed-refs
};

struct RollUpReport {
  size_t packs_before = 0;
  size_t packs_after = 0;
  uint64_t bytes_written = 0;
  bool refs_packed = false;
  bool operator==(const RollUpReport&) const = default;
};

// Joins small packs into one, geometrically, so that each object is copied a logarithmic number of
// times. Entries are copied as they are stored. Readers keep the packs that they have open. One
// thread per repository at a time.
base::Result<RollUpReport> roll_up(Repository& repository, const RollUpOptions& options = {},
                                   const StepObserver& observer = {});

}  // namespace vcs
