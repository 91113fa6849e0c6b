// Writes PNG (RFC 2083) for pages whose pixels need no filter. libpng would pack them by zlib,
// which takes several times as long as libdeflate. Pure.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"

namespace ocr::detail {

struct PngRows {
  int32_t width = 0;
  int32_t height = 0;
  int bits = 8;         // a pixel: 4 or 8
  std::string palette;  // red, green, blue of each index; empty: pixels are levels of gray
  std::string rows;     // from the top, packed, each behind a byte 0
};

// `dpi` 0: it is not told. The same rows give the same bytes on one version of the library.
base::Result<std::string> print_png(const PngRows& image, int32_t dpi);

}  // namespace ocr::detail
