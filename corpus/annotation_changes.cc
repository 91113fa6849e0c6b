#include <algorithm>

#include "corpus/annotation.h"
#include "corpus/detail/merge_fields.h"

namespace corpus {
namespace {

std::vector<std::string> changed_fields(const Annotation& before, const Annotation& after) {
  const detail::Fields old_fields = detail::fields_of(to_json(before));
  const detail::Fields new_fields = detail::fields_of(to_json(after));
  std::vector<std::string> out;
  for (const std::string& name : detail::names_of({&old_fields, &new_fields})) {
    if (detail::field(old_fields, name) != detail::field(new_fields, name)) out.push_back(name);
  }
  return out;
}

}  // namespace

AnnotationChanges annotation_changes(const std::vector<Annotation>& before,
                                     const std::vector<Annotation>& after) {
  AnnotationChanges out;
  const auto old_by_id = detail::by_id(before);
  const auto new_by_id = detail::by_id(after);
  for (const auto& [id, old_value] : old_by_id) {
    const auto now = new_by_id.find(id);
    if (now == new_by_id.end()) {
      out.removed.push_back(*old_value);
    } else if (*old_value != *now->second) {
      out.changed.push_back({*old_value, *now->second, changed_fields(*old_value, *now->second)});
    }
  }
  for (const auto& [id, new_value] : new_by_id) {
    if (!old_by_id.contains(id)) out.added.push_back(*new_value);
  }
  return out;
}

}  // namespace corpus
