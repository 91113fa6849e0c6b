#include "ocr/detail/mark_ink.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>

#include "ocr/detail/pieces.h"

namespace ocr::detail {
namespace {

// In units of the height of letters.
constexpr double kRule = 4;
constexpr double kUprightRule = 3.5;
constexpr double kLeastStamp = 10;  // around a tick box; what is smaller was drawn around it
// A pen that marks a tick box leaves it by so many sides.
constexpr double kOvershoot = 2.4;

cv::Rect grown(const cv::Rect& box, int by) {
  return {box.x - by, box.y - by, box.width + 2 * by, box.height + 2 * by};
}

// A ring around a tick box is how it was marked; a ring within a stamp is a letter.
void part(std::vector<Stamp>& stamps, std::vector<TickBox>& boxes, double unit) {
  const auto inside = [](const TickBox& box, const Stamp& stamp) {
    return (box.box & stamp.box) == box.box;
  };
  std::erase_if(stamps, [&](const Stamp& stamp) {
    return std::max(stamp.box.width, stamp.box.height) < kLeastStamp * unit &&
           std::any_of(boxes.begin(), boxes.end(),
                       [&](const TickBox& box) { return inside(box, stamp); });
  });
  std::erase_if(boxes, [&](const TickBox& box) {
    return std::any_of(stamps.begin(), stamps.end(),
                       [&](const Stamp& stamp) { return inside(box, stamp); });
  });
}

// Ink around a box that hangs together with it, or goes round it, and is no larger than a mark.
void take_pen_strokes(const Ink& ink, const std::vector<TickBox>& boxes, cv::Mat& taken) {
  const cv::Rect page(0, 0, ink.mask.cols, ink.mask.rows);
  for (const TickBox& box : boxes) {
    const cv::Rect reach = grown(box.box, static_cast<int>(kOvershoot * box.box.width / 2));
    const cv::Rect window = grown(reach, 1) & page;  // what goes on beyond the reach is seen to
    cv::Mat rest = ink.mask(window).clone();
    rest.setTo(0, taken(window));
    const Pieces pieces = pieces_of(rest);
    for (const Piece& piece : pieces.list) {
      const cv::Rect on_page = piece.box + window.tl();
      const bool small = (on_page & reach) == on_page;
      const bool touches = !(on_page & grown(box.box, 2)).empty();
      if (small && touches) {
        taken(on_page).setTo(255, pieces.labels(piece.box) == piece.label);
      }
    }
  }
}

}  // namespace

MarkInk part_marks(const Ink& ink, const std::vector<SeenText>& text) {
  MarkInk out;
  out.tick_boxes = find_tick_boxes(ink, text);
  out.stamps = find_stamps(ink);
  part(out.stamps, out.tick_boxes, ink.unit);
  out.rules = horizontal_lines(ink.mask, static_cast<int>(kRule * ink.unit));
  out.taken = out.rules | vertical_lines(ink.mask, static_cast<int>(kUprightRule * ink.unit));
  const cv::Rect page(0, 0, ink.mask.cols, ink.mask.rows);
  for (const TickBox& box : out.tick_boxes) out.taken(grown(box.box, 2) & page).setTo(255);
  for (const Stamp& stamp : out.stamps) out.taken(stamp.box & page).setTo(255);
  take_pen_strokes(ink, out.tick_boxes, out.taken);
  return out;
}

}  // namespace ocr::detail
