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

// The fields of both sides in one; found conflicts are added.
template <typename Entry>
std::optional<Entry> merge_all_fields(const Sides<Entry>& sides, std::vector<Conflict>& conflicts) {
  const std::string& id = sides.ours->id.text;
  const Fields base = sides.base == nullptr ? Fields{} : detail::fields_of(to_json(*sides.base));
  Fields ours = detail::fields_of(to_json(*sides.ours));
  Fields theirs = detail::fields_of(to_json(*sides.theirs));
  if (changes_type(sides)) merge_shape(base, ours, theirs, id, conflicts);
  return read_back(detail::object_of(detail::merge_fields(base, ours, theirs, id, conflicts)),
                   sides.ours);
}

// Both sides have it and both changed it. Where each field merges but together they make no
// sense, seen from either side, it is a clash after all.
template <typename Entry>
Entry merge_both(const Sides<Entry>& sides, std::vector<Conflict>& conflicts) {
  std::vector<Conflict> found;
  std::vector<Conflict> mirrored;
  auto entry = merge_all_fields(sides, found);
  const Sides<Entry> swapped{sides.base, sides.theirs, sides.ours};
  if (!entry || (!found.empty() && !merge_all_fields(swapped, mirrored))) {
    whole_conflict(sides, sides.ours->id.text, conflicts);
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

bool has_end(const Annotation& relation, const AnnotationId& end) {
  return relation.from == end || relation.to == end;
}

// Whether this side left the relation without its end itself (the end may lie in another file).
bool dangles(const ById<Annotation>& side, const AnnotationId& relation, const AnnotationId& end) {
  const Annotation* there = detail::find_id(side, relation);
  return there != nullptr && has_end(*there, end) && !side.contains(end);
}

struct ThreeWay {
  ById<Annotation> base, ours, theirs;
};

// Ends that a relation of the result has lost because one side deleted them, not knowing of the
// relation that the other side has.
std::set<AnnotationId> lost_ends(const ThreeWay& all, const std::vector<Annotation>& merged) {
  std::set<AnnotationId> lost;
  const auto merged_by_id = detail::by_id(merged);
  for (const Annotation& relation : merged) {
    for (const auto& end : {relation.from, relation.to}) {
      if (!end || merged_by_id.contains(*end) || !all.base.contains(*end)) continue;
      if (dangles(all.ours, relation.id, *end) || dangles(all.theirs, relation.id, *end)) continue;
      lost.insert(*end);
    }
  }
  return lost;
}

// Such ends come back and are asked about. Where relations are in conflict, the other side's
// choice counts too.
void keep_ends(const ThreeWay& all, AnnotationMerge& out) {
  std::set<AnnotationId> lost = lost_ends(all, out.merged);
  if (!out.conflicts.empty()) {
    const auto mirrored = merge_lists<Annotation>(all.base, all.theirs, all.ours);
    lost.merge(lost_ends(all, mirrored.merged));
  }
  for (const AnnotationId& id : lost) {
    const Sides<Annotation> sides{detail::find_id(all.base, id), detail::find_id(all.ours, id),
                                  detail::find_id(all.theirs, id)};
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
  const ThreeWay all{detail::by_id(base), detail::by_id(ours), detail::by_id(theirs)};
  auto lists = merge_lists<Annotation>(all.base, all.ours, all.theirs);
  AnnotationMerge out{std::move(lists.merged), std::move(lists.conflicts)};
  keep_ends(all, out);
  sort_merge(out);
  return out;
}

base::Result<std::string> write_merged(const std::vector<Annotation>& merged,
                                       const std::vector<Annotation>& theirs) {
  const auto known = detail::by_id(theirs);
  std::vector<Annotation> changed;
  for (const Annotation& annotation : merged) {
    const auto found = known.find(annotation.id);
    if (found == known.end() || *found->second != annotation) changed.push_back(annotation);
  }
  TRY(write_annotations(std::move(changed)));
  std::string text = print_annotations(merged);
  if (merged.size() > kMaxAnnotationsPerFile || text.size() > kMaxAnnotationFileBytes) {
    return base::Error{base::Code::limit, "the annotations of a page are too many or too long"};
  }
  return text;
}

CommentMerge merge_comments(const std::vector<Comment>& base, const std::vector<Comment>& ours,
                            const std::vector<Comment>& theirs) {
  auto lists =
      merge_lists<Comment>(detail::by_id(base), detail::by_id(ours), detail::by_id(theirs));
  return {std::move(lists.merged), std::move(lists.conflicts)};
}

}  // namespace corpus
