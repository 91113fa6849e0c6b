// TIFF files: how many images, and one of them. In the worker only.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ocr/detail/decode.h"

namespace ocr::detail {

// Offsets of the image directories in their order, each once: a chain that returns to an offset
// already seen ends there (TIFF 6.0, section 2; BigTIFF). Pure and total over any bytes.
std::vector<uint64_t> tiff_directories(std::string_view bytes);

base::Result<Decoded> decode_tiff(std::string_view bytes, uint32_t index, uint64_t max_pixels);

}  // namespace ocr::detail
