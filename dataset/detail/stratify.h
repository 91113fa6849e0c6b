// Iterative stratification (Sechidis, Tsoumakas, Vlahavas 2011) of components: the rarest stratum
// first, each component to the part that misses that stratum most. Integers throughout, ties by the
// salted hash, so that every machine comes to the same result. Where the rule wants exact ratios no
// part gets more documents than its share, rounded by largest remainders, while a component fits
// elsewhere. Private to dataset/.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "corpus/splits.h"

namespace dataset::detail {

// The first 64 bits of an HMAC under the split's salt and seed.
uint64_t salted_hash(const corpus::Split& split, std::string_view text);

class Strata {
 public:
  explicit Strata(const corpus::Split& split) : split_(split) {}

  // A document that is placed already: it fills its part.
  void count_placed(const std::vector<std::string>& strata, const std::string& part);
  // A component to distribute, with the strata of each of its documents.
  void add(std::string_view anchor, const std::vector<const std::vector<std::string>*>& documents);
  // The part of each component, in the order in which they were added.
  std::vector<std::string> distribute();

 private:
  struct Component {
    std::string anchor;
    uint64_t hash = 0;
    std::map<size_t, int64_t> counts;  // stratum -> documents
    size_t part = kUnplaced;
  };
  static constexpr size_t kUnplaced = static_cast<size_t>(-1);

  size_t stratum(const std::string& name);
  void set_needs();
  std::vector<int64_t> quotas() const;
  std::vector<std::vector<size_t>> components_by_stratum() const;
  void place_all(size_t stratum, std::vector<size_t>& components);
  bool fits(const Component& component, size_t part) const;
  size_t best_part(const Component& component, size_t stratum) const;

  const corpus::Split& split_;
  std::map<std::string, size_t> names_;
  std::vector<int64_t> totals_;                        // stratum -> documents
  std::map<std::pair<size_t, size_t>, int64_t> have_;  // part, stratum -> documents
  std::vector<std::vector<int64_t>> needs_;            // part, stratum -> documents x all shares
  std::vector<Component> components_;
  std::vector<size_t> open_;  // stratum -> components without a part
  int64_t shares_ = 0;
};

}  // namespace dataset::detail
