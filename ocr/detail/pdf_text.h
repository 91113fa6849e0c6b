// What poppler's programs print about a PDF, parsed without trust: the text comes from strangers.
// Pure and total over any bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ocr::detail {

struct PdfPage {
  double width = 0;  // points, as the page is shown (turned)
  double height = 0;
  bool on_its_side = false;  // /Rotate 90 or 270: width and height are swapped in the file
  bool operator==(const PdfPage&) const = default;
};

struct PdfInfo {
  std::vector<PdfPage> pages;
};
// `pdfinfo -f 1 -l -1`; nothing if it tells no pages of a usable size.
std::optional<PdfInfo> parse_pdfinfo(std::string_view output);

// `pdftotext -bbox-layout`: XHTML with one element a line.
struct TextWord {
  uint32_t block = 0;
  uint32_t line = 0;
  double x0 = 0, y0 = 0, x1 = 0, y1 = 0;  // points, top-left origin
  std::string text;                       // NFC, without blanks
};
// Boxes are on the page as shown; poppler's own page size is not and is left out.
struct TextPage {
  std::vector<TextWord> words;
};
std::vector<TextPage> parse_bbox_layout(std::string_view output);

// Whether the characters can be right: hardly any unmapped or private ones, and tokens that look
// like words or numbers. Fonts without a mapping give plausible but wrong letters.
bool looks_mapped(const std::vector<TextWord>& words);

// `pdfimages -list`: for each page the resolution of its largest image, if that covers most of the
// page's width.
struct ListedImage {
  uint32_t page = 0;
  double width_inches = 0;
  int32_t dpi = 0;
};
std::vector<ListedImage> parse_pdfimages(std::string_view output);

}  // namespace ocr::detail
