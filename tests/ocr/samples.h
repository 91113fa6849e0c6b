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
  int quarters = 0;       // turned clockwise by so many quarters
  bool negative = false;  // white words in a black box
};
inline constexpr char kSentence[] = "The quick brown fox jumps\nover the lazy dog tonight";

std::string png_page(const PageLook& look = {});
// In colour and half transparent.
std::string png_page_with_alpha();
std::string jpeg_page(const PageLook& look = {});
// The EXIF orientation is written into the file; the pixels lie as `look` says.
std::string jpeg_page_with_orientation(int orientation, const PageLook& look);
// Group 4, as many pages as asked.
std::string tiff_pages(int count, const PageLook& look = {});

enum class ImageKind {
  png,
  png_16_bits,
  jpeg,
  jpeg_progressive,
  webp,
  bmp,
  jp2,
  tiff_g3,
  tiff_g4,
  tiff_lzw,
  tiff_zip,
  tiff_packbits,
  tiff_jpeg
};
std::string image_page(ImageKind kind);
std::string cmyk_jpeg_page();
std::string gif_with_a_second_frame();  // which is blank
std::string tiled_tiff_page();
std::string float_tiff_page();

// A PDF with one page per text, set in Helvetica at 24 points; /Rotate as asked, and further
// entries of the pages as PDF spells them.
std::string pdf_of(const std::vector<std::string>& texts, int rotate = 0,
                   const std::string& entries = {});

// A page with the text set in Helvetica, and below it kSentence as the picture of a scan.
std::string pdf_with_scan(const std::string& text);

// A page that says "Claim form", with a filled field ("4711-2026"), a stamp ("Approved") and an
// attached file.
std::string pdf_with_form();

// A sample as an open file.
base::UniqueFd as_file(std::string_view bytes);

}  // namespace test
