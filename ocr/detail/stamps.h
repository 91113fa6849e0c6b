// Finds stamps: frames and rings larger than letters that were pressed on the page, askew or in a
// colour of their own. In the worker only.
#pragma once

#include <vector>

#include "ocr/detail/ink.h"

namespace ocr::detail {

struct Stamp {
  cv::Rect box;
  double confidence = 0;  // 0 to 1
};

std::vector<Stamp> find_stamps(const Ink& ink);

}  // namespace ocr::detail
