#include "ocr/detail/marks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace ocr::detail {
namespace {

using corpus::Mark;
using corpus::MarkKind;
using corpus::MarkState;

// A white page of 900 x 600 on which a frame can be drawn.
ocr::detail::Pix page() {
  ocr::detail::Pix out(pixCreate(900, 600, 8));
  pixSetAllArbitrary(out.get(), 255);
  return out;
}

void line(const ocr::detail::Pix& pix, int x0, int y0, int x1, int y1, int width) {
  pixRenderLine(pix.get(), x0, y0, x1, y1, width, L_CLEAR_PIXELS);
}

void frame(const ocr::detail::Pix& pix, int x, int y, int side) {
  line(pix, x, y, x + side, y, 2);
  line(pix, x + side, y, x + side, y + side, 2);
  line(pix, x + side, y + side, x, y + side, 2);
  line(pix, x, y + side, x, y, 2);
}

// Forty letters' worth of words of 17 pixels, so that the height of letters is known.
std::vector<corpus::Word> some_words() {
  std::vector<corpus::Word> words;
  for (int i = 0; i < 8; ++i) {
    words.push_back({0, 0, 0, {20 + i * 70, 20, 80 + i * 70, 37}, 980, "policy"});
  }
  return words;
}

const Mark* find(const std::vector<Mark>& marks, MarkKind kind) {
  const auto found =
      std::find_if(marks.begin(), marks.end(), [&](const Mark& mark) { return mark.kind == kind; });
  return found == marks.end() ? nullptr : &*found;
}

TEST(Marks, TellATickBoxAndDoubtTheWordReadFromIt) {
  const auto pix = page();
  frame(pix, 300, 200, 26);
  auto words = some_words();
  words.push_back({0, 1, 1, {299, 199, 328, 228}, 940, "O"});
  const auto marks = find_marks(pix, words);
  const Mark* box = find(marks, MarkKind::tick_box);
  ASSERT_NE(box, nullptr);
  EXPECT_EQ(box->state, MarkState::empty);
  EXPECT_NEAR(box->box.x0, 300, 4);
  EXPECT_NEAR(box->box.y1, 227, 4);
  // As much as the box is sure of the way from .94 to .2.
  EXPECT_EQ(words.back().confidence, 940 - (940 - 200) * box->confidence / 1000);
  EXPECT_EQ(words.front().confidence, 980);
}

// What is left of a word's confidence in a mark.
int32_t doubted(const Mark& mark, int32_t confidence) {
  std::vector<corpus::Word> words = {{0, 0, 0, {10, 10, 50, 20}, confidence, "word"}};
  doubt_words({mark}, words);
  return words[0].confidence;
}

TEST(Marks, DoubtWhatWasHardlyReadFromHandwriting) {
  const Mark surely{MarkKind::handwriting, MarkState::none, {0, 0, 100, 30}, 1000};
  EXPECT_EQ(doubted(surely, 1000), 1000);
  EXPECT_EQ(doubted(surely, 900), 729);
  EXPECT_EQ(doubted(surely, 500), 125);
  Mark perhaps = surely;
  perhaps.confidence = 200;
  EXPECT_EQ(doubted(perhaps, 500), 425);
}

TEST(Marks, DoubtNoWordsBesideThemOrOfStampsAndMissingSignatures) {
  EXPECT_EQ(doubted({MarkKind::handwriting, MarkState::none, {35, 0, 100, 30}, 1000}, 500), 500);
  EXPECT_EQ(doubted({MarkKind::stamp, MarkState::none, {0, 0, 100, 30}, 1000}, 500), 500);
  EXPECT_EQ(doubted({MarkKind::signature, MarkState::absent, {0, 0, 100, 30}, 1000}, 500), 500);
  EXPECT_EQ(doubted({MarkKind::signature, MarkState::present, {0, 0, 100, 30}, 1000}, 500), 125);
}

TEST(Marks, TellThatASignatureIsMissing) {
  const auto pix = page();
  line(pix, 100, 400, 400, 400, 2);
  auto words = some_words();
  words.push_back({0, 2, 2, {100, 408, 190, 425}, 980, "Signature"});
  const auto marks = find_marks(pix, words);
  const Mark* signature = find(marks, MarkKind::signature);
  ASSERT_NE(signature, nullptr);
  EXPECT_EQ(signature->state, MarkState::absent);
  EXPECT_LT(signature->box.y0, 390);
  EXPECT_EQ(words.back().confidence, 980);
}

TEST(Marks, AWordForSignatureInATextIsNoPlaceToSign) {
  const auto pix = page();
  auto words = some_words();
  words.push_back({0, 2, 2, {100, 408, 190, 425}, 980, "Signature"});
  EXPECT_EQ(find(find_marks(pix, words), MarkKind::signature), nullptr);
}

TEST(Marks, TellAFrameThatWasStampedAskew) {
  const auto pix = page();
  line(pix, 500, 300, 700, 350, 4);
  line(pix, 700, 350, 680, 430, 4);
  line(pix, 680, 430, 480, 380, 4);
  line(pix, 480, 380, 500, 300, 4);
  auto words = some_words();
  const auto marks = find_marks(pix, words);
  const Mark* stamp = find(marks, MarkKind::stamp);
  ASSERT_NE(stamp, nullptr);
  EXPECT_NEAR(stamp->box.x0, 480, 6);
}

// A ring of `radius` around a place.
void ring(const ocr::detail::Pix& pix, int x, int y, int radius) {
  constexpr int kSteps = 90;
  const auto at = [&](int step) {
    const double turn = 2 * M_PI * step / kSteps;
    return std::pair(x + static_cast<int>(std::lround(radius * std::cos(turn))),
                     y + static_cast<int>(std::lround(radius * std::sin(turn))));
  };
  for (int step = 0; step < kSteps; ++step) {
    line(pix, at(step).first, at(step).second, at(step + 1).first, at(step + 1).second, 3);
  }
}

std::vector<Mark> stamps_on(const ocr::detail::Pix& pix) {
  auto words = some_words();
  auto marks = find_marks(pix, words);
  std::erase_if(marks, [](const Mark& mark) { return mark.kind != MarkKind::stamp; });
  return marks;
}

TEST(Marks, ARingWithinARingIsOneStamp) {
  const auto pix = page();
  ring(pix, 500, 300, 100);
  ring(pix, 500, 300, 68);
  const auto stamps = stamps_on(pix);
  ASSERT_EQ(stamps.size(), 1u);
  EXPECT_NEAR(stamps[0].box.x0, 400, 6);
  EXPECT_NEAR(stamps[0].box.y1, 400, 6);
}

TEST(Marks, AStampMayLieOnARuleAndTouchLetters) {
  const auto pix = page();
  ring(pix, 500, 300, 100);
  line(pix, 250, 212, 800, 214, 3);
  for (int x = 540; x < 640; x += 12) line(pix, x, 222, x, 238, 3);
  line(pix, 540, 230, 640, 230, 3);
  const auto stamps = stamps_on(pix);
  ASSERT_EQ(stamps.size(), 1u);
  EXPECT_NEAR(stamps[0].box.x0, 400, 6);
  EXPECT_NEAR(stamps[0].box.y0, 200, 6);
  EXPECT_NEAR(stamps[0].box.x1, 600, 6);
}

TEST(Marks, AFormsOwnFrameIsNoStamp) {
  const auto pix = page();
  frame(pix, 500, 300, 160);
  auto words = some_words();
  EXPECT_EQ(find(find_marks(pix, words), MarkKind::stamp), nullptr);
}

TEST(Marks, NothingIsSeenOnAnEmptyOrTinyPage) {
  std::vector<corpus::Word> none;
  EXPECT_TRUE(find_marks(page(), none).empty());
  const ocr::detail::Pix tiny(pixCreate(3, 3, 8));
  EXPECT_TRUE(find_marks(tiny, none).empty());
}

}  // namespace
}  // namespace ocr::detail
