// The steps of reading that can be left out, so that the bench can tell what each of them brings:
//
//   GLOSSATOR_OCR_WITHOUT=looks,shading glossator ocr ...      (bench/ocr.py --without)
//
// For the bench alone: it is no setting, and pages that are remembered do not know of it. In the
// worker only.
#pragma once

#include <set>
#include <string_view>

namespace ocr::detail {

inline constexpr char kWithoutVariable[] = "GLOSSATOR_OCR_WITHOUT";

enum class ReadingStep {
  strips,     // lines found by the detector and read one by one
  turn,       // turned upright
  align,      // short strips take the direction of those around them
  scraps,     // parts of letters found twice are dropped
  part,       // neighbours on a line end where they meet
  rules,      // sides of cells are taken out of the page, rules below text where they disturb
  looks,      // a strip that was not read well is looked at again, in other ways
  shading,    // shading is taken out along a line
  negative,   // light letters on dark ground become dark ones
  nonsense,   // strips that hold no print are dropped
  ink,        // boxes shrink to their ink
  calibrate,  // confidences say how many words are right
  patterns,   // words of a form that few wrong readings have are believed more
};

// Whether this process does the step.
bool does(ReadingStep step);

// The steps that a list like "looks,shading" names; what it does not know is passed over.
std::set<ReadingStep> parse_steps(std::string_view list);

}  // namespace ocr::detail
