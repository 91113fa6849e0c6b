#include "vcs/history.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "tests/support/git.h"
#include "tests/support/result_matchers.h"
#include "vcs/repository.h"

namespace vcs {
namespace {

struct HistoryTest : testing::Test {
  test::TestRepository git;

  ObjectId id(const std::string& name) {
    return TAKE(ObjectId::from_hex(git.git({"rev-parse", name})));
  }
  std::vector<std::string> log(HistoryQuery query) {
    const auto repository = TAKE(Repository::open(git.path()));
    std::vector<std::string> ids;
    while (true) {
      const HistoryPage page = TAKE(history_of(*repository, query));
      for (const HistoryEntry& entry : page.entries) ids.push_back(entry.id.hex());
      if (!page.next) return ids;
      query.after = page.next;
    }
  }
  std::vector<std::string> git_log(const std::string& tip, const std::string& path) {
    const std::string text = git.git({"rev-list", tip, "--", path});
    std::vector<std::string> ids;
    if (text.empty()) return ids;
    for (const auto line : base::split(text, '\n')) ids.emplace_back(line);
    return ids;
  }
};

TEST_F(HistoryTest, OfAPathIsThatOfGit) {
  git.git({"fast-import", "--quiet", "--done"}, test::random_history(21, 80));
  for (const char* tip : {"refs/heads/main", "refs/heads/b1", "refs/heads/b2"}) {
    for (const char* path : {"d0", "d1/e2", "d2/e1/f3", "nothing"}) {
      EXPECT_EQ(log({.start = id(tip), .path = path}), git_log(tip, path)) << tip << ' ' << path;
    }
  }
}

TEST_F(HistoryTest, IsTheSameInPages) {
  git.git({"fast-import", "--quiet", "--done"}, test::random_history(22, 60));
  const HistoryQuery whole{.start = id("refs/heads/main"), .path = "d1"};
  HistoryQuery paged = whole;
  paged.limit = 2;
  EXPECT_EQ(log(paged), log(whole));
  paged.limit = 50;
  paged.walk_limit = 3;
  EXPECT_EQ(log(paged), log(whole));
}

TEST_F(HistoryTest, OfEverythingListsEachCommit) {
  git.git({"fast-import", "--quiet", "--done"}, test::random_history(23, 30));
  EXPECT_EQ(log({.start = id("refs/heads/main"), .path = ""}).size(),
            base::split(git.git({"rev-list", "refs/heads/main"}), '\n').size());
}

// A file of lines "key=value".
base::Result<std::optional<std::string>> value_of_b(std::string_view content) {
  if (content.starts_with("broken")) return base::Error{base::Code::invalid, "broken"};
  for (const auto line : base::split(content, '\n')) {
    const std::string_view text = base::trim(line);
    if (text.starts_with("b=")) return std::optional(std::string(text.substr(2)));
  }
  return std::optional<std::string>();
}

struct BlameTest : HistoryTest {
  std::optional<std::string> blame(const std::string& tip) {
    const auto repository = TAKE(Repository::open(git.path()));
    const auto entry = TAKE(blame_value(*repository, id(tip), "dir/file", value_of_b));
    if (!entry) return std::nullopt;
    return entry->id.hex();
  }
  std::string save(const std::string& content) { return git.commit({{"dir/file", content}}); }
};

TEST_F(BlameTest, NamesWhoGaveTheValue) {
  save("a=1\nb=1\n");
  const std::string changed = save("a=1\nb=2\n");
  save("a=5\nb=2\n");
  git.commit({{"other", "x"}});
  EXPECT_EQ(blame("main"), changed);
}

TEST_F(BlameTest, GivesReformattingNoAuthorship) {
  const std::string made = save("a=1\nb=2\n");
  save("  b=2\n  a=1\n");
  EXPECT_EQ(blame("main"), made);
}

TEST_F(BlameTest, CountsAnUnreadableRevisionAsWithoutTheValue) {
  save("b=2\n");
  save("broken");
  const std::string back = save("b=2\n");
  EXPECT_EQ(blame("main"), back);
}

TEST_F(BlameTest, HasNoAnswerForAValueThatIsNotThere) {
  save("a=1\n");
  EXPECT_EQ(blame("main"), std::nullopt);
  EXPECT_EQ(blame(git.commit({{"dir/file", "c"}})), std::nullopt);
}

TEST_F(BlameTest, FollowsTheSideOfAMergeThatHasTheValue) {
  save("b=1\n");
  const std::string base = git.git({"rev-parse", "main"});
  const std::string theirs = git.git(
      {"commit-tree", "-p", base, "-m", "theirs",
       git.git({"mktree"},
               "040000 tree " +
                   git.git({"mktree"}, "100644 blob " +
                                           git.git({"hash-object", "-w", "--stdin"}, "b=9\n") +
                                           "\tfile\n") +
                   "\tdir\n")});
  const std::string ours = save("b=1\nc=1\n");
  const std::string merge =
      git.git({"commit-tree", "-p", ours, "-p", theirs, "-m", "merge", theirs + "^{tree}"});
  EXPECT_EQ(blame(merge), theirs);
}

}  // namespace
}  // namespace vcs
