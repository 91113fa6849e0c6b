// The sixth verb: a revision of the project becomes an immutable, versioned dataset: a manifest
// that pins every byte by its hash, the objects that DVC wants in the byte store, one commit in
// <project>.data.git and, last, the annotated tag datasets/<name>/v<version> that makes it visible.
//
//   const storage::ReleaseRow release = TRY(make_release(services, actor, {.name = "claims"}));
//
// Killed anywhere before the tag, there is no release, and what was stored is used by the next try;
// killed after it, the next start goes on (settle_releases).
// How releases are read back: server/flow/released.h.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "corpus/review.h"
#include "dataset/release.h"
#include "server/flow/actor.h"
#include "server/flow/services.h"
#include "storage/release_table.h"

namespace server {

struct ReleaseRequest {
  std::string name;         // of the dataset
  std::string split = {};   // of the project; empty: without parts
  std::string commit = {};  // hex, in the past of main; empty: main as it is
  // Which documents; what is empty asks for nothing.
  std::set<corpus::ReviewState> states = {};
  std::set<std::string> labels = {};                // has an annotation of any of these
  std::map<std::string, std::string> keys = {};     // "claim", "customer" or a group key: value
  std::optional<base::Milliseconds> received_from;  // the first upload of it
  std::optional<base::Milliseconds> received_before;
  // Two people read it blind and agreed so far: F1 in thousandths.
  std::optional<int64_t> min_agreement;
  std::string licence = {};
  std::string description = {};
  std::optional<base::Milliseconds> expires_at;  // from then on it is gone; see withdraw.h
};

struct MadeRelease {
  storage::ReleaseRow row;
  dataset::ReleaseChange change;  // against the release before
  size_t unreadable = 0;          // documents left out, because their files cannot be read
};

Result<MadeRelease> make_release(Services& services, const Actor& actor,
                                 const ReleaseRequest& request);

// What it would be, and nothing made: neither documents nor parts of a split are held by it.
struct ReleasePreview {
  dataset::Version version;
  std::optional<dataset::Version> before;  // the highest version of the dataset so far
  dataset::ManifestTotals totals;
  dataset::ReleaseChange change;  // against that
  std::string changes;            // the same for people, as the tag would say it
  size_t unreadable = 0;
};
Result<ReleasePreview> preview_release(Services& services, const Actor& actor,
                                       const ReleaseRequest& request);

}  // namespace server
