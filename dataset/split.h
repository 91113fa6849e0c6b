// Splits: which documents train and which test. Seeded, by group, stratified, stable as the
// project grows. The rule is corpus/splits.h's; here it is applied.
//
//   SplitMember member{document.id, group_values_of(document, split.rule.group_by), strata};
//   SplitResult result = TRY(assign_split(split, members, placed));
//   result.placements.at(id).part       // "train"
//   result.exceptions                   // what splits/<name>/<xx>.tsv must record
//
// Documents that share any group value or cluster, directly or through others, are one component
// and never straddle. What is placed stays placed: adding documents moves none. The same members,
// rule and earlier placements give the same result in any order of input. Pure, safe from any
// thread.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "corpus/annotation.h"
#include "corpus/document.h"
#include "corpus/ids.h"
#include "corpus/splits.h"

namespace dataset {

struct SplitMember {
  corpus::DocumentId id;
  std::vector<std::string> groups;  // "customer=ACME": group_values_of()
  std::vector<std::string> strata;  // strata_of(); only a rule with stratify_by looks at them
  // Also never divided, but without a say in where they go, because they change as documents come:
  // clusters of near duplicates.
  std::vector<std::string> clusters = {};
  // The group value that the hash goes by: anchor_of(). Empty: the smallest of the groups.
  std::string anchor = {};
};

// "key=value" of every chosen key, sorted, each once. "customer" and "claim" are those fields of
// the sources, other keys are looked up in their group_keys.
std::vector<std::string> group_values_of(const corpus::Document& document,
                                         const std::vector<std::string>& keys);

// What the hash goes by: the smallest group value of the document's first source, so that a later
// upload of the same file, under another claim, does not move it. "document=<id>" without one.
std::string anchor_of(const corpus::Document& document, const std::vector<std::string>& keys);

// What a document should be spread by: for "class" the labels of its class annotations, for
// "label" those of all its annotations, and its size class; proposals do not count.
std::vector<std::string> strata_of(std::string_view stratify_by,
                                   std::span<const corpus::Annotation> annotations, size_t pages);

// A placement that holds: from the recorded ones, and from the last release's manifest.
struct Placed {
  std::string part;
  bool locked = false;
  bool operator==(const Placed&) const = default;
};
using Placements = std::map<corpus::DocumentId, Placed>;
Placements placements_of(std::span<const corpus::Placement> recorded);

// Where the salted hash of its anchor puts one document: a placement there needs no record.
const std::string& hashed_part(const corpus::Split& split, const SplitMember& member);

// A component whose documents had been placed in several parts before something joined them.
struct TornComponent {
  std::vector<corpus::DocumentId> joining;        // new documents that joined it, sorted
  std::map<std::string, uint64_t> placed_before;  // part -> documents
  std::string chosen;  // where the joining documents went: where most of the others were
  bool operator==(const TornComponent&) const = default;
};

struct SplitResult {
  Placements placements;                      // of every member
  std::vector<corpus::Placement> exceptions;  // to record: locked, or not at hashed_part()
  std::vector<TornComponent> torn;            // leaks that only moving a document could mend
  std::map<std::string, uint64_t> counts;     // part -> documents
};

// Code::invalid for a rule without parts or shares, a member given twice, or a placement in a part
// that the rule lacks. Placements of documents that are no members are left alone.
base::Result<SplitResult> assign_split(const corpus::Split& split,
                                       const std::vector<SplitMember>& members,
                                       const Placements& placed);

// To be called when a release is made: who is in a part of split.locks is locked there from now
// on, and recorded.
void lock_parts(const corpus::Split& split, SplitResult& result);

}  // namespace dataset
