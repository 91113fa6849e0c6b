#include "corpus/text_page.h"

#include <gtest/gtest.h>

#include "corpus/alto.h"
#include "corpus/hocr.h"
#include "corpus/text_format.h"
#include "tests/support/golden.h"

namespace corpus {
namespace {

TextPage invoice() {
  TextPage page{1, 1000, 1400, 200, "0001.png", {}};
  page.words = {{1, 0, 0, {100, 80, 240, 110}, 962, "Invoice"},
                {2, 0, 0, {260, 82, 330, 110}, 1000, "4711"},
                {3, 0, 1, {100, 130, 180, 160}, 870, "Total"},
                {4, 1, 2, {600, 130, 720, 160}, 4, "<R&D>"}};
  return page;
}

TEST(TextPage, GathersLinesAndBlocks) {
  const auto blocks = blocks_of(invoice().words);
  ASSERT_EQ(blocks.size(), 2U);
  ASSERT_EQ(blocks[0].lines.size(), 2U);
  EXPECT_EQ(blocks[0].lines[0].words.size(), 2U);
  EXPECT_EQ(blocks[0].lines[0].box, (Box{100, 80, 330, 110}));
  EXPECT_EQ(blocks[0].box, (Box{100, 80, 330, 160}));
}

TEST(TextPage, APageWithoutWordsHasNoBlocks) {
  EXPECT_TRUE(blocks_of({}).empty());
}

TEST(Hocr, KeepsItsForm) {
  const std::string text = begin_hocr({"invoice.png"}) + print_hocr(invoice()) +
                           print_hocr({2, 800, 600, 0, "", {}}) + end_hocr();
  EXPECT_GOLDEN("tests/corpus/golden/text.hocr", text);
}

TEST(Hocr, ShowsNamesThatWouldEndItsTitles) {
  TextPage page = invoice();
  page.image = "a\"b\\c'd.png";
  EXPECT_NE(print_hocr(page).find("image &quot;a_b_c&#39;d.png&quot;;"), std::string::npos);
}

TEST(Alto, KeepsItsForm) {
  const std::string text = begin_alto({"invoice.png"}) + print_alto(invoice()) +
                           print_alto({2, 800, 600, 0, "", {}}) + end_alto();
  EXPECT_GOLDEN("tests/corpus/golden/text.alto.xml", text);
}

TEST(Alto, ReplacesWhatXmlCannotHold) {
  TextPage page{1,
                100,
                100,
                0,
                "",
                {{1,
                  0,
                  0,
                  {1, 1, 9, 9},
                  500,
                  "a\x01"
                  "b\xef\xbf\xbf"}}};
  EXPECT_NE(print_alto(page).find("CONTENT=\"a\xef\xbf\xbd"
                                  "b\xef\xbf\xbd\""),
            std::string::npos);
}

TEST(TextFormat, IsKnownByItsName) {
  for (const TextFormat format : {TextFormat::plain, TextFormat::hocr, TextFormat::alto}) {
    EXPECT_EQ(parse_text_format(info_of(format).name), format);
  }
  EXPECT_FALSE(parse_text_format("docx"));
}

TEST(TextFormat, PlainTextHasAFormFeedAfterEachPage) {
  EXPECT_EQ(begin_text(TextFormat::plain, {"x"}) + print_text(TextFormat::plain, invoice()) +
                end_text(TextFormat::plain),
            "Invoice 4711\nTotal\n\n<R&D>\n\f");
}

}  // namespace
}  // namespace corpus
