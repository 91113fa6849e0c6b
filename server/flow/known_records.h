// What the release before still knows, so that the next one costs what has changed: the records of
// documents whose files have not changed in git since, and the sums of its words' confidences.
//
//   KnownRecords known = TRY(KnownRecords::open(services, project, before, commit, split));
//   if (const auto* record = TRY(known.find(id))) ...        // as it was, but for its part
//
// Kept beside the database's rows, and only of use: without them everything is read anew. An object
// belongs to one thread.
#pragma once

#include <memory>
#include <optional>
#include <set>

#include "corpus/splits.h"
#include "dataset/release.h"
#include "dataset/release_figures.h"
#include "server/flow/services.h"
#include "storage/release_table.h"

namespace server {

class KnownRecords {
 public:
  // Knows none if the older release was made by another edition of this program or with other
  // groups, on which the records' pseudonyms depend; `split` is null without one.
  static Result<KnownRecords> open(Services& services, const OpenProject& project,
                                   const storage::ReleaseRow& before, const vcs::ObjectId& commit,
                                   const corpus::Split* split);
  static KnownRecords none() { return KnownRecords(); }

  // Null: the document's files must be read. Ids must ascend; what it points to stands until the
  // next call.
  Result<const dataset::ManifestRecord*> find(const corpus::DocumentId& id);

 private:
  Result<void> note_changes(const OpenProject& project, const vcs::ObjectId& before,
                            const vcs::ObjectId& after);

  std::optional<dataset::EarlierRecords> records_;
  std::set<corpus::DocumentId> changed_;
};

// How many words of the release have which confidence; nothing: it must be counted.
Result<std::optional<dataset::Tenths>> known_confidences(Services& services,
                                                         const storage::ReleaseRow& release);

// In the transaction that records the release.
Result<void> remember_for_the_next(storage::Transaction& tx, const storage::ReleaseRow& release,
                                   const dataset::Tenths& confidences);

}  // namespace server
