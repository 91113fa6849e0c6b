#include "ocr/page_image.h"

#include <algorithm>
#include <utility>

namespace ocr {
namespace {

// A box with the size of the image that it lies on.
struct Placed {
  corpus::Box box;
  int32_t width;
  int32_t height;
};

Placed turned_clockwise(const Placed& p) {
  return {{p.height - p.box.y1, p.box.x0, p.height - p.box.y0, p.box.x1}, p.height, p.width};
}

Placed turned(Placed p, int quarters) {
  for (int i = 0; i < quarters % 4; ++i) p = turned_clockwise(p);
  return p;
}

Placed mirrored(const Placed& p) {
  return {{p.width - p.box.x1, p.box.y0, p.width - p.box.x0, p.box.y1}, p.width, p.height};
}

// Undoes what ocr::detail::oriented() did: turn back, then mirror back.
Placed without_orientation(const Placed& p, int32_t orientation) {
  static constexpr int kQuarters[] = {0, 0, 0, 2, 2, 3, 1, 1, 3};
  if (orientation < 2 || orientation > 8) return p;
  const Placed back = turned(p, 4 - kQuarters[orientation]);
  const bool was_mirrored =
      orientation == 2 || orientation == 4 || orientation == 5 || orientation == 7;
  return was_mirrored ? mirrored(back) : back;
}

int32_t scaled(int32_t value, int32_t from, int32_t to, bool up) {
  const int64_t product = int64_t{value} * to;
  return static_cast<int32_t>(up ? (product + from - 1) / from : product / from);
}

}  // namespace

corpus::Box to_stored(const corpus::Box& box, const StoredFrame& frame, int32_t width,
                      int32_t height) {
  Placed p = turned({box, width, height}, 4 - frame.rotation / 90);
  p = without_orientation(p, frame.orientation);
  if (p.width <= 0 || p.height <= 0) return {};
  return {scaled(p.box.x0, p.width, frame.width, false),
          scaled(p.box.y0, p.height, frame.height, false),
          std::min(scaled(p.box.x1, p.width, frame.width, true), frame.width),
          std::min(scaled(p.box.y1, p.height, frame.height, true), frame.height)};
}

}  // namespace ocr
