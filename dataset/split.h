// Splits: which documents train and which test. Seeded, by group, stratified, stable as the
// project grows (docs/formats/manifest.md says how a release records them).
//
//   SplitRule rule{.salt = "7f3a", .parts = {{"train", 800}, {"validation", 100}, {"test", 100}}};
//   const SplitResult result = TRY(assign_split(rule, members, placed));
//   result.placements.at(id)            // "train"
//
// Documents that share any group value, directly or through others, are one component and never
// straddle. What is placed stays placed: adding documents moves none. The same members, rule and
// earlier placements give the same result in any order of input. Pure, safe from any thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "corpus/document.h"
#include "corpus/ids.h"

namespace dataset {

struct SplitPart {
  std::string name;
  uint32_t permille = 0;
  bool operator==(const SplitPart&) const = default;
};

enum class SplitMethod {
  hash,        // a component's part follows from the salt and its smallest group value alone
  stratified,  // new components go where their strata are missed most
};

struct SplitRule {
  std::string salt;              // any text; another salt is another split
  std::vector<SplitPart> parts;  // their permille sum to 1000
  SplitMethod method = SplitMethod::hash;
  bool operator==(const SplitRule&) const = default;
};
base::Result<void> check_rule(const SplitRule& rule);

struct SplitMember {
  corpus::DocumentId id;
  std::vector<std::string> groups;  // "customer=ACME": group_values_of(), or the caller's own
  std::vector<std::string> strata;  // labels, document type, size class; empty without stratifying
};

// "key=value" of every customer, claim and group key that is chosen, sorted, each once. The names
// "customer" and "claim" choose those fields, others choose from group_keys.
std::vector<std::string> group_values_of(const corpus::Document& document,
                                         const std::vector<std::string>& keys);

// A placement that holds: from the recorded exceptions and locks, or from the last release.
struct Placed {
  std::string part;
  bool locked = false;
  bool operator==(const Placed&) const = default;
};
using Placements = std::map<corpus::DocumentId, Placed>;

// Where the salted hash of its own smallest group value (of its id without groups) puts one
// document: what a placement need not be recorded for.
const std::string& hashed_part(const SplitRule& rule, const SplitMember& member);

// One component whose documents had been placed differently before something joined them.
struct TornComponent {
  std::vector<corpus::DocumentId> joining;        // new documents that joined it, sorted
  std::map<std::string, uint64_t> placed_before;  // part -> documents
  std::string chosen;                             // where the joining documents went
  bool operator==(const TornComponent&) const = default;
};

struct SplitResult {
  Placements placements;  // of every member
  Placements exceptions;  // those to record: locked, or not at hashed_part()
  std::vector<TornComponent> torn;
  std::map<std::string, uint64_t> counts;  // part -> documents
  bool operator==(const SplitResult&) const = default;
};

// Code::invalid for a bad rule, a member given twice, or a placement in a part the rule lacks.
base::Result<SplitResult> assign_split(const SplitRule& rule,
                                       const std::vector<SplitMember>& members,
                                       const Placements& placed);

// What of one document could leak across the border of two parts.
struct LeakageMember {
  corpus::DocumentId id;
  std::string part;
  std::vector<std::string> groups;
  base::Sha256 source;
  std::vector<base::Sha256> images;  // canonical page images
};

struct LeakageReport {
  uint64_t documents = 0;
  uint64_t leaking = 0;        // documents that share anything below with another part: the number
  uint64_t by_group = 0;       // documents that share a group value across the border
  uint64_t by_source = 0;      // ... the source bytes
  uint64_t by_page_image = 0;  // ... a page image
  std::vector<corpus::DocumentId> examples;  // the first ones, at most 20, sorted

  bool operator==(const LeakageReport&) const = default;
};
LeakageReport measure_leakage(const std::vector<LeakageMember>& members);

}  // namespace dataset
