#include "corpus/comments.h"

#include <gtest/gtest.h>

#include "tests/support/corpus_generators.h"
#include "tests/support/result_matchers.h"

namespace corpus {
namespace {

constexpr std::string_view kAda = "ada@example.org";
constexpr std::string_view kBob = "bob@example.org";

Comment comment(int n, std::string_view author, std::string text) {
  Comment out;
  out.id.text = test::ulid(n);
  out.page = 1;
  out.author = author;
  out.at = 1'700'000'000'000;
  out.text = std::move(text);
  return out;
}

std::string error_of(const std::string& text) {
  const auto result = read_comments(text);
  return result.ok() ? "no error" : to_string(result.error());
}

size_t refused(const std::vector<Comment>& before, const std::vector<Comment>& after,
               std::string_view person) {
  Diagnostics problems;
  check_comment_changes(before, parse_comments(print_comments(after)), person, problems);
  return problems.count();
}

TEST(Comments, PrintsSortedAndReadsBack) {
  const std::vector<Comment> sorted = {comment(1, kAda, "one"), comment(2, kBob, "two")};
  EXPECT_EQ(TAKE(read_comments(print_comments({sorted[1], sorted[0]}))), sorted);
}

TEST(Comments, RepliesAnswerACommentOfTheFile) {
  Comment reply = comment(2, kBob, "yes");
  reply.reply_to = CommentId{test::ulid(1)};
  EXPECT_OK(read_comments(print_comments({comment(1, kAda, "?"), reply})));
  EXPECT_EQ(error_of(print_comments({reply})),
            "1:124: \"reply_to\" names a comment that is not in this file");
}

TEST(Comments, HangOnOneThing) {
  Comment both = comment(1, kAda, "x");
  both.annotation = AnnotationId{test::ulid(9)};
  EXPECT_EQ(error_of(print_comments({both})),
            "1:85: a comment has \"annotation\" or \"page\", not both");
}

TEST(Comments, NeedAWriterATimeAndWords) {
  EXPECT_NE(error_of(R"({"id":")" + test::ulid(1) + R"("})"), "no error");
  EXPECT_NE(error_of(print_comments({comment(1, kAda, "")})), "no error");
}

TEST(Comments, OnesOwnMayBeWrittenChangedAndRemoved) {
  EXPECT_EQ(refused({}, {comment(1, kAda, "x")}, kAda), 0u);
  EXPECT_EQ(refused({comment(1, kAda, "x")}, {comment(1, kAda, "y")}, kAda), 0u);
  EXPECT_EQ(refused({comment(1, kAda, "x")}, {}, kAda), 0u);
}

TEST(Comments, OthersMayOnlyBeResolved) {
  Comment resolved = comment(1, kAda, "x");
  resolved.resolved = true;
  EXPECT_EQ(refused({comment(1, kAda, "x")}, {resolved}, kBob), 0u);
  EXPECT_EQ(refused({comment(1, kAda, "x")}, {comment(1, kAda, "y")}, kBob), 1u);
  EXPECT_EQ(refused({comment(1, kAda, "x")}, {comment(1, kBob, "x")}, kBob), 1u);
  EXPECT_EQ(refused({comment(1, kAda, "x")}, {}, kBob), 1u);
  EXPECT_EQ(refused({}, {comment(1, kAda, "x")}, kBob), 1u);
}

}  // namespace
}  // namespace corpus
