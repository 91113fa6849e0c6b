#include <gtest/gtest.h>

#include "corpus/merge.h"
#include "tests/support/corpus_generators.h"
#include "tests/support/result_matchers.h"

namespace corpus {
namespace {

using test::code_of;

using Outcome = FileMerge::Outcome;

std::string line(int id, const std::string& label) {
  return R"({"id":")" + test::ulid(id) + R"(","type":"span","label":")" + label +
         R"(","words":[1]})" + "\n";
}

FileMerge merge(std::optional<std::string_view> base, std::optional<std::string_view> ours,
                std::optional<std::string_view> theirs,
                PathKind kind = PathKind::page_annotations) {
  return TAKE(merge_file(kind, base, ours, theirs));
}

TEST(MergeFile, MergesLinesById) {
  const std::string base = line(1, "a"), ours = base + line(3, "c"), theirs = base + line(2, "b");
  const FileMerge result = merge(base, ours, theirs);
  EXPECT_EQ(result.outcome, Outcome::merged);
  EXPECT_EQ(result.text, line(1, "a") + line(2, "b") + line(3, "c"));
}

TEST(MergeFile, FilesOfBothSidesMergeWithoutABase) {
  const std::string ours = line(1, "a"), theirs = line(2, "b");
  EXPECT_EQ(merge(std::nullopt, ours, theirs).text, ours + theirs);
}

TEST(MergeFile, MarksTheLinesInQuestionOnly) {
  const std::string base = line(1, "a") + line(2, "b");
  const std::string ours = line(1, "a") + line(2, "x");
  const std::string theirs = line(1, "a") + line(2, "y");
  const FileMerge result = merge(base, ours, theirs);
  EXPECT_EQ(result.outcome, Outcome::conflicts);
  EXPECT_EQ(result.conflicts.size(), 1u);
  EXPECT_EQ(result.text, ours);
  EXPECT_EQ(result.marked, line(1, "a") + "<<<<<<< ours\n" + line(2, "x") + "||||||| base\n" +
                               line(2, "b") + "=======\n" + line(2, "y") + ">>>>>>> theirs\n");
}

TEST(MergeFile, MarksADeletionAsNothing) {
  const std::string base = line(1, "a"), theirs = line(1, "b");
  const FileMerge result = merge(base, "", theirs);
  EXPECT_EQ(result.marked,
            "<<<<<<< ours\n||||||| base\n" + base + "=======\n" + theirs + ">>>>>>> theirs\n");
}

TEST(MergeFile, OneSidedChangesAreTakenAsTheyAre) {
  EXPECT_EQ(merge("x", "y", "x", PathKind::guideline).text, "y");
  EXPECT_EQ(merge("x", "x", std::nullopt, PathKind::guideline).text, std::nullopt);
  EXPECT_EQ(merge("not json", "not json", line(1, "a")).text, line(1, "a"));
}

TEST(MergeFile, SaysWhatCannotBeMerged) {
  EXPECT_EQ(merge("x", "y", "z", PathKind::guideline).outcome, Outcome::unmergeable);
  EXPECT_EQ(merge("x", "y", "z", PathKind::document).outcome, Outcome::unmergeable);
  EXPECT_EQ(merge("x", "y", "z", PathKind::unknown).outcome, Outcome::unmergeable);
}

TEST(MergeFile, SaysWhoseTextIsBroken) {
  const auto result = merge_file(PathKind::page_annotations, "", line(1, "a"), "{]");
  ASSERT_EQ(code_of(result), base::Code::invalid);
  EXPECT_NE(to_string(result.error()).find("their side"), std::string::npos);
}

TEST(MergeFile, RefusesTwoSidesThatAreTooMuchTogether) {
  const auto numbered = [](int number) {
    std::string text = line(0, "total");
    return text.replace(text.find(test::ulid(0)) + 21, 5, std::to_string(number));
  };
  std::string ours, theirs;
  for (int i = 0; i < 15'000; ++i) {
    ours += numbered(10'000 + i);
    theirs += numbered(50'000 + i);
  }
  EXPECT_EQ(test::code_of(merge_file(PathKind::page_annotations, "", ours, theirs)),
            base::Code::limit);
}

TEST(MergeFile, MergesReviewsByState) {
  const FileMerge result = merge(std::nullopt, R"({"state":"in_progress"})",
                                 R"({"state":"submitted","submitted_by":"a@b"})", PathKind::review);
  EXPECT_EQ(result.text, R"({"state":"submitted","submitted_by":"a@b"})"
                         "\n");
}

TEST(MergeFile, MergesSchemas) {
  const FileMerge result = merge(R"({"labels":[]})", R"({"labels":[{"name":"a"}]})",
                                 R"({"labels":[{"name":"b"}]})", PathKind::schema);
  EXPECT_EQ(TAKE(parse_schema(*result.text)).labels.size(), 2u);
}

}  // namespace
}  // namespace corpus
