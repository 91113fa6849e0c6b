// An image file's bytes to pixels, within limits. In the worker only.
//
// Errors: Code::invalid damaged, Code::limit too many pixels, Code::denied not supported.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "ocr/detail/pix.h"
#include "ocr/detail/wire.h"

namespace ocr::detail {

struct Decoded {
  Pix pix;  // 1, 8 (gray) or 32 (colour) bits, no colour map, no alpha; as stored, not turned
  int32_t stored_width = 0;  // of the file; larger than pix if it was shrunk
  int32_t stored_height = 0;
  int32_t orientation = 1;  // EXIF
  int32_t dpi = 0;          // of the stored image
  bool lossy = false;       // it came from a lossy format
  bool showable = false;    // the file's own bytes can be shown by any browser, if upright
  bool shrunk = false;
};

// How many images the file holds.
base::Result<uint32_t> count_images(std::string_view format, std::string_view bytes);

base::Result<Decoded> decode_image(const PageRequest& request, std::string_view bytes);

// The image turned as EXIF orientation 2 to 8 asks.
Pix oriented(Pix pix, int32_t orientation);

}  // namespace ocr::detail
