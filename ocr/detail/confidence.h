// What a confidence says about truth: of the words at 0.9, nine in ten shall be right.
#pragma once

#include <cstdint>

namespace ocr::detail {

// Who said how sure it is.
enum class Witness { line_reader, tesseract };

// A word's confidence in thousandths, as its witness says it, as the share of such words that are
// right, in thousandths. Ascending; how it was measured: bench/README.md, "ocr".
int32_t calibrated(int32_t confidence, Witness witness);

}  // namespace ocr::detail
