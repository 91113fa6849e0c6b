#include "corpus/merge.h"

#include <algorithm>
#include <array>
#include <set>
#include <tuple>

#include "corpus/detail/merge_fields.h"

namespace corpus {
namespace {

using base::Json;
using detail::ById;
using detail::Fields;

// Fields that only make sense together once the type changes.
constexpr std::array<std::string_view, 10> kShape = {
    "type", "words", "box", "polygon", "text", "from", "to", "rows", "columns", "replacements"};

std::optional<Annotation> read_back(const Json& json, const Annotation*) {
  Diagnostics problems;
  return annotation_from_json(json, problems);
}
std::optional<Comment> read_back(const Json& json, const Comment*) {
  Diagnostics problems;
  return comment_from_json(json, problems);
}

template <typename Entry>
struct Sides {
  const Entry* base;
  const Entry* ours;
  const Entry* theirs;
};

template <typename Entry>
void whole_conflict(const Sides<Entry>& sides, const std::string& id,
                    std::vector<Conflict>& conflicts) {
  conflicts.push_back({id, "", detail::json_or_null(sides.base), detail::json_or_null(sides.ours),
                       detail::json_or_null(sides.theirs)});
}

bool changes_type(const Sides<Annotation>& sides) {
  return sides.ours->type != sides.theirs->type ||
         (sides.base != nullptr && sides.base->type != sides.ours->type);
}
bool changes_type(const Sides<Comment>&) {
  return false;
}

Fields shape_of(const Fields& fields) {
  Fields out;
  for (const std::string_view name : kShape) {
    const auto found = fields.find(std::string(name));
    if (found != fields.end()) out.insert(*found);
  }
  return out;
}

void put_shape(Fields& fields, const Fields& shape) {
  for (const std::string_view name : kShape) fields.erase(std::string(name));
  fields.insert(shape.begin(), shape.end());
}

// The shape as one field: whole from the side that changed it, else a conflict in each field that
// differs. Afterwards all sides have the same shape.
void merge_shape(const Fields& base, Fields& ours, Fields& theirs, const std::string& id,
                 std::vector<Conflict>& conflicts) {
  const Fields before = shape_of(base);
  const Fields mine = shape_of(ours);
  const Fields other = shape_of(theirs);
  if (mine == before) return put_shape(ours, other);
  if (mine != other && other != before) {
    for (const std::string& name : detail::names_of({&mine, &other})) {
      if (detail::field(mine, name) == detail::field(other, name)) continue;
      conflicts.push_back({id, name, detail::field(before, name), detail::field(mine, name),
                           detail::field(other, name)});
    }
  }
  put_shape(theirs, mine);
}

// Both sides have it and both changed it.
template <typename Entry>
Entry merge_both(const Sides<Entry>& sides, std::vector<Conflict>& conflicts) {
  const std::string& id = sides.ours->id.text;
  const Fields base = sides.base == nullptr ? Fields{} : detail::fields_of(to_json(*sides.base));
  Fields ours = detail::fields_of(to_json(*sides.ours));
  Fields theirs = detail::fields_of(to_json(*sides.theirs));
  std::vector<Conflict> found;
  if (changes_type(sides)) merge_shape(base, ours, theirs, id, found);
  const Fields merged = detail::merge_fields(base, ours, theirs, id, found);
  auto entry = read_back(detail::object_of(merged), sides.ours);
  if (!entry) {
    // Each field merges, but together they make no sense: a clash after all.
    whole_conflict(sides, id, conflicts);
    return *sides.ours;
  }
  conflicts.insert(conflicts.end(), found.begin(), found.end());
  return std::move(*entry);
}

// Nothing: it is deleted.
template <typename Entry>
std::optional<Entry> merge_one(const Sides<Entry>& sides, std::vector<Conflict>& conflicts) {
  using detail::same;
  const auto value = [](const Entry* entry) {
    return entry == nullptr ? std::optional<Entry>() : *entry;
  };
  if (same(sides.ours, sides.theirs) || same(sides.theirs, sides.base)) return value(sides.ours);
  if (same(sides.ours, sides.base)) return value(sides.theirs);
  if (sides.ours != nullptr && sides.theirs != nullptr) return merge_both(sides, conflicts);
  // Deleted here, changed there: keep what is left until a person has decided.
  const Entry* left = sides.ours != nullptr ? sides.ours : sides.theirs;
  whole_conflict(sides, left->id.text, conflicts);
  return *left;
}

template <typename Entry>
struct ListMerge {
  std::vector<Entry> merged;
  std::vector<Conflict> conflicts;
};

template <typename Entry>
ListMerge<Entry> merge_lists(const ById<Entry>& base, const ById<Entry>& ours,
                             const ById<Entry>& theirs) {
  std::set<decltype(Entry::id)> ids;
  for (const auto* side : {&base, &ours, &theirs}) {
    for (const auto& [id, entry] : *side) ids.insert(id);
  }
  ListMerge<Entry> out;
  for (const auto& id : ids) {
    const Sides<Entry> sides{detail::find_id(base, id), detail::find_id(ours, id),
                             detail::find_id(theirs, id)};
    if (auto entry = merge_one(sides, out.conflicts)) out.merged.push_back(std::move(*entry));
  }
  return out;
}

bool arrives(const ById<Annotation>& all, const AnnotationId& id) {
  return all.contains(id);
}

// Relations of the result whose end was there, and is gone because the other side deleted it
// without knowing of the relation: the end comes back and is asked about. A relation that dangles
// on one side already is that side's business (an end may lie in another file).
void keep_ends(const ById<Annotation>& base, const ById<Annotation>& ours,
               const ById<Annotation>& theirs, AnnotationMerge& out) {
  std::set<AnnotationId> lost;
  const auto merged = detail::by_id(out.merged);
  for (const Annotation& relation : out.merged) {
    for (const auto& end : {relation.from, relation.to}) {
      if (!end || merged.contains(*end) || !base.contains(*end)) continue;
      const bool used_by_ours = ours.contains(relation.id) && arrives(ours, *end);
      const bool used_by_theirs = theirs.contains(relation.id) && arrives(theirs, *end);
      if (used_by_ours || used_by_theirs) lost.insert(*end);
    }
  }
  for (const AnnotationId& id : lost) {
    const Sides<Annotation> sides{detail::find_id(base, id), detail::find_id(ours, id),
                                  detail::find_id(theirs, id)};
    whole_conflict(sides, id.text, out.conflicts);
    out.merged.push_back(*sides.base);
  }
}

void sort_merge(AnnotationMerge& out) {
  std::sort(out.merged.begin(), out.merged.end(),
            [](const Annotation& a, const Annotation& b) { return a.id < b.id; });
  std::sort(out.conflicts.begin(), out.conflicts.end(), [](const Conflict& a, const Conflict& b) {
    return std::tie(a.id, a.field) < std::tie(b.id, b.field);
  });
}

}  // namespace

base::Json to_json(const Conflict& conflict) {
  return Json::object({{"id", conflict.id},
                       {"field", conflict.field},
                       {"base", conflict.base},
                       {"ours", conflict.ours},
                       {"theirs", conflict.theirs}});
}

AnnotationMerge merge_annotations(const std::vector<Annotation>& base,
                                  const std::vector<Annotation>& ours,
                                  const std::vector<Annotation>& theirs) {
  const auto base_by_id = detail::by_id(base);
  const auto ours_by_id = detail::by_id(ours);
  const auto theirs_by_id = detail::by_id(theirs);
  auto lists = merge_lists<Annotation>(base_by_id, ours_by_id, theirs_by_id);
  AnnotationMerge out{std::move(lists.merged), std::move(lists.conflicts)};
  keep_ends(base_by_id, ours_by_id, theirs_by_id, out);
  sort_merge(out);
  return out;
}

CommentMerge merge_comments(const std::vector<Comment>& base, const std::vector<Comment>& ours,
                            const std::vector<Comment>& theirs) {
  auto lists =
      merge_lists<Comment>(detail::by_id(base), detail::by_id(ours), detail::by_id(theirs));
  return {std::move(lists.merged), std::move(lists.conflicts)};
}

}  // namespace corpus
