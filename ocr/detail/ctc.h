// From chances along a line to characters: what a network means when it repeats itself and pauses
// (connectionist temporal classification). Several texts are followed at once, so that the
// dictionary can decide between those that look almost as likely.
#pragma once

#include <cstddef>
#include <vector>

#include "ocr/detail/text_network.h"
#include "ocr/detail/traineddata.h"

namespace ocr::detail {

struct SeenCharacter {
  size_t code = 0;
  size_t begin = 0;   // the steps at which it was seen
  size_t end = 0;     // behind the last
  double chance = 0;  // at the step where it was seen best, 0 to 1
};

std::vector<SeenCharacter> decode(const Chances& chances, const Alphabet& alphabet);

}  // namespace ocr::detail
