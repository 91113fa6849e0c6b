// What reading a page once gave, however it was read. In the worker only.
#pragma once

#include <cstddef>
#include <vector>

#include "corpus/words.h"

namespace ocr::detail {

struct Reading {
  std::vector<corpus::Word> words;  // in reading order, on the page turned by `quarters`; ids are 0
  int quarters = 0;                 // clockwise, by which the page was turned to be read
  double confidence = 0;            // mean over letters, 0 to 1
  size_t letters = 0;

  // Which of two readings of one page is better: letters, as far as they can be trusted.
  double score() const { return confidence * confidence * static_cast<double>(letters); }
};

// Fills in what the words tell.
Reading summed_up(std::vector<corpus::Word> words, int quarters);

}  // namespace ocr::detail
