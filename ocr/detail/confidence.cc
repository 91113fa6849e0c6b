#include "ocr/detail/confidence.h"

#include <algorithm>
#include <iterator>

namespace ocr::detail {
namespace {

struct Knot {
  int32_t said;
  int32_t meant;
};

// tesseract is timid below .4 and bold from there to .92.
constexpr Knot kKnots[] = {{0, 107},   {200, 207}, {400, 265}, {600, 453}, {750, 538}, {850, 599},
                           {900, 738}, {930, 897}, {950, 955}, {965, 990}, {1000, 995}};

}  // namespace

int32_t calibrated(int32_t confidence) {
  const auto* after =
      std::upper_bound(std::begin(kKnots), std::end(kKnots), confidence,
                       [](int32_t value, const Knot& knot) { return value < knot.said; });
  if (after == std::begin(kKnots)) return after->meant;
  if (after == std::end(kKnots)) return std::prev(after)->meant;
  const Knot& before = *std::prev(after);
  return before.meant +
         (after->meant - before.meant) * (confidence - before.said) / (after->said - before.said);
}

}  // namespace ocr::detail
