// Annotations as tags of tokens (CoNLL), and boxes as LayoutLM wants them. Private to dataset/.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "dataset/detail/page_archive.h"

namespace dataset::detail {

enum class TagScheme { bio, bioes };

// "B-total", "I-total", "O", ... for each token of the page. A token has one tag: where annotations
// overlap the longest stays, and of equal ones the first; the others are lost. Words that do not
// follow each other give several runs.
std::vector<std::string> tag_tokens(const ChosenPage& page, TagScheme scheme, LossReport& loss);

// [x0,y0,x1,y1] in thousandths of the page, rounded down, within 0 to 1000.
std::array<int32_t, 4> box_in_thousandths(const corpus::Box& box, const corpus::Page& page);

}  // namespace dataset::detail
