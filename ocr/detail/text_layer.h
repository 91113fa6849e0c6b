// The invisible text of a searchable PDF: content streams, and the font that they share. Pure.
//
//   GlyphTable glyphs;
//   const std::string content = print_text_layer(page, glyphs);   // page by page
//   const std::string map = print_to_unicode(glyphs);             // then the font's tables
//
// Each word stands at its box: the baseline a fifth above its lower edge, stretched to its width;
// between words of a line a blank is stretched over the gap, so that marking text marks a line.
// Streams do not depend on where the page lies: they are in pixels of the canonical image with the
// origin at its lower left, and whoever places them puts a matrix in front.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "corpus/words.h"

namespace ocr::detail {

// Character codes of the font, given in the order in which characters are first seen.
class GlyphTable {
 public:
  GlyphTable() { (void)code_of(U' '); }

  // Once all 65,535 codes are taken, that of U+FFFD.
  uint16_t code_of(char32_t code_point);
  // By code, from 1.
  const std::vector<char32_t>& code_points() const { return code_points_; }

 private:
  std::map<char32_t, uint16_t> codes_;
  std::vector<char32_t> code_points_;
};

// Of the font, in thousandths of its size: every character is as wide, and a word's box is filled
// from descent to ascent.
inline constexpr int kGlyphAdvance = 500;
inline constexpr int kGlyphAscent = 800;
inline constexpr int kGlyphDescent = -200;
// The font's name in a page's resources; no other program will have taken it.
inline constexpr char kLayerFont[] = "/GlossatorLayer";

// Empty for a page without words. `height` is that of the canonical image.
std::string print_text_layer(const std::vector<corpus::Word>& words, int32_t height,
                             GlyphTable& glyphs);

// The font's /ToUnicode stream (Adobe technical note 5411).
std::string print_to_unicode(const GlyphTable& glyphs);
// Its /CIDToGIDMap stream: each code shows the empty glyph.
std::string print_glyph_map(const GlyphTable& glyphs);

}  // namespace ocr::detail
