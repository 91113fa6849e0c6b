#include "dataset/detail/stratify.h"

#include <algorithm>
#include <tuple>

#include "base/digest.h"

namespace dataset::detail {

namespace {

// Every document is in it: it keeps the sizes of the parts to their shares.
const std::string kEverything;
constexpr size_t kEverythingStratum = 0;

}  // namespace

uint64_t salted_hash(const corpus::Split& split, std::string_view text) {
  const std::string key = split.salt + "\n" + std::to_string(split.seed);
  return base::load_be64(base::hmac_sha256(key, text).bytes.data());
}

size_t Strata::stratum(const std::string& name) {
  if (names_.empty()) {
    names_.emplace(kEverything, kEverythingStratum);
    totals_.push_back(0);
  }
  const auto [found, added] = names_.try_emplace(name, names_.size());
  if (added) totals_.push_back(0);
  return found->second;
}

void Strata::count_placed(const std::vector<std::string>& strata, const std::string& part) {
  const auto found =
      std::find_if(split_.parts.begin(), split_.parts.end(),
                   [&](const corpus::SplitPart& candidate) { return candidate.name == part; });
  const size_t index = static_cast<size_t>(found - split_.parts.begin());
  const auto count = [&](const std::string& name) {
    const size_t s = stratum(name);
    ++totals_[s];
    ++have_[{index, s}];
  };
  count(kEverything);
  for (const std::string& name : strata) count(name);
}

void Strata::add(std::string_view anchor,
                 const std::vector<const std::vector<std::string>*>& documents) {
  Component component{.anchor = std::string(anchor),
                      .hash = salted_hash(split_, anchor),
                      .counts = {},
                      .part = kUnplaced};
  const auto count = [&](const std::string& name) {
    const size_t s = stratum(name);
    ++totals_[s];
    ++component.counts[s];
  };
  for (const auto* strata : documents) {
    count(kEverything);
    for (const std::string& name : *strata) count(name);
  }
  components_.push_back(std::move(component));
}

// What each part should have of each stratum, less what it has; times the sum of the shares, which
// keeps it whole.
void Strata::set_needs() {
  shares_ = 0;
  for (const corpus::SplitPart& part : split_.parts) shares_ += part.share;
  needs_.assign(split_.parts.size(), std::vector<int64_t>(totals_.size(), 0));
  for (size_t p = 0; p < needs_.size(); ++p) {
    for (size_t s = 0; s < totals_.size(); ++s) {
      needs_[p][s] = static_cast<int64_t>(split_.parts[p].share) * totals_[s];
    }
  }
  if (split_.rule.exact && !totals_.empty()) {
    const std::vector<int64_t> whole = quotas();
    for (size_t p = 0; p < needs_.size(); ++p) needs_[p][kEverythingStratum] = shares_ * whole[p];
  }
  for (const auto& [place, count] : have_) needs_[place.first][place.second] -= shares_ * count;
}

// How many documents each part should have, whole ones: by largest remainders, those before first.
std::vector<int64_t> Strata::quotas() const {
  const int64_t documents = totals_[kEverythingStratum];
  std::vector<int64_t> quotas;
  std::vector<std::pair<int64_t, size_t>> remainders;  // negative, so that the largest is first
  int64_t left = documents;
  for (size_t p = 0; p < split_.parts.size(); ++p) {
    const int64_t wanted = static_cast<int64_t>(split_.parts[p].share) * documents;
    quotas.push_back(wanted / shares_);
    remainders.emplace_back(-(wanted % shares_), p);
    left -= quotas.back();
  }
  std::sort(remainders.begin(), remainders.end());
  for (int64_t i = 0; i < left; ++i) ++quotas[remainders[static_cast<size_t>(i)].second];
  return quotas;
}

std::vector<std::vector<size_t>> Strata::components_by_stratum() const {
  std::vector<std::vector<size_t>> lists(totals_.size());
  for (size_t c = 0; c < components_.size(); ++c) {
    for (const auto& [s, count] : components_[c].counts) lists[s].push_back(c);
  }
  return lists;
}

// Whether the part has room for all its documents; without exact ratios there is always room.
bool Strata::fits(const Component& component, size_t part) const {
  return !split_.rule.exact ||
         needs_[part][kEverythingStratum] >= shares_ * component.counts.at(kEverythingStratum);
}

size_t Strata::best_part(const Component& component, size_t stratum) const {
  size_t best = kUnplaced;
  std::tuple<bool, int64_t, int64_t, uint64_t> best_rank;
  for (size_t p = 0; p < split_.parts.size(); ++p) {
    if (split_.parts[p].share == 0) continue;
    const bool has_room = fits(component, p);
    // Where no part has room, the one that misses most documents is overfilled least.
    const std::tuple rank{has_room, needs_[p][has_room ? stratum : kEverythingStratum],
                          needs_[p][kEverythingStratum],
                          salted_hash(split_, component.anchor + "\n" + split_.parts[p].name)};
    if (best != kUnplaced && rank <= best_rank) continue;
    best = p;
    best_rank = rank;
  }
  return best;
}

// The large ones first, while there is room to balance them.
void Strata::place_all(size_t stratum, std::vector<size_t>& components) {
  std::sort(components.begin(), components.end(), [&](size_t a, size_t b) {
    const Component& left = components_[a];
    const Component& right = components_[b];
    return std::tuple(-left.counts.at(stratum), left.hash, left.anchor) <
           std::tuple(-right.counts.at(stratum), right.hash, right.anchor);
  });
  for (const size_t c : components) {
    Component& component = components_[c];
    if (component.part != kUnplaced) continue;
    component.part = best_part(component, stratum);
    for (const auto& [s, count] : component.counts) {
      needs_[component.part][s] -= shares_ * count;
      --open_[s];
    }
  }
}

std::vector<std::string> Strata::distribute() {
  set_needs();
  auto lists = components_by_stratum();
  for (const auto& list : lists) open_.push_back(list.size());
  // By name, since numbers follow the order in which strata were met.
  std::vector<size_t> strata;
  for (const auto& [name, s] : names_) strata.push_back(s);
  while (!strata.empty()) {
    const auto rank = [&](size_t s) { return std::tuple(s == kEverythingStratum, open_[s]); };
    const auto rarest = std::min_element(strata.begin(), strata.end(),
                                         [&](size_t a, size_t b) { return rank(a) < rank(b); });
    place_all(*rarest, lists[*rarest]);
    strata.erase(rarest);
  }
  std::vector<std::string> parts;
  for (const Component& component : components_) parts.push_back(split_.parts[component.part].name);
  return parts;
}

}  // namespace dataset::detail
