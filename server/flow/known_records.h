// What the release before still knows, so that the next one costs what has changed: the records of
// documents whose files have not changed in git since, and the sums of its words' confidences.
//
//   const auto known = TRY(KnownRecords::open(services, project, before, commit, split));
//   if (const auto* record = TRY(known->find(id))) ...       // as it was, but for its part
//   while (const auto record = TRY(known->next())) ...       // all of the older release
//
// Kept beside the database's rows, and only of use: without them everything is read anew. An object
// belongs to one thread.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <set>

#include "corpus/splits.h"
#include "dataset/manifest.h"
#include "dataset/release_figures.h"
#include "server/flow/services.h"
#include "storage/release_table.h"

namespace server {

// One pass over the older manifest, for two who go through it in step: ids ascend for both, and
// find() asks for none before the last that next() gave.
class KnownRecords {
 public:
  // Without a release before there are no records. find() knows none if it was made by another
  // edition of this program or with other groups, on which the records' pseudonyms depend; `split`
  // is null without one.
  static Result<std::unique_ptr<KnownRecords>> open(
      Services& services, const OpenProject& project,
      const std::optional<storage::ReleaseRow>& before, const vcs::ObjectId& commit,
      const corpus::Split* split);

  // Only if there is a release before.
  const dataset::ManifestHeader& header() const { return reader_->header(); }

  // Null: the document's files must be read. What it points to stands until the next call.
  Result<const dataset::ManifestRecord*> find(const corpus::DocumentId& id);
  Result<std::optional<dataset::ManifestRecord>> next();

 private:
  KnownRecords() = default;
  Result<void> note_changes(const OpenProject& project, const vcs::ObjectId& before,
                            const vcs::ObjectId& after);
  Result<void> read_one();

  std::optional<dataset::ManifestReader> reader_;
  std::deque<dataset::ManifestRecord> read_;  // from the last that next() gave
  size_t given_ = 0;                          // of these: 0 or 1
  bool usable_ = false;
  std::set<corpus::DocumentId> changed_;
};

// How many words of the release have which confidence; nothing: it must be counted.
Result<std::optional<dataset::Tenths>> known_confidences(Services& services,
                                                         const storage::ReleaseRow& release);

// In the transaction that records the release.
Result<void> remember_for_the_next(storage::Transaction& tx, const storage::ReleaseRow& release,
                                   const dataset::Tenths& confidences);

}  // namespace server
