#include "server/flow/history.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "tests/support/corpus_generators.h"
#include "tests/support/git.h"
#include "tests/support/result_matchers.h"

namespace server {
namespace {

// A document whose labels have some versions, each a commit, written past every check.
class HistoryTest : public testing::Test {
 protected:
  std::string commit(const std::string& labels, const std::string& review = "{}") {
    return git.commit({{directory + "/document.json", "{}"},
                       {directory + "/annotations.jsonl", labels},
                       {directory + "/review.json", review}});
  }
  DocumentChanges diff(const std::string& from, const std::string& to) {
    OpenProject
        project;  // opened now: a repository that is open knows nothing of git's own commits
    project.repository = TAKE(vcs::Repository::open(git.path()));
    return TAKE(diff_document(project, kMain, id, from, to));
  }
  static std::string label(int number) {
    return R"({"id":")" + test::ulid(number) + R"(","type":"class","label":"letter"})" + "\n";
  }

  const test::TestRepository git;
  const corpus::DocumentId id = corpus::DocumentId::of(base::sha256_of("document"));
  const std::string directory = corpus::document_dir({}, id);
};

TEST_F(HistoryTest, TellsAnnotationsNotLines) {
  const auto changes = diff(commit(label(1)), commit(label(2) + "\n" + label(1)));
  ASSERT_EQ(changes.annotations.size(), 1U);
  EXPECT_EQ(changes.annotations[0].kind, AnnotationEvent::Kind::added);
  EXPECT_EQ(changes.annotations[0].after.id.text, test::ulid(2));
  EXPECT_TRUE(changes.unreadable.empty());
}

TEST_F(HistoryTest, SaysWhichFileCannotBeRead) {
  const std::string good = commit(label(1));
  const std::string broken = commit("[[[");
  for (const auto& [from, to] : {std::pair(good, broken), std::pair(broken, good)}) {
    const auto changes = diff(from, to);
    EXPECT_EQ(changes.unreadable, std::vector<std::string>{"annotations.jsonl"});
    EXPECT_TRUE(changes.annotations.empty());
  }
}

TEST_F(HistoryTest, GoesOnBesideWhatCannotBeRead) {
  const auto changes = diff(commit(label(1)), commit(label(2) + label(1), "{\"state\":7}"));
  EXPECT_EQ(changes.unreadable, std::vector<std::string>{"review.json"});
  EXPECT_EQ(changes.review, std::nullopt);
  EXPECT_EQ(changes.annotations.size(), 1U);
}

TEST_F(HistoryTest, SaysWhereTheReviewMovedToAndOnlyIfItMoved) {
  const std::string submitted = commit(label(1), R"({"state":"submitted"})");
  const std::string looked_at =
      commit(label(2), R"({"state":"submitted","reviewed":{"annotations.jsonl":")" +
                           std::string(40, 'a') + R"("}})");
  const std::string accepted = commit(label(2), R"({"state":"accepted"})");
  EXPECT_EQ(diff(submitted, looked_at).review, std::nullopt);
  EXPECT_EQ(diff(looked_at, accepted).review, "accepted");
}

TEST_F(HistoryTest, TakesAFileInTheDocumentsPlaceForNoDocument) {
  const std::string odd = git.commit({{directory, "a file"}});
  const std::string good = commit(label(1));
  EXPECT_EQ(diff(odd, good).annotations.size(), 1U);
}

}  // namespace
}  // namespace server
