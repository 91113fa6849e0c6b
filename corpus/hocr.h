// hOCR 1.2 (http://kba.github.io/hocr-spec/1.2/): read text as XHTML, with boxes in titles.
// One document is one file; see corpus/text_page.h for use and docs/formats/text.md for the rest.
//
// ids are stable: page_P, block_P_B, line_P_B_L and word_W, where W is the word's id in the
// project. x_wconf is the confidence in percent.
#pragma once

#include "corpus/text_page.h"

namespace corpus {

std::string begin_hocr(const TextHeading& heading);
std::string print_hocr(const TextPage& page);
std::string end_hocr();

}  // namespace corpus
