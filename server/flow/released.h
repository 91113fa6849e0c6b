// What lies in releases that were made: their manifests, whether they are whole, and their rows.
// server/flow/release makes them.
#pragma once

#include "dataset/manifest.h"
#include "dataset/verify.h"
#include "server/flow/services.h"
#include "storage/release_table.h"

namespace server {

// How the message of a release's commit in <project>.data.git begins.
inline constexpr char kReleaseMessage[] = "Release ";

// The manifest's bytes in the byte store, as a stream of chunks for dataset::ManifestReader.
Result<dataset::ManifestReader::Chunks> open_manifest(Services& services,
                                                      const storage::Project& project,
                                                      const storage::ReleaseRow& release);

// The same, and at its end Code::internal if these are not the bytes that were released.
Result<dataset::ManifestReader::Chunks> open_checked_manifest(Services& services,
                                                              const storage::Project& project,
                                                              const storage::ReleaseRow& release);

// Its records, in ascending order of id.
Result<dataset::NextRecord> records_of(Services& services, const storage::Project& project,
                                       const storage::ReleaseRow& release);

// Recomputes everything that the release says. No findings: it is whole.
Result<dataset::Verification> verify_release_of(Services& services, const OpenProject& project,
                                                const storage::ReleaseRow& release);

// After a crash in the middle of a release: with the tag in the project's repository it is made,
// and what else tells of it is caught up with; without it there is none, and what
// <project>.data.git has of it is undone. Before anybody is served, or under the project's
// release_mutex.
Result<void> settle_releases(Services& services, OpenProject& project);

// What releases point to, as the tags have it: those that stand, and those that were withdrawn.
Result<void> rebuild_released_blobs(const OpenProject& project, storage::Transaction& tx);

// Reads the releases again from the repository's tags: part of `rebuild`.
Result<void> rebuild_releases(Services& services, OpenProject& project);

}  // namespace server
