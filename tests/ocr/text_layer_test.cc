#include "ocr/detail/text_layer.h"

#include <gtest/gtest.h>

namespace ocr::detail {
namespace {

corpus::Word word(uint32_t line, const corpus::Box& box, const std::string& text) {
  return {0, 0, line, box, 900, text};
}

TEST(TextLayer, StretchesWordsToTheirBoxesAndBlanksToTheGaps) {
  GlyphTable glyphs;
  const std::string content = print_text_layer(
      {word(0, {100, 50, 200, 70}, "ab"), word(0, {220, 50, 240, 70}, "a")}, 1000, glyphs);
  EXPECT_EQ(content,
            "BT 3 Tr\n"
            "/GlossatorLayer 20 Tf 500 Tz 1 0 0 1 100 934 Tm <00020003> Tj\n"
            "200 Tz <0001> Tj\n"
            "/GlossatorLayer 20 Tf 200 Tz 1 0 0 1 220 934 Tm <0002> Tj\n"
            "ET\n");
}

TEST(TextLayer, PutsNoBlankBetweenLines) {
  GlyphTable glyphs;
  const std::string content =
      print_text_layer({word(0, {0, 0, 10, 10}, "a"), word(1, {0, 20, 10, 30}, "b")}, 100, glyphs);
  EXPECT_EQ(content.find("<0001>"), std::string::npos);
}

TEST(TextLayer, IsEmptyWithoutWords) {
  GlyphTable glyphs;
  EXPECT_EQ(print_text_layer({}, 100, glyphs), "");
}

TEST(GlyphTable, GivesEachCharacterOneCode) {
  GlyphTable glyphs;
  EXPECT_EQ(glyphs.code_of(U'x'), 2);
  EXPECT_EQ(glyphs.code_of(U'ß'), 3);
  EXPECT_EQ(glyphs.code_of(U'x'), 2);
}

TEST(GlyphTable, CallsWhatDoesNotFitUnknown) {
  GlyphTable glyphs;
  for (char32_t c = 0x1000; c < 0x1000 + 70'000; ++c) (void)glyphs.code_of(c);
  EXPECT_LE(glyphs.code_points().size(), 65'535U);
  EXPECT_EQ(glyphs.code_of(0x30000), glyphs.code_of(0xfffd));
}

TEST(ToUnicode, TellsCharactersAboveTheBasicPlaneAsPairs) {
  GlyphTable glyphs;
  (void)glyphs.code_of(0x1d11e);
  const std::string map = print_to_unicode(glyphs);
  EXPECT_NE(map.find("<0001> <0020>\n"), std::string::npos);
  EXPECT_NE(map.find("<0002> <D834DD1E>\n"), std::string::npos);
}

TEST(ToUnicode, HoldsNoSectionLongerThanAllowed) {
  GlyphTable glyphs;
  for (char32_t c = 'a'; c < 'a' + 150; ++c) (void)glyphs.code_of(c);
  const std::string map = print_to_unicode(glyphs);
  EXPECT_NE(map.find("100 beginbfchar"), std::string::npos);
  EXPECT_NE(map.find("51 beginbfchar"), std::string::npos);
}

}  // namespace
}  // namespace ocr::detail
