// An image file's stored bytes as a PDF image needs them, untouched where PDF knows their coding:
// JPEG as it is, PNG by its own deflate streams. Pure and total over any bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace ocr::detail {

struct PdfImage {
  int32_t width = 0;
  int32_t height = 0;
  int bits = 8;       // a component
  int channels = 1;   // 1: gray, or an index into the palette; 3: red, green, blue
  bool jpeg = false;  // else deflated with PNG's predictors
  std::string_view palette;
  std::vector<std::string_view> data;  // in the file, one after another

  bool operator==(const PdfImage&) const = default;
};

// Nothing for what PDF would show otherwise or not at all: interlaced or transparent PNG, JPEG in
// CMYK, other kinds of files. Such an image is decoded and written anew.
std::optional<PdfImage> as_stored(std::string_view file);

}  // namespace ocr::detail
