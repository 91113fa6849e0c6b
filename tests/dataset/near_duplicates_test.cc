#include "dataset/near_duplicates.h"

#include <gtest/gtest.h>

#include "tests/dataset/invented_forms.h"
#include "tests/support/result_matchers.h"

namespace dataset {
namespace {

TEST(PageSketch, OfOnePageIsTheSame) {
  test::InventedForms forms(1);
  const auto page = forms.page();
  EXPECT_EQ(sketch_of(page), sketch_of(page));
  EXPECT_EQ(likeness(sketch_of(page), sketch_of(page)), 1.0);
}

TEST(PageSketch, AnotherScanIsNearlyTheSame) {
  test::InventedForms forms(2);
  const auto page = forms.page();
  EXPECT_GE(likeness(sketch_of(page), sketch_of(forms.scanned_again(page))), 0.6);
}

TEST(PageSketch, AnotherCaseOnTheSameFormIsNot) {
  test::InventedForms forms(3);
  for (int i = 0; i < 200; ++i) {
    EXPECT_LT(likeness(sketch_of(forms.page()), sketch_of(forms.page())), kNearlyTheSame);
  }
}

TEST(PageSketch, MarksAndCapitalsDoNotCount) {
  const auto page = [](const char* text) {
    return std::vector<corpus::Word>{{1, 0, 0, {0, 0, 1, 1}, 900, "Dear"},
                                     {2, 0, 0, {0, 0, 1, 1}, 900, text},
                                     {3, 0, 0, {0, 0, 1, 1}, 900, "Marlow"}};
  };
  EXPECT_EQ(sketch_of(page("Mr.")), sketch_of(page("MR")));
}

TEST(PageSketch, AnEmptyPageIsLikeNothing) {
  EXPECT_EQ(likeness(sketch_of({}), sketch_of({})), 0.0);
  SketchIndex index;
  index.add(sketch_of({}));
  EXPECT_TRUE(index.find(sketch_of({})).empty());
}

TEST(SketchIndex, FindsOnlyWhatWasAdded) {
  test::InventedForms forms(4);
  const auto first = forms.page();
  const auto second = forms.page();
  SketchIndex index;
  index.add(sketch_of(first));
  const auto near = index.find(sketch_of(forms.scanned_again(first)));
  ASSERT_EQ(near.size(), 1u);
  EXPECT_EQ(near[0].page, 0u);
  EXPECT_TRUE(index.find(sketch_of(second)).empty());
}

TEST(SketchIndex, PagesWithoutNumbersAreFoundByTheirWords) {
  std::vector<corpus::Word> letter;
  for (corpus::WordId id = 1; id <= 60; ++id) {
    letter.push_back({id,
                      0,
                      0,
                      {0, 0, 1, 1},
                      900,
                      "word" + std::string(id % 7 + 1, 'a') + static_cast<char>('a' + id % 26)});
  }
  SketchIndex index;
  index.add(sketch_of(letter));
  letter.resize(52);
  EXPECT_EQ(index.find(sketch_of(letter)).size(), 1u);
}

// The look of some page, in which so many bits differ.
corpus::PageLook look(int differing, int page = 0) {
  corpus::PageLook out;
  out.sheet.bytes = base::sha256_of("sheet " + std::to_string(page)).bytes;
  out.content.bytes = base::sha256_of("content " + std::to_string(page)).bytes;
  for (int bit = 0; bit < differing; ++bit) {
    const int place = bit * 7 % 256;
    out.sheet.bytes[place / 8] ^= static_cast<uint8_t>(1u << place % 8);
    out.content.bytes[place / 8] ^= static_cast<uint8_t>(1u << place % 8);
  }
  return out;
}

TEST(Nearness, OfPagesWithoutWordsIsThatOfTheirLooks) {
  const auto near = nearness(sketch_of({}, look(0)), sketch_of({}, look(32)));
  ASSERT_TRUE(near);
  EXPECT_TRUE(near->by_look);
  EXPECT_DOUBLE_EQ(near->likeness, 0.75);
  EXPECT_FALSE(nearness(sketch_of({}, look(0)), sketch_of({}, look(57))));
  EXPECT_FALSE(nearness(sketch_of({}, look(0)), sketch_of({})));
}

TEST(Nearness, OfTwoCasesOnOneFormIsNoneHoweverAlikeTheyLook) {
  test::InventedForms forms(5);
  const auto one = sketch_of(forms.page(), look(0));
  const auto other = sketch_of(forms.page(), look(2));
  ASSERT_LT(likeness(one, other), 0.15);
  EXPECT_FALSE(nearness(one, other));
}

// Chance makes the estimate of some pairs higher than what they share.
TEST(Nearness, OfAnyTwoOfManyCasesIsNoneThoughAllLookAlike) {
  test::InventedForms forms(9);
  std::vector<PageSketch> pages;
  for (int i = 0; i < 300; ++i) pages.push_back(sketch_of(forms.page(), look(i % 3)));
  size_t near = 0;
  for (size_t a = 0; a < pages.size(); ++a) {
    for (size_t b = 0; b < a; ++b) near += nearness(pages[a], pages[b]).has_value();
  }
  EXPECT_EQ(near, 0u);
}

TEST(Nearness, OfAScanThatWasReadBadlyIsThatOfItsLook) {
  test::InventedForms forms(6);
  const auto page = forms.page();
  const auto near = nearness(sketch_of(page, look(0)), sketch_of({page[0], page[1]}, look(20)));
  ASSERT_TRUE(near);
  EXPECT_TRUE(near->by_look);
}

TEST(Nearness, OfEqualWordsNeedsNoLook) {
  test::InventedForms forms(7);
  const auto page = forms.page();
  const auto near = nearness(sketch_of(page, look(0)), sketch_of(page, look(0, 1)));
  ASSERT_TRUE(near);
  EXPECT_FALSE(near->by_look);
}

TEST(PageSketch, ComesBackAsItWasKept) {
  test::InventedForms forms(8);
  for (const PageSketch& sketch :
       {sketch_of(forms.page(), look(3)), sketch_of(forms.page()), sketch_of({}, look(9)),
        sketch_of({}), sketch_of({forms.page()[0], forms.page()[1], forms.page()[2]})}) {
    const std::string bytes = print_sketch(sketch);
    EXPECT_EQ(TAKE(parse_sketch(bytes)), sketch);
    EXPECT_FALSE(parse_sketch(bytes + "x").ok());
    EXPECT_FALSE(parse_sketch(std::string_view(bytes).substr(0, bytes.size() - 1)).ok());
  }
}

TEST(SketchIndex, FindsPagesWithoutWordsByTheirLook) {
  SketchIndex index;
  for (int i = 0; i < 50; ++i) index.add(sketch_of({}, look(0, i + 1)));
  index.add(sketch_of({}, look(0)));
  const auto near = index.find(sketch_of({}, look(30)));
  ASSERT_EQ(near.size(), 1u);
  EXPECT_EQ(near[0].page, 50u);
}

}  // namespace
}  // namespace dataset
