// What else than words stands on a page. In the worker only.
#pragma once

#include <vector>

#include "corpus/mark.h"
#include "corpus/words.h"
#include "ocr/detail/pix.h"

namespace ocr::detail {

// Tick boxes, stamps, signatures and handwriting on an upright page whose words were read before;
// boxes in pixels of the page, sorted from top to bottom. Words that a recogniser has made of a
// mark are believed less afterwards: their confidence is lowered to what such words are worth.
std::vector<corpus::Mark> find_marks(const Pix& page, std::vector<corpus::Word>& words);

// Lowers the confidence of words that lie in marks to what they are worth there: by as much as the
// mark is sure, so that what may well be print keeps most of its own. find_marks() does it.
void doubt_words(const std::vector<corpus::Mark>& marks, std::vector<corpus::Word>& words);

}  // namespace ocr::detail
