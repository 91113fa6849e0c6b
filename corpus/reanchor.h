// Carries people's labels over when a document is read again: its words then have other ids,
// perhaps other boxes and texts, and each label has to find its own among them. None is ever
// dropped.
//
//   const Rereading rereading(before, after);       // every page as it was and as it is read now
//   std::vector<Annotation> labels = rereading.carried(1, read_annotations(text));
//   for (const AnchoredAnnotation& each : anchored(1, labels)) report(each);
//
// A label follows its words: to those that stand where they stood (also split, merged or read
// otherwise), else to the one place of the page that says the same. Where that succeeded its anchor
// is `exact` if the characters are the same, or are what people had corrected them to, and `moved`
// if somebody should look; else it is `orphaned`: it keeps its words, which are gone, and what it
// covered, until a person decides. What was `moved` before stays so until then. Boxes, polygons and
// replacements follow the page image when that was scaled or turned. Labels without words, on a
// page whose image keeps its size, and those whose words are all still there, stay as they are.
//
// Corrections are told apart: one that inserted a word is set upon the word that was now found
// there, and one whose words were merged with others is orphaned, since it would replace too much.
//
// The same input gives the same output. Plain values, pure functions, safe from any thread; the
// cost grows with the words, and is bounded whatever their boxes are (docs/decisions/0095).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "corpus/annotation.h"
#include "corpus/words.h"

namespace corpus {

// One reading of a page: the frame of its image, and the words. Nothing in it: it was not read.
struct PageOfReading {
  int32_t width = 0;
  int32_t height = 0;
  int32_t rotation = 0;  // degrees clockwise that made the image upright
  std::vector<Word> words;

  bool operator==(const PageOfReading&) const = default;
};

inline constexpr size_t kMaxQuoteBytes = 1'000;  // longer ones are cut
inline constexpr size_t kMaxContextBytes = 60;

namespace detail {
struct TwoReadings;
}

class Rereading {
 public:
  // Page n at n - 1. A page that was not read anew stands in both with the same words.
  Rereading(std::vector<PageOfReading> before, std::vector<PageOfReading> after);
  ~Rereading();
  Rereading(Rereading&&) noexcept;
  Rereading& operator=(Rereading&&) noexcept;

  // The annotations of a page's file, or of the document's (page 0), over the new words; as many,
  // in the same order, with the same ids.
  std::vector<Annotation> carried(PageNumber page, std::vector<Annotation> annotations) const;

 private:
  std::unique_ptr<const detail::TwoReadings> readings_;
};

// How an annotation came over, for reports: what its anchor says.
struct AnchoredAnnotation {
  AnnotationId id;
  PageNumber page = 0;
  AnnotationType type = AnnotationType::span;
  std::string label;
  AnchorStatus status = AnchorStatus::exact;
  bool operator==(const AnchoredAnnotation&) const = default;
};
// Those that have an anchor, in the order of the list.
std::vector<AnchoredAnnotation> anchored(PageNumber page,
                                         const std::vector<Annotation>& annotations);

}  // namespace corpus
