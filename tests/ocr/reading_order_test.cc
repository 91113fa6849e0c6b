#include "ocr/detail/reading_order.h"

#include <gtest/gtest.h>

namespace ocr::detail {
namespace {

std::vector<size_t> order_of(const std::vector<corpus::Box>& boxes) {
  std::vector<size_t> out;
  for (const Placed& placed : reading_order(boxes)) out.push_back(placed.piece);
  return out;
}

TEST(ReadingOrder, TakesLinesFromAbove) {
  EXPECT_EQ(order_of({{0, 40, 300, 60}, {0, 0, 300, 20}}), (std::vector<size_t>{1, 0}));
}

TEST(ReadingOrder, TakesPiecesOfALineFromTheLeft) {
  const auto placed = reading_order({{200, 2, 260, 21}, {0, 0, 100, 20}});
  ASSERT_EQ(placed.size(), 2U);
  EXPECT_EQ(placed[0].piece, 1U);
  EXPECT_EQ(placed[0].line, placed[1].line);
}

TEST(ReadingOrder, ReadsColumnsOneAfterAnother) {
  std::vector<corpus::Box> boxes;
  for (int line = 0; line < 6; ++line) {
    boxes.push_back({0, 30 * line, 300, 30 * line + 20});
    boxes.push_back({340, 30 * line, 640, 30 * line + 20});
  }
  EXPECT_EQ(order_of(boxes), (std::vector<size_t>{0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11}));
}

TEST(ReadingOrder, ReadsATitleBeforeTheColumnsBelowIt) {
  std::vector<corpus::Box> boxes = {{100, 0, 540, 30}};
  for (int line = 0; line < 6; ++line) {
    boxes.push_back({0, 30 * line + 100, 300, 30 * line + 120});
    boxes.push_back({340, 30 * line + 100, 640, 30 * line + 120});
  }
  const std::vector<size_t> order = order_of(boxes);
  EXPECT_EQ(order[0], 0U);
  EXPECT_EQ(order[1], 1U);
  EXPECT_EQ(order[2], 3U);
}

TEST(ReadingOrder, ReadsATableByRows) {
  std::vector<corpus::Box> boxes;
  for (int row = 0; row < 6; ++row) {
    boxes.push_back({0, 30 * row, 80, 30 * row + 20});
    boxes.push_back({340, 30 * row, 400, 30 * row + 20});
  }
  EXPECT_EQ(order_of(boxes), (std::vector<size_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}));
}

TEST(ReadingOrder, MakesABlockOfWhatStandsTogether) {
  const auto placed = reading_order({{0, 0, 300, 20}, {0, 25, 300, 45}, {0, 120, 300, 140}});
  ASSERT_EQ(placed.size(), 3U);
  EXPECT_EQ(placed[0].block, placed[1].block);
  EXPECT_NE(placed[1].block, placed[2].block);
}

TEST(ReadingOrder, OfNothingIsNothing) {
  EXPECT_TRUE(reading_order({}).empty());
}

}  // namespace
}  // namespace ocr::detail
