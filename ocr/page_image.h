// The canonical image of a page: what people see, and what every coordinate refers to.
// Upright; made by the worker, deterministically: the same source gives the same bytes.
#pragma once

#include <cstdint>
#include <string>

#include "corpus/geometry.h"

namespace ocr {

struct PageImage {
  std::string bytes;       // empty if the source's own bytes are the image (is_source)
  std::string media_type;  // "image/png" or "image/jpeg"
  bool is_source = false;  // the source is one upright PNG or JPEG and serves as it is
  int32_t width = 0;
  int32_t height = 0;
  int32_t dpi = 0;       // 0: unknown
  int32_t rotation = 0;  // degrees clockwise that made the stored page upright: 0, 90, 180, 270

  bool operator==(const PageImage&) const = default;
};

// How the page lies in its file, to tell places in pixels of the stored image: before EXIF
// orientation, before the page was turned or shrunk. For a PDF: of the page as rendered.
struct StoredFrame {
  int32_t width = 0;
  int32_t height = 0;
  int32_t orientation = 1;  // TIFF 6.0 / EXIF, 1 to 8, what makes the stored image look right
  int32_t rotation = 0;     // degrees clockwise, applied after that
  int32_t dpi = 0;          // of the stored image, or at which the PDF page was rendered

  bool operator==(const StoredFrame&) const = default;
};

// A box on the canonical image, which is `width` x `height`, as pixels of the stored one.
corpus::Box to_stored(const corpus::Box& box, const StoredFrame& frame, int32_t width,
                      int32_t height);

}  // namespace ocr
