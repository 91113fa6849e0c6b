#include "corpus/adjudication.h"

#include <gtest/gtest.h>

#include "tests/support/result_matchers.h"

namespace corpus {
namespace {

Adjudication example() {
  return {
      "rea@example.org",
      1'764'000'000'000,
      {{1, "ann@example.org", std::string(40, 'a')}, {2, "ben@example.org", std::string(40, 'b')}},
      {12, 2, 1, 0, 889, -20},
      {}};
}

TEST(Adjudication, ComesBackAsItWasWritten) {
  EXPECT_EQ(TAKE(parse_adjudication(print_adjudication(example()))), example());
}

TEST(Adjudication, KeepsWhatOtherProgramsAdd) {
  Adjudication more = example();
  more.extra.emplace("x-ticket", base::Json(7));
  EXPECT_EQ(TAKE(parse_adjudication(print_adjudication(more))), more);
}

TEST(Adjudication, RefusesWhatIsNoCommitAndWhatIsMissing) {
  Adjudication bad = example();
  bad.readings[0].commit = "main";
  EXPECT_FALSE(parse_adjudication(print_adjudication(bad)).ok());
  EXPECT_FALSE(parse_adjudication("{}").ok());
  EXPECT_FALSE(parse_adjudication("").ok());
  EXPECT_FALSE(parse_adjudication(R"({"adjudicator":"a","at":"yesterday"})").ok());
}

}  // namespace
}  // namespace corpus
