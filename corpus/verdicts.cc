#include "corpus/verdicts.h"

#include <algorithm>

namespace corpus {

namespace {

bool same_label(Annotation a, const Annotation& b) {
  a.review = b.review;
  return a == b;
}

}  // namespace

bool same_but_for_verdicts(const std::vector<Annotation>& before,
                           const std::vector<Annotation>& after) {
  return std::equal(before.begin(), before.end(), after.begin(), after.end(), same_label);
}

void KnownVerdicts::add(const std::vector<Annotation>& before) {
  for (const Annotation& annotation : before) before_.emplace(annotation.id, annotation);
}

bool KnownVerdicts::knows(const Annotation& annotation) const {
  const auto [first, last] = before_.equal_range(annotation.id);
  if (first == last) return !annotation.review;
  const auto is_known = [&](const auto& entry) {
    const Annotation& before = entry.second;
    return before.review == annotation.review ||
           (!annotation.review && !same_label(before, annotation));
  };
  return std::any_of(first, last, is_known);
}

void KnownVerdicts::check(std::span<const AnnotationLine> after, Diagnostics& problems) const {
  for (const auto& [annotation, source] : after) {
    if (knows(annotation)) continue;
    const base::Json* verdict = source.find("review");
    problems.add(verdict == nullptr ? source.at() : verdict->at(),
                 "only who may review (review:write) sets, changes or removes \"review\"");
  }
}

}  // namespace corpus
