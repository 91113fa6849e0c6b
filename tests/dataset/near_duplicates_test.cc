#include "dataset/near_duplicates.h"

#include <gtest/gtest.h>

#include "tests/dataset/invented_forms.h"

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

}  // namespace
}  // namespace dataset
