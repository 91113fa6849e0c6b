#include "ocr/detail/pdf_text.h"

#include <gtest/gtest.h>

#include "ocr/detail/pdf.h"

namespace ocr::detail {
namespace {

TEST(PdfInfo, TellsPagesAsShown) {
  const auto info = parse_pdfinfo(
      "Pages:           2\n"
      "Page    1 size:  612 x 792 pts (letter)\nPage    1 rot:   0\n"
      "Page    2 size:  612 x 792 pts (letter)\nPage    2 rot:   90\n");
  ASSERT_TRUE(info);
  EXPECT_EQ(info->pages, (std::vector<PdfPage>{{612, 792, false}, {792, 612, true}}));
}

TEST(PdfInfo, RefusesADocumentWithoutAUsablePage) {
  EXPECT_FALSE(parse_pdfinfo("Pages: 1\nPage    1 size:  0 x 0 pts\n"));
  EXPECT_FALSE(parse_pdfinfo("Title: Page 1 size\n"));
}

TEST(BboxLayout, TellsWordsWithBlockAndLine) {
  const auto pages = parse_bbox_layout(
      "<page width=\"612.0\" height=\"792.0\">\n<block xMin=\"1\">\n<line xMin=\"1\">\n"
      "<word xMin=\"72.0\" yMin=\"70.5\" xMax=\"148.0\" yMax=\"92.0\">R&amp;D</word>\n"
      "</line>\n</block>\n</page>\n");
  ASSERT_EQ(pages.size(), 1U);
  ASSERT_EQ(pages[0].words.size(), 1U);
  EXPECT_EQ(pages[0].words[0].text, "R&D");
  EXPECT_EQ(pages[0].words[0].y0, 70.5);
  EXPECT_EQ(pages[0].words[0].line, 0U);
}

TEST(BboxLayout, SkipsWordsWithoutTextOrPlace) {
  const auto pages = parse_bbox_layout(
      "<page width=\"1\">\n<block >\n<line >\n<word xMin=\"1\" yMin=\"1\" xMax=\"2\" yMax=\"2\"> "
      "</word>\n"
      "<word>x</word>\n<word xMin=\"nan\" yMin=\"1\" xMax=\"2\" yMax=\"2\">y</word>\n");
  ASSERT_EQ(pages.size(), 1U);
  EXPECT_TRUE(pages[0].words.empty());
}

std::vector<TextWord> words(std::initializer_list<const char*> texts) {
  std::vector<TextWord> out;
  for (const char* text : texts) out.push_back({0, 0, 0, 0, 1, 1, text});
  return out;
}

TEST(LooksMapped, TakesWordsAndNumbers) {
  EXPECT_TRUE(looks_mapped(words(
      {"Invoice", "4711", "total", "1,234.56", "EUR", "Gr\u00f6\u00dfe", "(net)", "12/05/2024"})));
}

TEST(LooksMapped, RefusesPrivateCharactersAndReplacements) {
  EXPECT_FALSE(looks_mapped(words({"\ue001\ue002\ue003"})));
  EXPECT_FALSE(looks_mapped(words({"ab\ufffd", "\ufffdcd"})));
  EXPECT_FALSE(looks_mapped(words({"(cid:12)"})));
}

TEST(LooksMapped, RefusesPlausibleNonsense) {
  EXPECT_FALSE(looks_mapped(words({"\"+%-"})));
}

TEST(PdfImages, TellsResolutionAndWidth) {
  const auto images = parse_pdfimages(
      "page   num  type   width height color comp bpc  enc interp  object ID x-ppi y-ppi size "
      "ratio\n------\n"
      "   1     0 image    1700  2200  gray    1   1  ccitt  no         7  0   200   200 101K  "
      "22%\n");
  ASSERT_EQ(images.size(), 1U);
  EXPECT_EQ(images[0].dpi, 200);
  EXPECT_DOUBLE_EQ(images[0].width_inches, 8.5);
}

TEST(Drawing, IsBoundedWhateverThePageSays) {
  EXPECT_EQ(drawing_of({612, 792, false}, 200), (Drawing{1700, 2200, 200, false}));
  const Drawing vast = drawing_of({1e6, 1e6, false}, 200);
  EXPECT_LE(int64_t{vast.width} * vast.height, 26'000'000);
  const Drawing thin = drawing_of({14400, 0.1, false}, 200);
  EXPECT_LE(thin.width, 12'001);
  EXPECT_GE(thin.height, 16);
}

TEST(Pnm, IsCutApartOnlyWhenWhole) {
  const std::string one = std::string("P6\n2 1\n255\n") + "abcdef";
  const auto two = split_pnm(one + one);
  EXPECT_EQ(two->size(), 2U);
  EXPECT_FALSE(split_pnm(one + "P6\n"));
  EXPECT_FALSE(split_pnm("P6\n999999 999999\n255\nx"));
}

}  // namespace
}  // namespace ocr::detail
