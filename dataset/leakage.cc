#include "dataset/leakage.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>
#include <set>
#include <tuple>

namespace dataset {

namespace {

constexpr size_t kKinds = 5;
constexpr size_t kMostExamples = 20;
// Of larger sets not every pair is told, or a thousand copies would give half a million pairs.
constexpr size_t kMostForAllPairs = 20;

// Something that a document has and should not share across the border: 16 bytes of a hash are
// enough to know it again, and keep a million documents small.
struct Trait {
  LeakageKind kind;
  std::array<uint8_t, 16> key;
  uint32_t member;
  corpus::PageNumber page;

  bool same_as(const Trait& other) const { return kind == other.kind && key == other.key; }
  bool operator<(const Trait& other) const {
    return std::tie(kind, key, member, page) <
           std::tie(other.kind, other.key, other.member, other.page);
  }
};

Trait trait_of(LeakageKind kind, const base::Sha256& hash, size_t member,
               corpus::PageNumber page = 0) {
  Trait trait{kind, {}, static_cast<uint32_t>(member), page};
  std::copy_n(hash.bytes.begin(), trait.key.size(), trait.key.begin());
  return trait;
}

std::vector<Trait> traits_of(const std::vector<LeakageMember>& members) {
  std::vector<Trait> traits;
  for (size_t i = 0; i < members.size(); ++i) {
    traits.push_back(trait_of(LeakageKind::source, members[i].source, i));
    for (const std::string& group : members[i].groups) {
      traits.push_back(trait_of(LeakageKind::group, base::sha256_of(group), i));
    }
    for (size_t page = 0; page < members[i].images.size(); ++page) {
      const base::Sha256& image = members[i].images[page];
      if (image == base::Sha256()) continue;
      traits.push_back(
          trait_of(LeakageKind::page_image, image, i, static_cast<corpus::PageNumber>(page + 1)));
    }
  }
  std::sort(traits.begin(), traits.end());
  return traits;
}

// Collects what leaks, by document and by pair.
class Leaks {
 public:
  explicit Leaks(const std::vector<LeakageMember>& members)
      : members_(members), kinds_(members.size()) {}

  bool crosses(uint32_t a, uint32_t b) const { return members_[a].part != members_[b].part; }

  void add(LeakagePair pair, uint32_t a, uint32_t b) {
    kinds_[a][static_cast<size_t>(pair.kind)] = true;
    kinds_[b][static_cast<size_t>(pair.kind)] = true;
    if (members_[b].id < members_[a].id) {
      std::swap(a, b);
      std::swap(pair.page_a, pair.page_b);
    }
    pair.a = members_[a].id;
    pair.b = members_[b].id;
    pair.part_a = members_[a].part;
    pair.part_b = members_[b].part;
    pairs_.push_back(std::move(pair));
  }

  // Traits that are all the same. Every pair, or in a large set each with the first of another
  // part.
  void add_alike(const Trait* begin, const Trait* end) {
    const bool all = static_cast<size_t>(end - begin) <= kMostForAllPairs;
    for (const Trait* b = begin; b != end; ++b) {
      for (const Trait* a = begin; a != end; ++a) {
        if (all && a >= b) break;
        if (!crosses(a->member, b->member)) continue;
        add({.kind = a->kind,
             .a = {},
             .b = {},
             .part_a = {},
             .part_b = {},
             .page_a = a->page,
             .page_b = b->page},
            a->member, b->member);
        if (!all) break;
      }
    }
  }

  LeakageReport report() {
    LeakageReport report;
    report.documents = members_.size();
    for (size_t i = 0; i < members_.size(); ++i) {
      const auto& kinds = kinds_[i];
      report.by_group += kinds[static_cast<size_t>(LeakageKind::group)];
      report.by_source += kinds[static_cast<size_t>(LeakageKind::source)];
      report.by_page_image += kinds[static_cast<size_t>(LeakageKind::page_image)];
      report.by_near_page += kinds[static_cast<size_t>(LeakageKind::near_page)];
      report.by_near_look += kinds[static_cast<size_t>(LeakageKind::near_look)];
      if (std::none_of(kinds.begin(), kinds.end(), [](bool leaks) { return leaks; })) continue;
      ++report.leaking;
      report.examples.push_back(members_[i].id);
    }
    std::sort(report.examples.begin(), report.examples.end());
    if (report.examples.size() > kMostExamples) report.examples.resize(kMostExamples);
    const auto key = [](const LeakagePair& pair) {
      return std::tie(pair.kind, pair.a, pair.b, pair.page_a, pair.page_b);
    };
    std::sort(pairs_.begin(), pairs_.end(),
              [&](const LeakagePair& a, const LeakagePair& b) { return key(a) < key(b); });
    pairs_.erase(std::unique(pairs_.begin(), pairs_.end()), pairs_.end());
    report.pairs = std::move(pairs_);
    return report;
  }

 private:
  const std::vector<LeakageMember>& members_;
  std::vector<std::array<bool, kKinds>> kinds_;
  std::vector<LeakagePair> pairs_;
};

void find_alike(const std::vector<LeakageMember>& members, Leaks& leaks) {
  const std::vector<Trait> traits = traits_of(members);
  for (size_t start = 0, end = 0; start < traits.size(); start = end) {
    while (end < traits.size() && traits[end].same_as(traits[start])) ++end;
    leaks.add_alike(traits.data() + start, traits.data() + end);
  }
}

}  // namespace

LeakageMember leakage_member_of(const ManifestRecord& record) {
  LeakageMember member{record.id, record.split, record.groups, record.source.sha256, {}};
  for (const ManifestPage& page : record.pages) {
    member.images.push_back(page.image ? page.image->sha256 : base::Sha256());
  }
  return member;
}

std::string_view name_of(LeakageKind kind) {
  switch (kind) {
    case LeakageKind::group:
      return "group";
    case LeakageKind::source:
      return "source";
    case LeakageKind::page_image:
      return "page_image";
    case LeakageKind::near_page:
      return "near_page";
    case LeakageKind::near_look:
      return "near_look";
  }
  return "";
}

LeakageReport measure_leakage(const std::vector<LeakageMember>& members) {
  Leaks leaks(members);
  find_alike(members, leaks);
  return leaks.report();
}

void LeakageSearch::add(LeakageMember member, const std::vector<PageSketch>& pages) {
  const auto number = static_cast<uint32_t>(members_.size());
  numbers_.emplace(member.id.hex, number);
  members_.push_back(std::move(member));
  for (size_t i = 0; i < pages.size(); ++i) {
    const Place place{number, static_cast<corpus::PageNumber>(i + 1)};
    for (const NearPage& near : index_.find(pages[i])) {
      if (places_[near.page].member != number) {
        near_.push_back({places_[near.page], place, near.how});
      }
    }
  }
  for (size_t i = 0; i < pages.size(); ++i) {
    index_.add(pages[i]);
    places_.push_back({number, static_cast<corpus::PageNumber>(i + 1)});
  }
}

void LeakageSearch::add_near(const NearPages& near) {
  const auto a = numbers_.find(near.a.hex);
  const auto b = numbers_.find(near.b.hex);
  if (a == numbers_.end() || b == numbers_.end()) return;
  near_.push_back({{a->second, near.page_a}, {b->second, near.page_b}, near.how});
}

LeakageReport LeakageSearch::finish() {
  Leaks leaks(members_);
  find_alike(members_, leaks);
  for (const Near& near : near_) {
    if (!leaks.crosses(near.a.member, near.b.member)) continue;
    leaks.add({.kind = near.how.by_look ? LeakageKind::near_look : LeakageKind::near_page,
               .a = {},
               .b = {},
               .part_a = {},
               .part_b = {},
               .page_a = near.a.page,
               .page_b = near.b.page,
               .likeness = static_cast<int32_t>(std::lround(near.how.likeness * 1000))},
              near.a.member, near.b.member);
  }
  return leaks.report();
}

std::vector<std::vector<corpus::DocumentId>> LeakageSearch::clusters() const {
  std::vector<uint32_t> parent(members_.size());
  std::iota(parent.begin(), parent.end(), 0u);
  const auto root = [&](uint32_t i) {
    while (parent[i] != i) i = parent[i] = parent[parent[i]];
    return i;
  };
  for (const Near& near : near_) parent[root(near.b.member)] = root(near.a.member);
  std::map<uint32_t, std::vector<corpus::DocumentId>> by_root;
  for (uint32_t i = 0; i < members_.size(); ++i) by_root[root(i)].push_back(members_[i].id);
  std::vector<std::vector<corpus::DocumentId>> clusters;
  for (auto& [first, ids] : by_root) {
    if (ids.size() < 2) continue;
    std::sort(ids.begin(), ids.end());
    clusters.push_back(std::move(ids));
  }
  return clusters;
}

}  // namespace dataset
