// What a page image is like, measured on its pixels. In the worker only.
#pragma once

#include "corpus/document.h"
#include "ocr/detail/pix.h"

namespace ocr::detail {

// Of an upright image of 1, 8 or 32 bits, on at most a few million pixels of it: some ten
// milliseconds for a page at 200 dpi, most of them for the skew.
enum class Skew { unknown, none };
corpus::PageQuality measure_quality(const Pix& page, Skew skew = Skew::unknown);

}  // namespace ocr::detail
