#include "corpus/verdicts.h"

#include <gtest/gtest.h>

#include "tests/support/corpus_generators.h"
#include "tests/support/result_matchers.h"

namespace corpus {
namespace {

std::string line(int id, const std::string& rest = "") {
  return R"({"id":")" + test::ulid(id) + R"(","type":"class","label":"letter")" + rest + "}\n";
}
constexpr char kAccepted[] = R"(,"review":{"state":"accepted"})";
constexpr char kRejected[] = R"(,"review":{"state":"rejected","reason":"blurred"})";

std::vector<Diagnostic> problems(const std::vector<std::string>& before, const std::string& after) {
  KnownVerdicts known;
  for (const std::string& text : before) known.add(TAKE(read_annotations(text)));
  Diagnostics found("f");
  known.check(parse_annotations(after).lines, found);
  return found.list();
}

TEST(KnownVerdicts, LeavesOtherChangesAlone) {
  const std::string before = line(1, kAccepted) + line(2);
  EXPECT_TRUE(problems({before}, before).empty());
  EXPECT_TRUE(problems({before}, line(1, std::string(R"(,"confidence":5)") + kAccepted)).empty());
  EXPECT_TRUE(problems({before}, line(2) + line(3)).empty());  // one gone, one new
}

TEST(KnownVerdicts, PlacesANewVerdict) {
  const auto found = problems({line(1)}, line(1, kAccepted) + line(2, kRejected));
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].at.line, 1U);
  EXPECT_GT(found[0].at.column, 20U);
  EXPECT_EQ(found[1].at.line, 2U);
}

TEST(KnownVerdicts, NoticesAnotherVerdictAndNone) {
  EXPECT_EQ(problems({line(1, kAccepted)}, line(1, kRejected)).size(), 1U);
  EXPECT_EQ(problems({line(1, kRejected)}, line(1)).size(), 1U);
}

TEST(KnownVerdicts, LetsAVerdictFallWithWhatItJudged) {
  const std::string changed = R"(,"confidence":5)";
  EXPECT_TRUE(problems({line(1, kRejected)}, line(1, changed)).empty());
  EXPECT_EQ(problems({line(1, kRejected)}, line(1, changed + kAccepted)).size(), 1U);
}

TEST(Verdicts, AreNoChangeOfLabels) {
  const auto same = [](const std::string& before, const std::string& after) {
    return same_but_for_verdicts(TAKE(read_annotations(before)), TAKE(read_annotations(after)));
  };
  EXPECT_TRUE(same(line(1) + line(2), line(1, kAccepted) + line(2, kRejected)));
  EXPECT_TRUE(same(line(1, kAccepted), line(1)));
  EXPECT_FALSE(same(line(1), line(1, R"(,"confidence":5)")));
  EXPECT_FALSE(same(line(1), line(1) + line(2)));
  EXPECT_FALSE(same(line(1), line(2)));
}

TEST(KnownVerdicts, TakesTheVerdictOfAnyStateThatIsKnown) {
  const std::vector<std::string> before = {line(1), line(1, kAccepted)};
  EXPECT_TRUE(problems(before, line(1, kAccepted)).empty());
  EXPECT_TRUE(problems(before, line(1)).empty());
  EXPECT_EQ(problems(before, line(1, kRejected)).size(), 1U);
}

}  // namespace
}  // namespace corpus
