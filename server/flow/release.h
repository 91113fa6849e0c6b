// The sixth verb: a revision of the project becomes an immutable, versioned dataset: a manifest
// that pins every byte by its hash, the objects that DVC wants in the byte store, one commit in
// <project>.data.git and, last, the annotated tag datasets/<name>/v<version> that makes it visible.
//
//   const storage::ReleaseRow release = TRY(make_release(services, actor, {.name = "claims"}));
//
// Killed anywhere before the tag, there is no release, and what was stored is used by the next try.
// How releases are read back: server/flow/released.h.
#pragma once

#include <set>
#include <string>

#include "corpus/review.h"
#include "dataset/release.h"
#include "server/flow/actor.h"
#include "server/flow/services.h"
#include "storage/release_table.h"

namespace server {

struct ReleaseRequest {
  std::string name;                           // of the dataset
  std::string split = {};                     // of the project; empty: without parts
  std::set<corpus::ReviewState> states = {};  // only documents in these; empty: all
  std::string licence = {};
  std::string description = {};
};

struct MadeRelease {
  storage::ReleaseRow row;
  dataset::ReleaseChange change;  // against the release before
  size_t unreadable = 0;          // documents left out, because their files cannot be read
};

Result<MadeRelease> make_release(Services& services, const Actor& actor,
                                 const ReleaseRequest& request);

}  // namespace server
