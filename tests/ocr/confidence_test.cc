#include "ocr/detail/confidence.h"

#include <gtest/gtest.h>

namespace ocr::detail {
namespace {

constexpr Witness kWitnesses[] = {Witness::line_reader, Witness::tesseract};

TEST(Calibrated, Ascends) {
  for (const Witness witness : kWitnesses) {
    for (int32_t said = 1; said <= 1000; ++said) {
      EXPECT_GE(calibrated(said, witness), calibrated(said - 1, witness)) << said;
    }
  }
}

TEST(Calibrated, StaysAShare) {
  for (const Witness witness : kWitnesses) {
    EXPECT_GE(calibrated(0, witness), 0);
    EXPECT_LE(calibrated(1000, witness), 1000);
    EXPECT_EQ(calibrated(-5, witness), calibrated(0, witness));
    EXPECT_EQ(calibrated(1200, witness), calibrated(1000, witness));
  }
}

TEST(Calibrated, BelievesItsWitnessesLessWhereTheyAreBold) {
  EXPECT_LT(calibrated(860, Witness::tesseract), 700);
  EXPECT_GT(calibrated(960, Witness::tesseract), 950);
  EXPECT_LT(calibrated(930, Witness::line_reader), 750);
  EXPECT_GT(calibrated(995, Witness::line_reader), 940);
}

}  // namespace
}  // namespace ocr::detail
