// What a confidence says about truth: of the words at 0.9, nine in ten shall be right.
#pragma once

#include <cstdint>

namespace ocr::detail {

// tesseract's confidence of a word, in thousandths, as the share of such words that are right, in
// thousandths. Ascending; how it was measured: bench/README.md, "ocr".
int32_t calibrated(int32_t confidence);

}  // namespace ocr::detail
