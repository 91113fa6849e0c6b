// Width, height and orientation of an image from its header alone, before any decoder sees it:
// PNG (ISO 15948), JPEG (ITU T.81 with JFIF and EXIF 2.3), GIF 89a, BMP, WebP (RFC 9649), JPEG 2000
// (ITU T.800). TIFF has ocr/detail/tiff.h. Pure and total over any bytes.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "ocr/identify.h"

namespace ocr::detail {

struct ImageHeader {
  uint64_t width = 0;
  uint64_t height = 0;
  int32_t orientation = 1;  // EXIF
  int32_t dpi = 0;          // 0: not said, or nonsense
  uint32_t channels = 0;    // JPEG only
  bool progressive = false;
  bool has_scan = true;  // JPEG: image data follow

  uint64_t pixels() const { return width * height; }
  bool operator==(const ImageHeader&) const = default;
};

// Code::invalid if the header is not all there or says nonsense.
base::Result<ImageHeader> read_image_header(Format format, std::string_view bytes);

}  // namespace ocr::detail
