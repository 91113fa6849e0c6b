// A page's text as the formats of read text take it: corpus/hocr.h, corpus/alto.h.
//
//   std::string out = begin_hocr(heading);
//   for (const TextPage& page : pages) out += print_hocr(page);
//   out += end_hocr();
//
// Pages are printed one by one, so that a long document need not lie in memory. The same pages give
// the same bytes: no time, no host.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "corpus/geometry.h"
#include "corpus/words.h"

namespace corpus {

struct TextHeading {
  std::string title;  // of the document, for people: its file name
};

struct TextPage {
  PageNumber number = 1;
  int32_t width = 0;  // of the canonical image, which all boxes refer to
  int32_t height = 0;
  int32_t dpi = 0;          // 0: unknown
  std::string image;        // the page image's file name; may be empty
  std::vector<Word> words;  // in reading order
};

// Words that follow each other on one line of one block, and lines of one block.
struct TextLine {
  Box box;
  std::vector<Word> words;
};
struct TextBlock {
  Box box;
  std::vector<TextLine> lines;
};
std::vector<TextBlock> blocks_of(const std::vector<Word>& words);

}  // namespace corpus
