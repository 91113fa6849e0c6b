// Parts the ink of a page: what is a tick box, a stamp or a ruled line, and the rest, which is
// print or handwriting. In the worker only.
#pragma once

#include <vector>

#include "ocr/detail/ink.h"
#include "ocr/detail/stamps.h"
#include "ocr/detail/tick_boxes.h"

namespace ocr::detail {

struct MarkInk {
  std::vector<TickBox> tick_boxes;
  std::vector<Stamp> stamps;
  cv::Mat rules;  // 1: a level ruled line
  cv::Mat taken;  // not 0: ink of any of these, and of pens on tick boxes
};
MarkInk part_marks(const Ink& ink, const std::vector<SeenText>& text);

}  // namespace ocr::detail
