// Tiny documents made by code: a page with printed words, in each format, and PDF files.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"

namespace test {

// Black words on white, a line each, printed with leptonica's own bitmap font.
struct PageLook {
  int width = 1100;
  int height = 260;
  int quarters = 0;  // turned clockwise by so many quarters
};
inline constexpr char kSentence[] = "The quick brown fox jumps\nover the lazy dog tonight";

std::string png_page(const PageLook& look = {});
std::string jpeg_page(const PageLook& look = {});
// The EXIF orientation is written into the file; the pixels lie as `look` says.
std::string jpeg_page_with_orientation(int orientation, const PageLook& look);
// Group 4, as many pages as asked.
std::string tiff_pages(int count, const PageLook& look = {});

// A PDF with one page per text, set in Helvetica at 24 points; /Rotate as asked.
std::string pdf_of(const std::vector<std::string>& texts, int rotate = 0);

// A sample as an open file.
base::UniqueFd as_file(std::string_view bytes);

}  // namespace test
