#include <algorithm>
#include <array>
#include <tuple>

#include "dataset/split.h"

namespace dataset {

namespace {

enum Kind : uint8_t { kGroup, kSource, kPageImage, kKinds };

// Something that a document has and should not share across the border: 16 bytes of a hash are
// enough to know it again, and keep a million documents small.
struct Trait {
  Kind kind;
  std::array<uint8_t, 16> key;
  uint32_t member;

  bool same_as(const Trait& other) const { return kind == other.kind && key == other.key; }
  bool operator<(const Trait& other) const {
    return std::tie(kind, key, member) < std::tie(other.kind, other.key, other.member);
  }
};

Trait trait_of(Kind kind, const base::Sha256& hash, size_t member) {
  Trait trait{kind, {}, static_cast<uint32_t>(member)};
  std::copy_n(hash.bytes.begin(), trait.key.size(), trait.key.begin());
  return trait;
}

std::vector<Trait> traits_of(const std::vector<LeakageMember>& members) {
  std::vector<Trait> traits;
  for (size_t i = 0; i < members.size(); ++i) {
    traits.push_back(trait_of(kSource, members[i].source, i));
    for (const std::string& group : members[i].groups) {
      traits.push_back(trait_of(kGroup, base::sha256_of(group), i));
    }
    for (const base::Sha256& image : members[i].images) {
      traits.push_back(trait_of(kPageImage, image, i));
    }
  }
  std::sort(traits.begin(), traits.end());
  return traits;
}

}  // namespace

LeakageReport measure_leakage(const std::vector<LeakageMember>& members) {
  const std::vector<Trait> traits = traits_of(members);
  std::vector<std::array<bool, kKinds>> leaks(members.size());
  for (size_t start = 0, end = 0; start < traits.size(); start = end) {
    bool crosses = false;
    for (end = start; end < traits.size() && traits[end].same_as(traits[start]); ++end) {
      crosses |= members[traits[end].member].part != members[traits[start].member].part;
    }
    for (size_t i = start; crosses && i < end; ++i) leaks[traits[i].member][traits[i].kind] = true;
  }
  LeakageReport report{.documents = members.size()};
  for (size_t i = 0; i < members.size(); ++i) {
    report.by_group += leaks[i][kGroup];
    report.by_source += leaks[i][kSource];
    report.by_page_image += leaks[i][kPageImage];
    if (!leaks[i][kGroup] && !leaks[i][kSource] && !leaks[i][kPageImage]) continue;
    ++report.leaking;
    report.examples.push_back(members[i].id);
  }
  std::sort(report.examples.begin(), report.examples.end());
  constexpr size_t kMostExamples = 20;
  if (report.examples.size() > kMostExamples) report.examples.resize(kMostExamples);
  return report;
}

}  // namespace dataset
