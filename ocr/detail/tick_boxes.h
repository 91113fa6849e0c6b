// Finds tick boxes, squares and circles of form size, and tells how people have marked them. In the
// worker only.
#pragma once

#include <vector>

#include "corpus/mark.h"
#include "ocr/detail/ink.h"

namespace ocr::detail {

struct TickBox {
  cv::Rect box;  // of its border, in pixels of the ink
  corpus::MarkState state = corpus::MarkState::empty;
  double confidence = 0;  // 0 to 1
};

// By their borders: four straight sides that end where they meet (cells of a row go on), or a ring.
// What lies within a word that was read is a letter.
std::vector<TickBox> find_tick_boxes(const Ink& ink, const std::vector<SeenText>& text);

}  // namespace ocr::detail
