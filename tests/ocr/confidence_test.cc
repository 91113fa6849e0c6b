#include "ocr/detail/confidence.h"

#include <gtest/gtest.h>

namespace ocr::detail {
namespace {

TEST(Calibrated, Ascends) {
  for (int32_t said = 1; said <= 1000; ++said) {
    EXPECT_GE(calibrated(said), calibrated(said - 1)) << said;
  }
}

TEST(Calibrated, StaysAShare) {
  EXPECT_GE(calibrated(0), 0);
  EXPECT_LE(calibrated(1000), 1000);
  EXPECT_EQ(calibrated(-5), calibrated(0));
  EXPECT_EQ(calibrated(1200), calibrated(1000));
}

TEST(Calibrated, BelievesTesseractLessWhereItIsBold) {
  EXPECT_LT(calibrated(860), 700);
  EXPECT_GT(calibrated(960), 950);
}

}  // namespace
}  // namespace ocr::detail
