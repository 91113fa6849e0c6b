// Finds the places where forms ask for a signature, and whether there is one. In the worker only.
#pragma once

#include <vector>

#include "corpus/words.h"
#include "ocr/detail/handwriting.h"

namespace ocr::detail {

struct Signature {
  cv::Rect box;  // of the ink; of the place, if there is none
  bool present = false;
  double confidence = 0;  // 0 to 1
};

// Whether any word stands for such a place.
bool asks_for_signature(const std::vector<corpus::Word>& words);

// A place is the area above a rule below which a line begins with a word for "signature", or the
// rule right of it. Handwriting there is the signature and is taken out of `handwriting`.
std::vector<Signature> find_signatures(const Ink& ink, const std::vector<corpus::Word>& words,
                                       const std::vector<SeenText>& text, const cv::Mat& rules,
                                       std::vector<Handwriting>& handwriting);

}  // namespace ocr::detail
