// ALTO 4.2 (https://www.loc.gov/standards/alto/v4/alto-4-2.xsd): read text as the XML of
// libraries and archives. One document is one file with a <Page> for each page; see
// corpus/text_page.h for use and docs/formats/text.md for the rest.
//
// Places are pixels of the canonical page image. ids are stable: page_P, block_P_B, line_P_B_L and
// word_W, where W is the word's id in the project. WC is the confidence from 0 to 1.
#pragma once

#include "corpus/text_page.h"

namespace corpus {

std::string begin_alto(const TextHeading& heading);
std::string print_alto(const TextPage& page);
std::string end_alto();

}  // namespace corpus
