// A straight strip of a page that holds a line of text, or a piece of one: where it lies, how the
// strips of a page lie together, and how one is cut out for reading. In the worker only.
#pragma once

#include <opencv2/core.hpp>
#include <vector>

#include "corpus/geometry.h"

namespace ocr::detail {

// Pixels of the page; y grows downwards, so a positive angle falls to the right.
struct Strip {
  cv::Point2d centre;
  double angle = 0;  // radians, of the long side: above -90 and up to 90 degrees
  double length = 0;
  double height = 0;
  double score = 0;  // 0 to 1: how sure it is that this is text

  // Long enough that its direction means something.
  bool tells_direction() const { return length > 4 * height; }
  // Runs up or down the page rather than across it.
  bool stands() const;
};

// Whether most of the text stands: the page lies on its side.
bool on_its_side(const std::vector<Strip>& strips);

// The strips of a page after it was turned clockwise by quarters; `size` is the page's before.
std::vector<Strip> turned(std::vector<Strip> strips, int quarters, cv::Size size);

// Gives short strips, whose own direction is noise, the direction of the text around them. On an
// upright page; strips that stand across it, and are long enough to mean it, stay.
void align(std::vector<Strip>& strips);

// Without the scraps that lie inside a strip much higher than they are: parts of its letters, found
// twice.
std::vector<Strip> without_scraps(const std::vector<Strip>& strips);

// Lets neighbours on a line, which the detector's generosity made overlap, end where they meet:
// else the last letter of one is read with the next as well. On aligned strips.
void part_neighbours(std::vector<Strip>& strips);

// Angle by which the page as a whole is skewed: the median of its long strips.
double skew_of(const std::vector<Strip>& strips);

// A strip cut out upright, and the way back.
struct Cutting {
  cv::Mat image;        // gray; dark letters on white, whatever they were
  cv::Matx23d to_page;  // from its pixels to the page's
  double contrast = 0;  // of the letters on the page, 0 to 1
};
// `height`: of the text in the cutting; `border`: white on all sides of it. Light letters on
// dark ground are turned into their negative, and shading along the line is taken out.
Cutting cut(const cv::Mat& page, const Strip& strip, int height, int border);

// The part of a box on the cutting that holds ink; the box itself if none does.
cv::Rect ink_within(const Cutting& cutting, cv::Rect box);

// A box on the cutting as the upright box on the page that covers its ink. A word keeps its width:
// the bounding box of the four corners would be wider than the ink.
corpus::Box to_page(const cv::Rect& box, const Cutting& cutting, cv::Size page);

}  // namespace ocr::detail
