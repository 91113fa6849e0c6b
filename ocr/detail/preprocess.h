// What is done to a page before it is read, and the way back. In the worker only.
#pragma once

#include <opencv2/core.hpp>

#include "corpus/geometry.h"
#include "ocr/detail/pix.h"

namespace ocr::detail {

// How an image was brought into the shape that tesseract reads: scaled, then turned by a small
// angle around its centre.
struct Shape {
  double scale = 1;
  double angle = 0;   // radians, clockwise, by which the scaled image was turned
  int32_t width = 0;  // of the image before
  int32_t height = 0;
  int32_t scaled_width = 0;
  int32_t scaled_height = 0;
};

// A box on the prepared image, as pixels of the image before.
corpus::Box to_original(const corpus::Box& box, const Shape& shape);

struct Prepared {
  Pix pix;
  Shape shape;
};

struct Recipe {
  bool even_background = true;
  bool deskew = true;
  double glyph_height = 24;  // 0: leave the scale
  double most_scale = 2;
};
Prepared prepare(const Pix& gray, const Recipe& recipe);

// Paper without anything on it: hardly any difference between its darkest and lightest pixels,
// however noisy it is.
bool is_blank(const Pix& gray);

// The pixels of an 8-bit image as OpenCV has them; a copy.
cv::Mat mat_of(const Pix& gray);

// Median height of what looks like letters, in pixels; 0: too few to tell.
double glyph_height(const Pix& gray);

}  // namespace ocr::detail
