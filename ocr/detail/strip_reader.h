// Reads a page line by line: the detector finds the lines, each is read by itself. In the worker
// only.
#pragma once

#include <functional>
#include <opencv2/core.hpp>

#include "ocr/detail/engine.h"
#include "ocr/detail/line_detector.h"
#include "ocr/detail/reading.h"

namespace ocr::detail {

// Who reads the image of one line, and how large.
struct ReadsLines {
  int text_height = 0;  // pixels
  int border = 0;       // white, on all sides
  // 8-bit gray, dark letters on white; boxes are on the image.
  std::function<std::vector<SeenWord>(const cv::Mat&)> read;
};

// `gray` may lie on any of its four sides; `glyph_height` 0: unknown; `fast`: accuracy is given for
// time.
Reading read_by_strips(const ReadsLines& reader, const LineDetector& detector, const cv::Mat& gray,
                       double glyph_height, bool fast);

}  // namespace ocr::detail
