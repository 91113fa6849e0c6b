#include "ocr/detail/steps.h"

#include <gtest/gtest.h>

namespace ocr::detail {
namespace {

TEST(ParseSteps, KnowsTheirNames) {
  EXPECT_EQ(parse_steps("looks,shading"),
            (std::set<ReadingStep>{ReadingStep::looks, ReadingStep::shading}));
}

TEST(ParseSteps, PassesOverWhatItDoesNotKnow) {
  EXPECT_TRUE(parse_steps("").empty());
  EXPECT_EQ(parse_steps("dreaming,ink"), (std::set<ReadingStep>{ReadingStep::ink}));
}

TEST(Does, EveryStepUnlessToldOtherwise) {
  EXPECT_TRUE(does(ReadingStep::strips));
  EXPECT_TRUE(does(ReadingStep::calibrate));
}

}  // namespace
}  // namespace ocr::detail
