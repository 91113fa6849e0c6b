// The fifth verb: which documents train and which test. A split is a rule in git and the few
// placements that do not follow from it; evaluating it again after the project has grown moves
// nothing that was placed.
//
//   const SplitOutcome outcome = TRY(make_split(services, actor, "default", rule));
//   outcome.counts.at("train");  outcome.leakage.leaking;
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "corpus/splits.h"
#include "dataset/leakage.h"
#include "dataset/split.h"
#include "server/flow/actor.h"
#include "server/flow/document_files.h"
#include "server/flow/services.h"

namespace server {

// label -> part -> annotations that people stand behind
using LabelsByPart = std::map<std::string, std::map<std::string, uint64_t>>;

struct SplitOutcome {
  corpus::Split split;
  std::map<std::string, uint64_t> counts;  // part -> documents
  LabelsByPart labels;
  std::vector<dataset::TornComponent> torn;
  dataset::LeakageReport leakage;
  std::string commit;  // hex; empty: nothing was written
};

// Makes the split, or evaluates it again for the documents that came since; then `rule` must be
// nothing or equal to the one in git (conflict otherwise: another rule is another split).
Result<SplitOutcome> make_split(Services& services, const Actor& actor, const std::string& name,
                                const std::optional<corpus::Split>& rule);

// What make_split would do, and nothing done.
Result<SplitOutcome> preview_split(Services& services, const Actor& actor, const std::string& name,
                                   const std::optional<corpus::Split>& rule);

// The splits of main, by name.
Result<std::map<std::string, corpus::Split>> splits_of(const OpenProject& project);

// Of documents that are placed so, as the index has them.
Result<LabelsByPart> labels_by_part(Services& services, const OpenProject& project,
                                    const dataset::SplitResult& result);

// Where every document of the revision is. Code::not_found: no such split.
struct SplitReading {
  corpus::Split split;
  vcs::ObjectId rule;  // git's name of splits/<name>.json
  dataset::SplitResult result;
  // What of each document could leak, with its part: for dataset::measure_leakage().
  std::vector<dataset::LeakageMember> members;
};
Result<SplitReading> read_split(Services& services, const OpenProject& project,
                                const vcs::ObjectId& commit, const std::string& name);

// A rule that groups by this holds documents together whose pages are nearly the same.
inline constexpr char kNearDuplicateKey[] = "near-duplicate";

bool groups_near_duplicates(const corpus::SplitRule& rule);

// What of a document a split asks for; without strata and clusters.
dataset::SplitMember split_member_of(const corpus::Document& document,
                                     const corpus::SplitRule& rule);

// What of a document could leak; without its part.
dataset::LeakageMember leakage_member_of(const corpus::Document& document,
                                         const corpus::SplitRule& rule);

// A split of the revision. Code::not_found: no such split.
Result<corpus::Split> split_in(const vcs::Snapshot& snapshot, const std::string& name);

// How many documents a split was evaluated for: kept beside the rule, so that its file changes
// whenever there are others, and the commit that last touched it shows which documents had their
// place by then. 0: it never was.
int64_t evaluated_documents(const corpus::Split& split);
void set_evaluated_documents(corpus::Split& split, int64_t documents);

// One commit of a change to a split.
inline constexpr char kLockMessage[] = "Lock the split";
Result<vcs::CommitResult> commit_split(
    OpenProject& project, const vcs::Signature& author, const std::string& name,
    const std::string& message,
    const std::function<Result<std::vector<vcs::Edit>>(const vcs::Snapshot& tip)>& make);

// Records that the members of the split's locked parts stay there, before a release shows them: the
// commit that holds it, and the split as that has it.
struct LockedSplit {
  vcs::ObjectId commit;
  SplitReading reading;
};
Result<LockedSplit> lock_split(Services& services, OpenProject& project, const std::string& name);

// Puts one document where a person wants it, against the rule. Code::conflict, and why, if it is
// locked in another part; Code::not_found without such a document or split.
Result<void> place_document(Services& services, const Actor& actor, const std::string& name,
                            const corpus::DocumentId& id, const std::string& part);

// From now on the documents may be moved; they stay where they are. The audit log keeps who said
// so, and why. How many were locked; Code::invalid without a reason.
struct Unlocking {
  std::string split;
  std::vector<corpus::DocumentId> documents;
  std::string reason;
};
Result<size_t> unlock_documents(Services& services, const Actor& actor, const Unlocking& unlocking);

// For a push: a line for each locked placement that `after` lacks or changes.
Result<std::vector<std::string>> refuse_broken_locks(const vcs::Snapshot& before,
                                                     const vcs::Snapshot& after,
                                                     const std::string& name);

}  // namespace server
