#include "dataset/split.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

#include "dataset/detail/stratify.h"
#include "dataset/export_source.h"

namespace dataset {

using base::Code;
using base::Error;
using base::Result;

namespace {

uint64_t total_share(const corpus::Split& split) {
  uint64_t total = 0;
  for (const corpus::SplitPart& part : split.parts) total += part.share;
  return total;
}

std::string anchor_of(const SplitMember& member) {
  if (!member.anchor.empty()) return member.anchor;
  if (member.groups.empty()) return "document=" + member.id.hex;
  return *std::min_element(member.groups.begin(), member.groups.end());
}

const std::string& part_of_anchor(const corpus::Split& split, std::string_view anchor) {
  const uint64_t hash = detail::salted_hash(split, anchor);
  __extension__ using Wide = unsigned __int128;
  uint64_t point = static_cast<uint64_t>(Wide{hash} * total_share(split) >> 64);
  for (const corpus::SplitPart& part : split.parts) {
    if (point < part.share) return part.name;
    point -= part.share;
  }
  return split.parts.back().name;
}

bool has_part(const corpus::Split& split, std::string_view name) {
  return std::any_of(split.parts.begin(), split.parts.end(),
                     [&](const corpus::SplitPart& part) { return part.name == name; });
}

// Which members belong together: union-find with path halving.
class Components {
 public:
  explicit Components(size_t count) : parent_(count) {
    std::iota(parent_.begin(), parent_.end(), size_t{0});
  }
  size_t root(size_t i) {
    while (parent_[i] != i) i = parent_[i] = parent_[parent_[i]];
    return i;
  }
  // The smaller index stays the root, so that components come in the order of their first member.
  void join(size_t a, size_t b) {
    a = root(a);
    b = root(b);
    parent_[std::max(a, b)] = std::min(a, b);
  }

 private:
  std::vector<size_t> parent_;
};

using Member = const SplitMember*;

// Sorted by id within and by the first id between components.
std::vector<std::vector<Member>> components_of(const std::vector<Member>& members) {
  Components components(members.size());
  std::unordered_map<std::string_view, size_t> first_with;
  for (size_t i = 0; i < members.size(); ++i) {
    for (const auto* names : {&members[i]->groups, &members[i]->clusters}) {
      for (const std::string& name : *names) {
        components.join(i, first_with.try_emplace(name, i).first->second);
      }
    }
  }
  std::vector<std::vector<Member>> result;
  std::vector<size_t> place(members.size());
  for (size_t i = 0; i < members.size(); ++i) {
    const size_t root = components.root(i);
    if (root == i) {
      place[i] = result.size();
      result.emplace_back();
    }
    result[place[root]].push_back(members[i]);
  }
  return result;
}

Result<void> check(const corpus::Split& split, const std::vector<Member>& sorted,
                   const Placements& placed) {
  if (total_share(split) == 0) return Error{Code::invalid, "the split has no part with a share"};
  for (size_t i = 0; i < sorted.size(); ++i) {
    const corpus::DocumentId& id = sorted[i]->id;
    if (i > 0 && sorted[i - 1]->id == id) {
      return Error{Code::invalid, "document " + id.hex + " is given twice"};
    }
    const auto found = placed.find(id);
    if (found != placed.end() && !has_part(split, found->second.part)) {
      return Error{Code::invalid, "document " + id.hex + " is placed in \"" + found->second.part +
                                      "\", which is no part of the split"};
    }
  }
  return {};
}

// One run of assign_split().
class Assignment {
 public:
  Assignment(const corpus::Split& split, const Placements& placed)
      : split_(split), placed_(placed) {}

  void take(const std::vector<Member>& component) {
    std::map<std::string, uint64_t> before;
    std::vector<Member> joining;
    for (const Member member : component) {
      const auto found = placed_.find(member->id);
      if (found == placed_.end()) {
        joining.push_back(member);
        continue;
      }
      ++before[found->second.part];
      result_.placements.emplace(member->id, found->second);
    }
    if (joining.empty()) return;
    if (before.empty()) {
      new_components_.push_back(component);
    } else {
      join(joining, std::move(before));
    }
  }

  void place_new_components() {
    if (split_.rule.stratify_by.empty() && !split_.rule.exact) {
      for (const auto& component : new_components_) place(component, hashed(component));
      return;
    }
    detail::Strata strata(split_);
    for (const Member member : placed_members_) {
      strata.count_placed(strata_of(member), result_.placements.at(member->id).part);
    }
    for (const auto& component : new_components_) {
      std::vector<const std::vector<std::string>*> documents;
      for (const Member member : component) documents.push_back(&strata_of(member));
      strata.add(smallest_anchor(component), documents);
    }
    const std::vector<std::string> parts = strata.distribute();
    for (size_t i = 0; i < parts.size(); ++i) place(new_components_[i], parts[i]);
  }

  SplitResult finish(const std::vector<Member>& members) {
    for (const Member member : members) {
      const Placed& placed = result_.placements.at(member->id);
      ++result_.counts[placed.part];
      if (!placed.locked && placed.part == hashed_part(split_, *member)) continue;
      result_.exceptions.push_back(
          {member->id, placed.part,
           placed.locked ? corpus::PlacementKind::locked : corpus::PlacementKind::placed});
    }
    return std::move(result_);
  }

  void note_placed(const std::vector<Member>& members) {
    for (const Member member : members) {
      if (result_.placements.contains(member->id)) placed_members_.push_back(member);
    }
  }

 private:
  // Exact shares alone look at the number of documents only.
  const std::vector<std::string>& strata_of(Member member) const {
    static const std::vector<std::string> kNone;
    return split_.rule.stratify_by.empty() ? kNone : member->strata;
  }

  static std::string smallest_anchor(const std::vector<Member>& component) {
    std::string smallest = anchor_of(*component.front());
    for (const Member member : component) smallest = std::min(smallest, anchor_of(*member));
    return smallest;
  }

  const std::string& hashed(const std::vector<Member>& component) const {
    return part_of_anchor(split_, smallest_anchor(component));
  }

  void place(const std::vector<Member>& members, const std::string& part) {
    for (const Member member : members) {
      result_.placements.emplace(member->id, Placed{part, false});
    }
  }

  // To the part where most of the component is; the rule's order decides between equals.
  void join(const std::vector<Member>& joining, std::map<std::string, uint64_t> before) {
    std::string chosen;
    uint64_t most = 0;
    for (const corpus::SplitPart& part : split_.parts) {
      const auto found = before.find(part.name);
      if (found != before.end() && found->second > most) {
        chosen = part.name;
        most = found->second;
      }
    }
    place(joining, chosen);
    if (before.size() < 2) return;
    TornComponent torn{.joining = {}, .placed_before = std::move(before), .chosen = chosen};
    for (const Member member : joining) torn.joining.push_back(member->id);
    result_.torn.push_back(std::move(torn));
  }

  const corpus::Split& split_;
  const Placements& placed_;
  std::vector<std::vector<Member>> new_components_;
  std::vector<Member> placed_members_;
  SplitResult result_;
};

void add_group_values(const corpus::Source& source, const std::vector<std::string>& keys,
                      std::set<std::string>& values) {
  const auto add = [&](const std::string& key, const std::string& value) {
    if (!value.empty()) values.insert(key + "=" + value);
  };
  for (const std::string& key : keys) {
    if (key == "customer") add(key, source.customer);
    if (key == "claim") add(key, source.claim);
    const auto found = source.group_keys.find(key);
    if (found == source.group_keys.end()) continue;
    for (const std::string& value : found->second) add(key, value);
  }
}

std::string size_class(size_t pages) {
  if (pages <= 1) return "pages=1";
  return pages <= 5 ? "pages=2-5" : "pages=6-";
}

}  // namespace

std::vector<std::string> group_values_of(const corpus::Document& document,
                                         const std::vector<std::string>& keys) {
  std::set<std::string> values;
  for (const corpus::Source& source : document.sources) add_group_values(source, keys, values);
  return {values.begin(), values.end()};
}

std::string anchor_of(const corpus::Document& document, const std::vector<std::string>& keys) {
  std::set<std::string> values;
  if (!document.sources.empty()) add_group_values(document.sources.front(), keys, values);
  return values.empty() ? "document=" + document.id.hex : *values.begin();
}

std::vector<std::string> strata_of(std::string_view stratify_by,
                                   std::span<const corpus::Annotation> annotations, size_t pages) {
  std::set<std::string> strata = {size_class(pages)};
  for (const corpus::Annotation& annotation : annotations) {
    if (!is_ground_truth(annotation) || annotation.label.empty()) continue;
    if (stratify_by == "class" && annotation.type != corpus::AnnotationType::class_) continue;
    strata.insert("label=" + annotation.label);
  }
  return {strata.begin(), strata.end()};
}

Placements placements_of(std::span<const corpus::Placement> recorded) {
  Placements placements;
  for (const corpus::Placement& placement : recorded) {
    placements[placement.document] = {placement.part,
                                      placement.kind == corpus::PlacementKind::locked};
  }
  return placements;
}

const std::string& hashed_part(const corpus::Split& split, const SplitMember& member) {
  return part_of_anchor(split, anchor_of(member));
}

Result<SplitResult> assign_split(const corpus::Split& split,
                                 const std::vector<SplitMember>& members,
                                 const Placements& placed) {
  std::vector<Member> sorted;
  for (const SplitMember& member : members) sorted.push_back(&member);
  std::sort(sorted.begin(), sorted.end(), [](Member a, Member b) { return a->id < b->id; });
  TRY(check(split, sorted, placed));
  Assignment assignment(split, placed);
  for (const auto& component : components_of(sorted)) assignment.take(component);
  assignment.note_placed(sorted);
  assignment.place_new_components();
  return assignment.finish(sorted);
}

void lock_parts(const corpus::Split& split, SplitResult& result) {
  std::map<corpus::DocumentId, corpus::Placement> exceptions;
  for (corpus::Placement& exception : result.exceptions) {
    exceptions.emplace(exception.document, exception);
  }
  for (auto& [id, placed] : result.placements) {
    if (std::find(split.locks.begin(), split.locks.end(), placed.part) == split.locks.end()) {
      continue;
    }
    placed.locked = true;
    exceptions[id] = {id, placed.part, corpus::PlacementKind::locked};
  }
  result.exceptions.clear();
  for (auto& [id, exception] : exceptions) result.exceptions.push_back(std::move(exception));
}

}  // namespace dataset
