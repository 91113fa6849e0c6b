#include "corpus/diagnostic.h"

#include <gtest/gtest.h>

namespace corpus {
namespace {

TEST(Diagnostic, SaysPathLineColumnAndSentence) {
  EXPECT_EQ(to_string(Diagnostic{"a/b.jsonl", {12, 31}, "label \"totl\" is wrong"}),
            "a/b.jsonl:12:31: label \"totl\" is wrong");
  EXPECT_EQ(to_string(Diagnostic{"a/b.jsonl", {}, "too long"}), "a/b.jsonl: too long");
  EXPECT_EQ(to_string(Diagnostic{"", {3, 4}, "odd"}), "3:4: odd");
  EXPECT_EQ(to_string(Diagnostic{"", {}, "odd"}), "odd");
}

TEST(Diagnostics, CountsWhatItLeavesOut) {
  Diagnostics problems("x", 2);
  for (int i = 0; i < 5; ++i) problems.add({1, 1}, "bad");
  EXPECT_EQ(problems.list().size(), 2u);
  EXPECT_EQ(problems.left_out(), 3u);
  EXPECT_EQ(problems.count(), 5u);
  EXPECT_TRUE(problems.full());
}

TEST(Diagnostics, GuessesOnlyForWhatIsShown) {
  const std::vector<std::string> known = {"total"};
  Diagnostics problems("x", 1);
  EXPECT_EQ(problems.did_you_mean("totl", known), "; did you mean \"total\"?");
  problems.add({1, 1}, "bad");
  EXPECT_EQ(problems.did_you_mean("totl", known), "");
}

TEST(Diagnostics, FirstErrorKeepsThePlace) {
  Diagnostics problems;
  problems.add({2, 3}, "bad");
  const base::Error error = first_error(problems);
  EXPECT_EQ(error.code, base::Code::invalid);
  EXPECT_EQ(to_string(error), "2:3: bad");
}

}  // namespace
}  // namespace corpus
