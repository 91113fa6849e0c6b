#include "corpus/agreement.h"

#include <gtest/gtest.h>

#include "tests/support/corpus_generators.h"
#include "tests/support/result_matchers.h"

namespace corpus {
namespace {

// Ids differ between readers; what they say is compared.
std::string span(int id, const std::string& label, const std::string& words,
                 const std::string& rest = "") {
  return R"({"id":")" + test::ulid(id) + R"(","type":"span","label":")" + label + R"(","words":[)" +
         words + "]" + rest + "}\n";
}

std::vector<ReadingPair> pairs(const std::string& first, const std::string& second) {
  return pair_readings(TAKE(read_annotations(first)), TAKE(read_annotations(second)));
}

Agreement agreement(const std::string& first, const std::string& second, int64_t words) {
  return agreement_of(pairs(first, second), words);
}

TEST(Agreement, IsWholeWhereBothSayTheSame) {
  const auto both = pairs(span(1, "total", "3,4"), span(2, "total", "3,4"));
  ASSERT_EQ(both.size(), 1U);
  EXPECT_TRUE(both[0].agreed);
  EXPECT_EQ(agreement_of(both, 10), (Agreement{1, 0, 0, 0, 1000, 1000}));
}

TEST(Agreement, IsWholeWhereNobodySaysAnything) {
  EXPECT_EQ(agreement("", "", 10), (Agreement{0, 0, 0, 0, 1000, 1000}));
  EXPECT_EQ(agreement("", "", 0), Agreement());
}

TEST(Agreement, PairsOnePlaceWithTwoLabelsOrValues) {
  const auto other_label = pairs(span(1, "total", "3"), span(2, "date", "3"));
  ASSERT_EQ(other_label.size(), 1U);
  EXPECT_TRUE(other_label[0].first && other_label[0].second);
  EXPECT_FALSE(other_label[0].agreed);
  const auto other_value =
      pairs(span(1, "total", "3", R"(,"text":"1.00")"), span(2, "total", "3", R"(,"text":"1")"));
  ASSERT_EQ(other_value.size(), 1U);
  EXPECT_FALSE(other_value[0].agreed);
}

TEST(Agreement, PairsOneLabelWithTwoExtents) {
  const auto found = pairs(span(1, "total", "3,4"), span(2, "total", "4,5"));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_TRUE(found[0].first && found[0].second);
}

TEST(Agreement, LeavesAloneWhatOneSaidAlone) {
  const auto found = pairs(span(1, "total", "3") + span(2, "date", "7"), span(3, "total", "3"));
  ASSERT_EQ(found.size(), 2U);
  EXPECT_FALSE(found[1].second);
  EXPECT_EQ(agreement(span(1, "total", "3") + span(2, "date", "7"), span(3, "total", "3"), 10).f1,
            667);
}

TEST(Agreement, OverlooksWhoProposedItAndWhatNobodyConfirmed) {
  const std::string origin = R"(,"origin":{"model":"m","version":"1"},"confidence":700)";
  EXPECT_EQ(agreement(span(1, "total", "3", origin), span(2, "total", "3"), 5).agreed, 1);
  EXPECT_TRUE(pairs(span(1, "total", "3", origin + R"(,"state":"proposed")"), "").empty());
}

TEST(Agreement, ComparesRelationsByTheirEnds) {
  const auto relation = [](int id, int from, int to) {
    return R"({"id":")" + test::ulid(id) + R"(","type":"relation","label":"answers","from":")" +
           test::ulid(from) + R"(","to":")" + test::ulid(to) + "\"}\n";
  };
  const auto first = span(1, "key", "1") + span(2, "value", "2") + relation(3, 1, 2);
  const auto second = span(4, "key", "1") + span(5, "value", "2") + relation(6, 4, 5);
  const auto turned = span(4, "key", "1") + span(5, "value", "2") + relation(6, 5, 4);
  EXPECT_EQ(agreement(first, second, 5).agreed, 3);
  EXPECT_EQ(agreement(first, turned, 5).agreed, 2);
}

// By hand: 10 words; both label 4 "a" and 3 nothing, one labels 3 more "a" where the other does
// not. Observed 0.7; by chance 0.7 x 0.4 + 0.3 x 0.6 = 0.46; kappa 0.24 / 0.54.
TEST(Agreement, CorrectsForChance) {
  const auto found =
      agreement(span(1, "a", "1,2,3,4") + span(2, "a", "5,6,7"), span(3, "a", "1,2,3,4"), 10);
  EXPECT_EQ(found.kappa, 444);
}

}  // namespace
}  // namespace corpus
