// A TrueType font of 572 bytes whose one glyph is empty, for text that is found but not seen. It is
// pdf.ttf of tesseract (https://github.com/tesseract-ocr/tesseract, Apache-2.0), unchanged: PDF
// readers have met it in millions of files.
#pragma once

#include <string_view>

namespace ocr::detail {

std::string_view glyphless_font();
inline constexpr int kGlyphlessGlyph = 1;  // the empty one

}  // namespace ocr::detail
