#include "corpus/review.h"

#include <gtest/gtest.h>

#include "corpus/merge.h"
#include "tests/support/result_matchers.h"

namespace corpus {
namespace {

using test::code_of;

using S = ReviewState;
using base::Code;

constexpr std::string_view kAda = "ada@example.org";
constexpr std::string_view kBob = "bob@example.org";

Review in_state(S state) {
  Review out;
  out.state = state;
  return out;
}

Review submitted_by(std::string_view who) {
  Review out = in_state(S::submitted);
  out.submitted_by = who;
  return out;
}

Review judged_by(std::string_view who, S state) {
  Review out = submitted_by(kAda);
  out.state = state;
  out.reviewer = who;
  return out;
}

TEST(Review, ReadsBackAsPrinted) {
  Review review = judged_by(kBob, S::rejected);
  review.reviewed["pages/0001.annotations.jsonl"] = std::string(40, 'a');
  review.reason = "two totals";
  review.extra["x-ticket"] = 7;
  EXPECT_EQ(TAKE(parse_review(print_review(review))), review);
}

TEST(Review, RefusesUnknownStatesAndBlobs) {
  const auto state = parse_review(R"({"state":"acepted"})");
  ASSERT_FALSE(state.ok());
  EXPECT_EQ(to_string(state.error()),
            "1:10: \"state\" cannot be \"acepted\"; did you mean \"accepted\"?");
  EXPECT_FALSE(parse_review(R"({"state":"new","reviewed":{"a":"b"}})").ok());
}

TEST(Review, AnnotatorsSubmitAndReviewersJudge) {
  const ProjectPolicy policy;
  EXPECT_OK(may_move(S::new_, S::in_progress, Role::annotator, Work::own, policy));
  EXPECT_OK(may_move(S::in_progress, S::submitted, Role::annotator, Work::own, policy));
  EXPECT_OK(may_move(S::submitted, S::accepted, Role::reviewer, Work::of_others, policy));
  EXPECT_EQ(code_of(may_move(S::submitted, S::accepted, Role::annotator, Work::of_others, policy)),
            Code::denied);
  EXPECT_EQ(code_of(may_move(S::in_progress, S::submitted, Role::uploader, Work::own, policy)),
            Code::denied);
}

TEST(Review, NothingIsAcceptedUnseen) {
  for (const S from : {S::new_, S::in_progress}) {
    EXPECT_EQ(code_of(may_move(from, S::accepted, Role::owner, Work::of_others, {})),
              Code::conflict);
  }
  EXPECT_EQ(code_of(may_move(S::accepted, S::new_, Role::owner, Work::of_others, {})),
            Code::conflict);
}

TEST(Review, OwnWorkIsJudgedOnlyWhereTheProjectAllows) {
  EXPECT_EQ(code_of(may_move(S::submitted, S::accepted, Role::owner, Work::own, {})), Code::denied);
  EXPECT_OK(may_move(S::submitted, S::accepted, Role::owner, Work::own, {.self_review = true}));
}

TEST(Review, AChangeNamesWhoMadeIt) {
  const Review before = in_state(S::in_progress);
  EXPECT_OK(may_change_review(before, submitted_by(kAda), Role::annotator, kAda, {}));
  EXPECT_EQ(code_of(may_change_review(before, submitted_by(kBob), Role::annotator, kAda, {})),
            Code::denied);
  EXPECT_OK(may_change_review(submitted_by(kAda), judged_by(kBob, S::accepted), Role::reviewer,
                              kBob, {}));
  EXPECT_EQ(code_of(may_change_review(submitted_by(kAda), judged_by(kAda, S::accepted),
                                      Role::reviewer, kBob, {})),
            Code::denied);
  EXPECT_EQ(code_of(may_change_review(submitted_by(kAda), judged_by(kAda, S::accepted),
                                      Role::reviewer, kAda, {})),
            Code::denied);
}

TEST(Review, ASubmitterCannotBeRewrittenToAcceptOwnWork) {
  Review after = judged_by(kAda, S::accepted);
  after.submitted_by = kBob;
  EXPECT_EQ(code_of(may_change_review(submitted_by(kAda), after, Role::reviewer, kAda, {})),
            Code::denied);
}

TEST(Review, AVerdictsDetailsAreForReviewers) {
  const Review before = judged_by(kBob, S::accepted);
  Review after = before;
  after.reviewed["annotations.jsonl"] = std::string(40, 'b');
  EXPECT_EQ(code_of(may_change_review(before, after, Role::annotator, kAda, {})), Code::denied);
}

TEST(Review, AnEditReopens) {
  const Review reopened = after_edit(judged_by(kBob, S::accepted), "edited");
  EXPECT_EQ(reopened.state, S::in_progress);
  EXPECT_TRUE(reopened.reviewer.empty());
  EXPECT_EQ(after_edit(in_state(S::rejected), "edited"), in_state(S::rejected));
}

TEST(ReviewMerge, TheFurtherStepForwardWins) {
  const auto merge = merge_reviews(in_state(S::new_), in_state(S::in_progress), submitted_by(kAda));
  EXPECT_EQ(merge.merged, submitted_by(kAda));
  EXPECT_TRUE(merge.conflicts.empty());
}

TEST(ReviewMerge, AnEditAfterAcceptanceReopens) {
  const Review base = submitted_by(kAda);
  const Review edited = after_edit(base, "edited");
  const auto merge = merge_reviews(base, judged_by(kBob, S::accepted), edited);
  EXPECT_EQ(merge.merged, edited);
  EXPECT_EQ(merge_reviews(base, edited, judged_by(kBob, S::accepted)).merged, edited);
}

TEST(ReviewMerge, AcceptedAgainstRejectedIsAQuestion) {
  const auto merge =
      merge_reviews(submitted_by(kAda), judged_by(kBob, S::accepted), judged_by(kBob, S::rejected));
  ASSERT_EQ(merge.conflicts.size(), 1u);
  EXPECT_EQ(merge.conflicts[0].field, "state");
}

}  // namespace
}  // namespace corpus
