// How a text stands with the dictionary, character by character: what lets ocr/detail/ctc.h prefer
// words that exist. Names, numbers and what is cut at a line's end are no words, so that a strange
// word only becomes less likely.
#pragma once

#include <cstddef>
#include <optional>

#include "ocr/detail/dictionary.h"
#include "ocr/detail/traineddata.h"

namespace ocr::detail {

// A text up to some character.
struct Spelled {
  size_t letters = 0;        // since the last character that is none
  bool after_digit = false;  // they, or what comes next
  bool strange = false;      // no word begins like these letters
  // How far they have come in the dictionary: as they are written, and in small letters, as words
  // are known that stand at the beginning of a sentence.
  std::optional<Dictionary::Place> as_written = {};
  std::optional<Dictionary::Place> in_small = {};
  double share = 1;  // by which the last character made the text less likely
};

Spelled spelled_after(const Spelled& before, size_t code, const Alphabet& alphabet);
// By which the text becomes less likely if it ends here.
double share_at_end(const Spelled& text);

}  // namespace ocr::detail
