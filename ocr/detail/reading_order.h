// The order in which people read the pieces of a page: columns one after another, lines from above,
// pieces of a line from the left.
#pragma once

#include <cstdint>
#include <vector>

#include "corpus/geometry.h"

namespace ocr::detail {

struct Placed {
  size_t piece = 0;    // index of the box
  uint32_t block = 0;  // from 0, ascending
  uint32_t line = 0;   // from 0, ascending through the page
};

// `boxes` are pieces of lines, on an upright page without skew.
std::vector<Placed> reading_order(const std::vector<corpus::Box>& boxes);

}  // namespace ocr::detail
