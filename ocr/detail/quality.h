// What a page image is like, measured on its pixels. In the worker only.
#pragma once

#include <vector>

#include "corpus/document.h"
#include "corpus/words.h"
#include "ocr/detail/pix.h"

namespace ocr::detail {

// Of an upright image of 1, 8 or 32 bits, on at most a few million pixels of it: some ten
// milliseconds for a page at 200 dpi, most of them for the skew.
corpus::PageQuality measure_quality(const Pix& page);

// The same of a page in gray that was drawn from type, with these words on it: it lies straight,
// its words tell how high letters are, and of its rows some tell what all are like.
corpus::PageQuality measure_typeset(const Pix& gray, const std::vector<corpus::Word>& words);

}  // namespace ocr::detail
