// Binary PNM (netpbm's P5 and P6, 8 bits), as poppler draws pages. Pure and total over any bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace ocr::detail {

struct PnmHeader {
  int32_t width = 0;
  int32_t height = 0;
  int32_t channels = 0;  // 1 gray, 3 colour
  size_t raster = 0;     // where the pixels begin
  size_t size = 0;       // of the whole image, which is all there
};
std::optional<PnmHeader> parse_pnm(std::string_view bytes);

}  // namespace ocr::detail
