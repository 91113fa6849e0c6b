// What the release before still knows, so that the next one costs what has changed: its sums, and
// the records of documents whose files have not changed in git since.
//
//   const auto memory = TRY(memory_of(services, before));
//   const auto delta = TRY(delta_between(project, before_commit, commit, &split));
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
#include <string>
#include <vector>

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

  // Whether find() knows any.
  bool is_usable() const { return usable_; }
  // Null: the document's files must be read. What it points to stands until the next call.
  Result<const dataset::ManifestRecord*> find(const corpus::DocumentId& id);
  Result<std::optional<dataset::ManifestRecord>> next();

 private:
  KnownRecords() = default;
  Result<void> read_one();

  std::optional<dataset::ManifestReader> reader_;
  std::deque<dataset::ManifestRecord> read_;  // from the last that next() gave
  size_t given_ = 0;                          // of these: 0 or 1
  bool usable_ = false;
  std::set<corpus::DocumentId> changed_;
};

// What a release remembers for the next one of its dataset.
struct ReleaseMemory {
  std::string choice;       // which documents were asked for, in whoever's words made it
  bool is_settled = false;  // made of main as it was, with its split recorded there
  uint64_t unreadable = 0;  // documents that were left out
  dataset::ReleaseFigures figures = {};
  bool operator==(const ReleaseMemory&) const = default;
};
// Nothing: it was made by another edition of this program, or somebody else's.
Result<std::optional<ReleaseMemory>> memory_of(Services& services,
                                               const storage::ReleaseRow& release);
// In the transaction that records the release.
Result<void> remember_for_the_next(storage::Transaction& tx, const storage::ReleaseRow& release,
                                   const ReleaseMemory& memory);

// What lies between two commits of main, as far as a release asks.
struct ReleaseDelta {
  std::set<corpus::DocumentId> documents;   // any of their files has changed
  std::vector<corpus::DocumentId> added;    // of these, those that were not there
  std::vector<corpus::DocumentId> removed;  // ... that could be read and are gone
  // Whether the split must be evaluated anew: its files have changed, or a document that stays
  // belongs to other groups than before.
  bool regroups = false;
};
// `split`: the name of one, and its rule by then; null: nobody asks.
struct NamedSplit {
  std::string name;
  corpus::SplitRule rule;
};
Result<ReleaseDelta> delta_between(const OpenProject& project, const vcs::ObjectId& before,
                                   const vcs::ObjectId& after, const NamedSplit* split);

}  // namespace server
