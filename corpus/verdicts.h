// Verdicts on single annotations ("review" of a line) are the reviewers': what is wrong with a
// change by somebody who lacks review:write.
//
//   KnownVerdicts known;
//   known.add(annotations_before);            // of every file from which annotations may move
//   known.check(parsed.lines, problems);      // each one set, changed or taken away, with its
//   place
//
// Removing an annotation with its verdict is no judgement, and a verdict falls with what it judged:
// whoever changes an annotation may leave it out. Plain value, belongs to one thread at a time.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "corpus/annotation.h"
#include "corpus/diagnostic.h"

namespace corpus {

// Whether two states of a file differ in their verdicts at most: then nobody has changed a label.
bool same_but_for_verdicts(const std::vector<Annotation>& before,
                           const std::vector<Annotation>& after);

class KnownVerdicts {
 public:
  // Where an id comes more than once, with different verdicts, each of them is known.
  void add(const std::vector<Annotation>& before);
  void check(std::span<const AnnotationLine> after, Diagnostics& problems) const;

 private:
  bool knows(const Annotation& annotation) const;

  std::multimap<AnnotationId, Annotation> before_;
};

}  // namespace corpus
