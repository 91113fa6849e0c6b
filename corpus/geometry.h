// Geometry on a page. Integer pixels of the canonical (upright) page image, origin top left,
// x to the right, y down; boxes are corners with x1 and y1 exclusive.
#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>

namespace corpus {

struct Point {
  int32_t x = 0;
  int32_t y = 0;
  auto operator<=>(const Point&) const = default;
};

struct Box {
  int32_t x0 = 0;
  int32_t y0 = 0;
  int32_t x1 = 0;
  int32_t y1 = 0;

  auto operator<=>(const Box&) const = default;
  int32_t width() const { return x1 - x0; }
  int32_t height() const { return y1 - y0; }
  bool empty() const { return x1 <= x0 || y1 <= y0; }
  bool inside(int32_t page_width, int32_t page_height) const {
    return x0 >= 0 && y0 >= 0 && x1 <= page_width && y1 <= page_height && !empty();
  }
};

// The smallest box that holds both; an empty box holds nothing.
inline Box united(const Box& a, const Box& b) {
  if (a.empty()) return b;
  if (b.empty()) return a;
  return {std::min(a.x0, b.x0), std::min(a.y0, b.y0), std::max(a.x1, b.x1), std::max(a.y1, b.y1)};
}

}  // namespace corpus
