// A page as those see it who look for marks: brought to a size at which letters are some twelve
// pixels high, its ink told from the paper. In the worker only.
#pragma once

#include <opencv2/core.hpp>
#include <vector>

#include "corpus/geometry.h"
#include "corpus/words.h"
#include "ocr/detail/pix.h"

namespace ocr::detail {

struct Ink {
  cv::Mat gray;      // 8 bits
  cv::Mat colour;    // 8 bits: how far a pixel is from gray; empty for a page without colours
  cv::Mat mask;      // 8 bits: 1 where there is ink
  double unit = 0;   // middle height of letters, in pixels of these
  double scale = 1;  // pixels of these for one of the page

  // A place here as pixels of the page.
  corpus::Box on_page(const cv::Rect& box) const;
};

// Middle height of letters, told by the words that were read, in pixels of their boxes; 0: they are
// too few.
double letter_height(const std::vector<corpus::Word>& words);

// `words` tell how large letters are: specks of a bad scan do not mislead them. No pixels at all if
// there is not enough memory, or the page is too small to hold a line.
Ink ink_of(const Pix& page, const std::vector<corpus::Word>& words);

// What of an 8-bit page is ink: 1 where it is darker than what is around. `unit`: middle height of
// its letters.
cv::Mat ink_mask(const cv::Mat& gray, double unit);

// A word that was read, in pixels of the ink.
struct SeenText {
  cv::Rect box;
  double confidence = 0;  // 0 to 1
  size_t letters = 0;
  size_t word = 0;  // its index among those given
};
std::vector<SeenText> seen_text(const Ink& ink, const std::vector<corpus::Word>& words);

// How many of the mask's pixels in any rectangle are ink, at once.
class Coverage {
 public:
  explicit Coverage(const cv::Mat& mask);
  int count(const cv::Rect& area) const;
  // Of the rectangle's pixels; 0 for what lies beside the page.
  double share(const cv::Rect& area) const;
  // Of a stretch from x0 to x1, for each of the rows: whether so large a share is ink.
  std::vector<bool> whole_rows(int x0, int x1, const cv::Range& rows, double share) const;

 private:
  cv::Mat sums_;
  cv::Rect page_;
};

}  // namespace ocr::detail
