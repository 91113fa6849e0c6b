#include "ocr/detail/confidence.h"

#include <algorithm>
#include <iterator>
#include <span>

namespace ocr::detail {
namespace {

struct Knot {
  int32_t said;
  int32_t meant;
};

// Our reader is bold up to .99.
constexpr Knot kLineReader[] = {{0, 150},   {266, 212}, {613, 368}, {750, 522}, {840, 567},
                                {900, 663}, {935, 710}, {961, 857}, {978, 892}, {988, 936},
                                {994, 950}, {999, 977}, {1000, 985}};
// tesseract is timid below .4 and bold from there to .92.
constexpr Knot kTesseract[] = {{0, 107},   {200, 207}, {400, 265}, {600, 453},
                               {750, 538}, {850, 599}, {900, 738}, {930, 897},
                               {950, 955}, {965, 990}, {1000, 995}};

}  // namespace

int32_t calibrated(int32_t confidence, Witness witness) {
  const std::span<const Knot> knots =
      witness == Witness::tesseract ? std::span<const Knot>(kTesseract) : kLineReader;
  const auto after =
      std::upper_bound(knots.begin(), knots.end(), confidence,
                       [](int32_t value, const Knot& knot) { return value < knot.said; });
  if (after == knots.begin()) return after->meant;
  if (after == knots.end()) return std::prev(after)->meant;
  const Knot& before = *std::prev(after);
  return before.meant +
         (after->meant - before.meant) * (confidence - before.said) / (after->said - before.said);
}

}  // namespace ocr::detail
