// splits/<name>.json, the rule by which documents fall into train, test, ..., and
// splits/<name>/<xx>.tsv, the documents that do not follow it (docs/formats/splits.md). How a rule
// is applied: dataset/split.h. Plain values, pure functions, safe from any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "corpus/annotation.h"
#include "corpus/diagnostic.h"
#include "corpus/ids.h"

namespace corpus {

struct SplitPart {
  std::string name;    // "train": a name as in schema.json
  uint32_t share = 0;  // parts of the sum of all shares: 80, 10, 10
  bool operator==(const SplitPart&) const = default;
};

struct SplitRule {
  // Documents that share a value of any of these stay together: "customer", "claim", or a key of
  // the sources' group_keys.
  std::vector<std::string> group_by;
  std::string stratify_by;  // "class", "label", or empty
  // Parts get their shares as exactly as whole groups allow. Otherwise each group goes where its
  // hash says, alone or, stratified, nearly so: about the shares.
  bool exact = false;
  bool operator==(const SplitRule&) const = default;
};

struct Split {
  SplitRule rule;
  std::string salt;                // keys the hash: another salt, another split
  uint64_t seed = 0;               // below 2^63
  std::vector<SplitPart> parts;    // the "ratios", in this order; at least one share above 0
  uint32_t folds = 0;              // k-fold, in place of ratios: the parts are fold_parts(folds)
  std::vector<std::string> locks;  // parts that a document never leaves once it was in
  JsonMap extra;

  bool operator==(const Split&) const = default;
};

// "fold-1" to "fold-<folds>", of equal shares.
std::vector<SplitPart> fold_parts(uint32_t folds);

base::Result<Split> parse_split(std::string_view text);
std::optional<Split> parse_split(std::string_view text, Diagnostics& problems);
std::string print_split(const Split& split);

enum class PlacementKind {
  placed,  // by a person, against the rule
  locked,  // was in a locked part when a release was made
};
struct Placement {
  DocumentId document;
  std::string part;
  PlacementKind kind = PlacementKind::placed;
  bool operator==(const Placement&) const = default;
};

inline constexpr size_t kMaxPlacementsPerFile = 1'000'000;

// A header line, then  document part kind , sorted by document. `shard` is the first two digits
// of all ids in the file ("0f"); empty: do not check.
base::Result<std::vector<Placement>> parse_placements(std::string_view text,
                                                      std::string_view shard = {});
std::vector<Placement> parse_placements(std::string_view text, std::string_view shard,
                                        Diagnostics& problems);
std::string print_placements(std::vector<Placement> placements);

}  // namespace corpus
