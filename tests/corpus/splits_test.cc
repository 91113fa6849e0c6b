#include "corpus/splits.h"

#include <gtest/gtest.h>

#include "tests/support/result_matchers.h"

namespace corpus {
namespace {

const std::string kHeader = "document\tpart\tkind\n";
const std::string kOne = "0f" + std::string(30, '1');
const std::string kTwo = "0f" + std::string(30, '2');

Split example() {
  Split out;
  out.rule = {.group_by = {"customer", "claim"}, .stratify_by = "class"};
  out.salt = "2026";
  out.seed = 7;
  out.parts = {{"train", 80}, {"validation", 10}, {"test", 10}};
  out.locks = {"test"};
  return out;
}

std::string error_of(const std::string& text) {
  const auto result = parse_split(text);
  return result.ok() ? "no error" : to_string(result.error());
}

TEST(Split, ReadsBackAsPrinted) {
  EXPECT_EQ(TAKE(parse_split(print_split(example()))), example());
}

TEST(Split, LocksNameParts) {
  EXPECT_EQ(error_of(R"({"rule":{},"ratios":{"train":1},"locks":["trian"]})"),
            "1:41: \"locks\" names \"trian\", which is no part of the ratios; did you mean "
            "\"train\"?");
}

TEST(Split, NeedsAShare) {
  EXPECT_NE(error_of(R"({"rule":{},"ratios":{"train":0}})"), "no error");
  EXPECT_NE(error_of(R"({"rule":{},"ratios":{}})"), "no error");
  EXPECT_NE(error_of(R"({"rule":{},"ratios":{"train":-1}})"), "no error");
  EXPECT_NE(error_of(R"({"ratios":{"train":1}})"), "no error");
}

TEST(Split, OfFoldsReadsBackAsPrinted) {
  Split folds = example();
  folds.folds = 3;
  folds.parts = fold_parts(3);
  folds.rule.exact = true;
  folds.locks = {"fold-2"};
  EXPECT_EQ(TAKE(parse_split(print_split(folds))), folds);
  EXPECT_EQ(folds.parts, (std::vector<SplitPart>{{"fold-1", 1}, {"fold-2", 1}, {"fold-3", 1}}));
}

TEST(Split, HasFoldsOrRatios) {
  EXPECT_EQ(error_of(R"({"rule":{},"folds":5,"ratios":{"train":1}})"),
            "1:31: a split has either \"ratios\" or \"folds\"");
  EXPECT_NE(error_of(R"({"rule":{},"folds":1})"), "no error");
  EXPECT_NE(error_of(R"({"rule":{},"folds":101})"), "no error");
  EXPECT_EQ(error_of(R"({"rule":{"exact":true},"folds":100})"), "no error");
}

TEST(Placements, ReadBackSorted) {
  const std::vector<Placement> sorted = {{{kOne}, "test", PlacementKind::locked},
                                         {{kTwo}, "train", PlacementKind::placed}};
  const std::string text = print_placements({sorted[1], sorted[0]});
  EXPECT_EQ(text, kHeader + kOne + "\ttest\tlocked\n" + kTwo + "\ttrain\tplaced\n");
  EXPECT_EQ(TAKE(parse_placements(text, "0f")), sorted);
}

TEST(Placements, SayWhereALineIsWrong) {
  Diagnostics problems("splits/main/0f.tsv");
  parse_placements(kHeader + kOne + "\ttest\tlokced\n" + kOne.substr(1) + "\ttest\tlocked\n", "0f",
                   problems);
  ASSERT_EQ(problems.list().size(), 2u);
  EXPECT_EQ(to_string(problems.list()[0]),
            "splits/main/0f.tsv:2:39: the kind is \"placed\" or \"locked\"");
}

TEST(Placements, BelongInTheirShardOnce) {
  EXPECT_FALSE(parse_placements(kHeader + kOne + "\ttest\tlocked\n", "1f").ok());
  EXPECT_FALSE(parse_placements(kHeader + kOne + "\ta\tlocked\n" + kOne + "\tb\tlocked\n").ok());
  EXPECT_FALSE(parse_placements("").ok());
}

}  // namespace
}  // namespace corpus
