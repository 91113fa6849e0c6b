#include "corpus/verdicts.h"

#include <algorithm>

namespace corpus {

void KnownVerdicts::add(const std::vector<Annotation>& before) {
  for (const Annotation& annotation : before) verdicts_.emplace(annotation.id, annotation.review);
}

bool KnownVerdicts::knows(const Annotation& annotation) const {
  const auto [first, last] = verdicts_.equal_range(annotation.id);
  if (first == last) return !annotation.review;
  return std::any_of(first, last, [&](const auto& e) { return e.second == annotation.review; });
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
