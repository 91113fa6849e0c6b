#include "ocr/detail/text_layer.h"

#include <algorithm>
#include <cstdio>

#include "ocr/detail/glyphless_font.h"

namespace ocr::detail {
namespace {

constexpr size_t kMostCodes = 65'535;
constexpr char32_t kUnknown = 0xfffd;
constexpr size_t kMapChunk = 100;  // entries that one bfchar section may hold

// Well-formed UTF-8 only: words are.
std::vector<char32_t> code_points_of(std::string_view utf8) {
  std::vector<char32_t> out;
  for (size_t i = 0; i < utf8.size();) {
    const auto lead = static_cast<uint8_t>(utf8[i]);
    const size_t more = lead < 0x80 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    char32_t value = more == 0 ? lead : lead & (0x3fU >> more);
    for (size_t k = 1; k <= more && i + k < utf8.size(); ++k) {
      value = value << 6 | (static_cast<uint8_t>(utf8[i + k]) & 0x3fU);
    }
    out.push_back(value);
    i += more + 1;
  }
  return out;
}

// At most `decimals` of them, without zeros at the end.
std::string number(double value, int decimals) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.*f", decimals, value);
  std::string out = text;
  if (out.find('.') != std::string::npos) {
    out.erase(out.find_last_not_of('0') + 1);
    if (out.back() == '.') out.pop_back();
  }
  return out;
}

std::string hex4(uint16_t value) {
  char text[8];
  std::snprintf(text, sizeof(text), "%04X", value);
  return text;
}

// Percent by which glyphs are stretched, so that `count` of them are `width` wide.
std::string stretch(int32_t width, size_t count, int32_t size) {
  const double natural = static_cast<double>(count) * size * kGlyphAdvance / 1000;
  return number(100.0 * std::max(width, 1) / natural, 2) + " Tz ";
}

// UTF-16BE in hexadecimal digits.
std::string utf16(char32_t code_point) {
  if (code_point < 0x10000) return hex4(static_cast<uint16_t>(code_point));
  const char32_t rest = code_point - 0x10000;
  return hex4(static_cast<uint16_t>(0xd800 + (rest >> 10))) +
         hex4(static_cast<uint16_t>(0xdc00 + (rest & 0x3ff)));
}

std::string print_word(const corpus::Word& word, int32_t page_height, GlyphTable& glyphs) {
  const std::vector<char32_t> text = code_points_of(word.text);
  const int32_t size = std::max(1, word.box.height());
  const double baseline = page_height - word.box.y1 - size * (kGlyphDescent / 1000.0);
  std::string out = std::string(kLayerFont) + ' ' + std::to_string(size) + " Tf " +
                    stretch(word.box.width(), text.size(), size) + "1 0 0 1 " +
                    std::to_string(word.box.x0) + ' ' + number(baseline, 1) + " Tm <";
  for (const char32_t c : text) out += hex4(glyphs.code_of(c));
  return out + "> Tj\n";
}

// Follows the word before: the text position stands at its right edge.
std::string print_blank(const corpus::Word& before, const corpus::Word& after, GlyphTable& glyphs) {
  const int32_t gap = after.box.x0 - before.box.x1;
  return stretch(gap, 1, std::max(1, before.box.height())) + '<' + hex4(glyphs.code_of(U' ')) +
         "> Tj\n";
}

bool on_one_line(const corpus::Word& a, const corpus::Word& b) {
  return a.block == b.block && a.line == b.line;
}

}  // namespace

uint16_t GlyphTable::code_of(char32_t code_point) {
  const auto known = codes_.find(code_point);
  if (known != codes_.end()) return known->second;
  if (code_points_.size() + 1 >= kMostCodes && code_point != kUnknown) return code_of(kUnknown);
  code_points_.push_back(code_point);
  const auto code = static_cast<uint16_t>(code_points_.size());
  codes_[code_point] = code;
  return code;
}

std::string print_text_layer(const std::vector<corpus::Word>& words, int32_t height,
                             GlyphTable& glyphs) {
  if (words.empty()) return {};
  std::string out = "BT 3 Tr\n";  // neither filled nor stroked
  for (size_t i = 0; i < words.size(); ++i) {
    out += print_word(words[i], height, glyphs);
    if (i + 1 < words.size() && on_one_line(words[i], words[i + 1])) {
      out += print_blank(words[i], words[i + 1], glyphs);
    }
  }
  return out + "ET\n";
}

std::string print_to_unicode(const GlyphTable& glyphs) {
  std::string out =
      "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
      "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
      "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
      "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n";
  const std::vector<char32_t>& all = glyphs.code_points();
  for (size_t first = 0; first < all.size(); first += kMapChunk) {
    const size_t end = std::min(all.size(), first + kMapChunk);
    out += std::to_string(end - first) + " beginbfchar\n";
    for (size_t i = first; i < end; ++i) {
      out += '<' + hex4(static_cast<uint16_t>(i + 1)) + "> <" + utf16(all[i]) + ">\n";
    }
    out += "endbfchar\n";
  }
  return out + "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n";
}

std::string print_glyph_map(const GlyphTable& glyphs) {
  std::string out;
  for (size_t code = 0; code <= glyphs.code_points().size(); ++code) {
    out += '\0';
    out += static_cast<char>(kGlyphlessGlyph);
  }
  return out;
}

}  // namespace ocr::detail
