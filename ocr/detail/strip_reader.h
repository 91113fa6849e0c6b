// Reads a page line by line: the detector finds the lines, tesseract reads each. In the worker
// only.
#pragma once

#include <opencv2/core.hpp>

#include "ocr/detail/engine.h"
#include "ocr/detail/line_detector.h"
#include "ocr/detail/reading.h"

namespace ocr::detail {

// `gray` may lie on any of its four sides; `glyph_height` 0: unknown; `fast`: accuracy is given for
// time.
Reading read_by_strips(Engine& engine, const LineDetector& detector, const cv::Mat& gray,
                       double glyph_height, bool fast);

}  // namespace ocr::detail
