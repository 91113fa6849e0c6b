// Ruled lines of forms and tables. Where one runs through a strip it is read as a letter: "|97|",
// "_68th". In the worker only.
#pragma once

#include <opencv2/core.hpp>

namespace ocr::detail {

// An upright page, once without the sides of cells, and once without what people write on as well:
// text that sits on its rule loses the feet of its letters with it. Rules are much longer than
// letters and no thicker than their strokes; letters that cross or touch one stay.
struct Unruled {
  cv::Mat without_upright;
  cv::Mat without_any;
};

// `glyph_height`: of the page's letters, 0: unknown. A page that has no rules is not copied.
Unruled without_rules(const cv::Mat& gray, double glyph_height);

}  // namespace ocr::detail
