#include "ocr/detail/layer.h"

#include <gtest/gtest.h>

namespace ocr::detail {
namespace {

constexpr int kWidth = 900, kHeight = 600;
constexpr l_uint32 kPaper = 255;

// A page of lines of words; each word is letters 8 pixels wide and 20 high, 12 pixels apart, in a
// font's box that is somewhat larger.
class Page {
 public:
  Page() : gray(pixCreate(kWidth, kHeight, 8)) { pixSetAllArbitrary(gray.get(), kPaper); }

  void fill(int x, int y, int w, int h, l_uint32 level) {
    BOX* area = boxCreate(x, y, w, h);
    pixSetInRectArbitrary(gray.get(), area, level);
    boxDestroy(&area);
  }
  void print(int x, int y, int letters, l_uint32 level) {
    for (int i = 0; i < letters; ++i) fill(x + 12 * i, y, 8, 20, level);
  }
  void name(uint32_t line, int x, int y, int letters) {
    layer.push_back({0, line, {x - 2, y - 6, x + 12 * letters, y + 28}, "word"});
  }
  void word(uint32_t line, int x, int y, int letters, l_uint32 level = 0) {
    print(x, y, letters, level);
    name(line, x, y, letters);
  }
  // Ten lines of five words of six letters.
  void fill_with_words() {
    for (int line = 0; line < 10; ++line) {
      for (int i = 0; i < 5; ++i) {
        word(static_cast<uint32_t>(line), 50 + 150 * i, 40 + 50 * line, 6);
      }
    }
  }

  LayerJudgement judged() const { return judge_layer(gray, layer); }

  Pix gray;
  std::vector<LayerWord> layer;
};

TEST(JudgeLayer, TakesWordsThatLieOnTheirLetters) {
  Page page;
  page.fill_with_words();
  const LayerJudgement judgement = page.judged();
  EXPECT_TRUE(judgement.sound);
  EXPECT_TRUE(judgement.alone);
  ASSERT_EQ(judgement.words.size(), 50U);
  EXPECT_EQ(judgement.words[0].box, (corpus::Box{50, 40, 50 + 5 * 12 + 8, 60}));
}

TEST(JudgeLayer, FitsWhiteLettersOnADarkBar) {
  Page page;
  page.fill_with_words();
  page.fill(40, 530, 800, 50, 60);
  page.word(10, 60, 545, 6, 255);
  page.word(10, 200, 545, 6, 255);
  const LayerJudgement judgement = page.judged();
  EXPECT_TRUE(judgement.sound);
  EXPECT_TRUE(judgement.alone);  // a bar is no more a mark than a rule is
  EXPECT_EQ(judgement.words.at(50).box, (corpus::Box{60, 545, 60 + 5 * 12 + 8, 565}));
}

TEST(JudgeLayer, SeesFaintLetters) {
  Page page;
  for (int line = 0; line < 10; ++line)
    page.word(static_cast<uint32_t>(line), 50, 40 + 50 * line, 9, 215);
  const LayerJudgement judgement = page.judged();
  EXPECT_TRUE(judgement.sound);
  ASSERT_EQ(judgement.words.size(), 10U);
  EXPECT_EQ(judgement.words[0].box, (corpus::Box{50, 40, 50 + 8 * 12 + 8, 60}));
}

TEST(JudgeLayer, DropsWhatIsNotToBeSeen) {
  Page page;
  page.fill_with_words();
  page.name(10, 60, 545, 6);  // nothing is printed there
  page.fill(300, 530, 200, 60, 0);
  page.name(10, 320, 545, 6);  // a black bar hides it
  const LayerJudgement judgement = page.judged();
  EXPECT_TRUE(judgement.sound);
  EXPECT_EQ(judgement.words.size(), 50U);
}

TEST(JudgeLayer, RefusesWordsWithoutLetters) {
  Page page;
  page.fill_with_words();
  for (int i = 0; i < 10; ++i) page.name(10, 50 + 80 * i, 545, 6);
  EXPECT_FALSE(page.judged().sound);
}

TEST(JudgeLayer, RefusesALayerThatKnowsHalfOfTheLetters) {
  Page page;
  for (int line = 0; line < 10; ++line) {
    for (int i = 0; i < 5; ++i) page.print(50 + 150 * i, 40 + 50 * line, 6, 0);
    page.name(static_cast<uint32_t>(line), 50, 40 + 50 * line, 6);
    page.name(static_cast<uint32_t>(line), 650, 40 + 50 * line, 6);
  }
  const LayerJudgement judgement = page.judged();
  EXPECT_FALSE(judgement.sound);
  EXPECT_FALSE(judgement.partial);  // what is missing lies among its lines
}

TEST(JudgeLayer, KnowsAScanBesideTheText) {
  Page page;
  for (int line = 0; line < 4; ++line)
    page.word(static_cast<uint32_t>(line), 50, 40 + 50 * line, 9);
  for (int line = 5; line < 10; ++line) page.print(50, 40 + 50 * line, 9, 0);
  const LayerJudgement judgement = page.judged();
  EXPECT_FALSE(judgement.sound);
  EXPECT_TRUE(judgement.partial);
}

TEST(JudgeLayer, SeesATickBoxBesideTheText) {
  Page page;
  page.fill_with_words();
  page.fill(60, 550, 300, 3, 0);  // a rule is nothing to look at
  EXPECT_TRUE(page.judged().alone);
  page.fill(500, 540, 30, 30, 0);
  page.fill(503, 543, 24, 24, kPaper);
  EXPECT_TRUE(page.judged().sound);
  EXPECT_FALSE(page.judged().alone);
}

TEST(BesideLayer, LeavesTheGroundWhereWordsWere) {
  Page page;
  page.fill_with_words();
  page.fill(40, 530, 800, 50, 60);
  page.word(10, 60, 545, 6, 255);
  const Pix rest = beside_layer(page.gray, page.layer);
  const auto level = [&](int x, int y) {
    l_uint32 value = 0;
    pixGetPixel(rest.get(), x, y, &value);
    return value;
  };
  EXPECT_EQ(level(52, 45), kPaper);
  EXPECT_EQ(level(62, 550), 60U);
  EXPECT_EQ(level(400, 550), 60U);
}

TEST(BesideTypeset, LeavesMarksAlone) {
  Page page;
  page.fill_with_words();
  page.fill(40, 530, 400, 50, 60);
  page.word(10, 60, 545, 6, 255);
  page.fill(54, 65, 4, 8, 0);  // a foot below the first letter's box
  page.fill(500, 540, 30, 30, 0);
  page.fill(503, 543, 24, 24, kPaper);
  page.fill(560, 560, 200, 3, 0);
  const Pix rest = beside_typeset(page.gray, page.layer);
  const auto level = [&](int x, int y) {
    l_uint32 value = 0;
    pixGetPixel(rest.get(), x, y, &value);
    return value;
  };
  EXPECT_EQ(level(56, 70), kPaper);
  EXPECT_EQ(level(62, 550), kPaper);  // the bar is gone, and its word
  EXPECT_EQ(level(200, 535), kPaper);
  EXPECT_EQ(level(501, 545), 0U);  // the tick box and the rule are there
  EXPECT_EQ(level(600, 561), 0U);
}

}  // namespace
}  // namespace ocr::detail
