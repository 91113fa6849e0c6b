#include "ocr/page_image.h"

#include <gtest/gtest.h>

namespace ocr {
namespace {

TEST(ToStored, LeavesAnUprightPageAlone) {
  EXPECT_EQ(to_stored({1, 2, 3, 4}, {100, 50, 1, 0, 0}, 100, 50), (corpus::Box{1, 2, 3, 4}));
}

TEST(ToStored, UndoesAQuarterTurn) {
  // Stored 100 x 50, turned clockwise: the page is 50 x 100 and its top left corner was the
  // stored bottom left.
  EXPECT_EQ(to_stored({0, 0, 5, 10}, {100, 50, 1, 90, 0}, 50, 100), (corpus::Box{0, 45, 10, 50}));
}

TEST(ToStored, UndoesExifOrientation) {
  EXPECT_EQ(to_stored({0, 0, 5, 10}, {100, 50, 6, 0, 0}, 50, 100), (corpus::Box{0, 45, 10, 50}));
  EXPECT_EQ(to_stored({0, 0, 5, 10}, {100, 50, 3, 0, 0}, 100, 50), (corpus::Box{95, 40, 100, 50}));
  EXPECT_EQ(to_stored({0, 0, 5, 10}, {100, 50, 2, 0, 0}, 100, 50), (corpus::Box{95, 0, 100, 10}));
}

TEST(ToStored, UndoesShrinking) {
  EXPECT_EQ(to_stored({1, 2, 3, 4}, {200, 100, 1, 0, 0}, 100, 50), (corpus::Box{2, 4, 6, 8}));
}

}  // namespace
}  // namespace ocr
