#include "corpus/config.h"

#include <gtest/gtest.h>

#include "tests/support/result_matchers.h"

namespace corpus {
namespace {

ProjectConfig example() {
  ProjectConfig out;
  out.project_id = "01JD8Z6V5N0M3K4H7Q9R2S1T0W";
  out.name = "claims";
  out.fan_out = {{2, 2}};
  out.policy.self_review = true;
  return out;
}

TEST(Config, ReadsBackAsPrinted) {
  EXPECT_EQ(TAKE(parse_config(print_config(example()))), example());
}

TEST(Config, RefusesANewerFormatWithItsNumber) {
  ProjectConfig newer = example();
  newer.format = 2;
  const auto result = parse_config(print_config(newer));
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(to_string(result.error()),
            "2:13: the repository has format 2, this program knows up to 1");
}

TEST(Config, RefusesAWrongFanOut) {
  ProjectConfig wrong = example();
  wrong.fan_out = {{0}};
  EXPECT_FALSE(parse_config(print_config(wrong)).ok());
}

}  // namespace
}  // namespace corpus
