// The sixth verb: a revision of the project becomes an immutable, versioned dataset: a manifest
// that pins every byte by its hash, the objects that DVC wants in the byte store, one commit in
// <project>.data.git and, last, the annotated tag datasets/<name>/v<version> that makes it visible.
//
//   const storage::ReleaseRow release = TRY(make_release(services, actor, {.name = "claims"}));
//
// Killed anywhere before the tag, there is no release, and what was stored is used by the next try.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "corpus/review.h"
#include "dataset/release.h"
#include "dataset/verify.h"
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
};

Result<MadeRelease> make_release(Services& services, const Actor& actor,
                                 const ReleaseRequest& request);

// The manifest's bytes in the byte store, as a stream of chunks for dataset::ManifestReader.
Result<dataset::ManifestReader::Chunks> open_manifest(Services& services,
                                                      const storage::Project& project,
                                                      const storage::ReleaseRow& release);

// Recomputes everything that the release says. No findings: it is whole.
Result<dataset::Verification> verify_release_of(Services& services, const OpenProject& project,
                                                const storage::ReleaseRow& release);

// Reads the releases again from the repository's tags: part of `rebuild`.
Result<void> rebuild_releases(Services& services, OpenProject& project);

}  // namespace server
