#include "vcs/refs.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "tests/support/git.h"
#include "tests/support/result_matchers.h"
#include "vcs/detail/ref_files.h"
#include "vcs/repository.h"

namespace vcs {
namespace {

using base::Code;

ObjectId id(const std::string& hex) {
  return TAKE(ObjectId::from_hex(hex));
}

// Two commits, and the repository that holds them.
struct RefsTest : testing::Test {
  test::TestRepository git;
  ObjectId first = id(git.commit({{"a", "1\n"}}));
  ObjectId second = id(git.commit({{"a", "2\n"}}));
  std::shared_ptr<Repository> repository = TAKE(Repository::open(git.path()));
  Refs& refs = repository->refs();

  std::string git_value(const std::string& name) {
    return test::run_git({"-C", git.path().string(), "rev-parse", "--verify", "-q", name}).out;
  }
  std::shared_ptr<Repository> reopen() { return TAKE(Repository::open(git.path())); }
};

TEST(RefName, FollowsGitsRules) {
  for (const char* good : {"refs/heads/main", "refs/for/main", "refs/tags/datasets/a/v1.0.0",
                           "refs/heads/\xc3\xa4", "refs/heads/a@b"}) {
    EXPECT_TRUE(is_valid_ref_name(good)) << good;
  }
  for (const char* bad : {"main",
                          "refs/heads/",
                          "/refs/heads/a",
                          "refs//a",
                          "refs/heads/a..b",
                          "refs/heads/.a",
                          "refs/heads/a.lock",
                          "refs/heads/a.lock/b",
                          "refs/heads/a.",
                          "refs/heads/a@{b",
                          "refs/heads/a b",
                          "refs/heads/a~b",
                          "refs/heads/a^",
                          "refs/heads/a:b",
                          "refs/heads/a?",
                          "refs/heads/*",
                          "refs/heads/[a",
                          "refs/heads/a\\b",
                          "refs/heads/a\x01",
                          "refs/heads/\xff"}) {
    EXPECT_FALSE(is_valid_ref_name(bad)) << bad;
  }
}

TEST_F(RefsTest, AreThoseOfGit) {
  git.git({"tag", "-a", "-m", "x", "v1", first.hex()});
  git.git({"pack-refs", "--all"});
  git.git({"branch", "loose", second.hex()});
  const auto again = reopen();
  EXPECT_EQ(again->refs().head(), (Head{"refs/heads/main", second}));
  const auto list = again->refs().list();
  ASSERT_EQ(list.size(), 3u);
  EXPECT_EQ(list[0], (Ref{"refs/heads/loose", second, std::nullopt}));
  EXPECT_EQ(list[1].name, "refs/heads/main");
  EXPECT_EQ(list[2].peeled, first);
}

TEST_F(RefsTest, MoveForGitToo) {
  ASSERT_OK(refs.update({.name = "refs/heads/main", .expected = second, .target = first}));
  EXPECT_EQ(git_value("refs/heads/main"), first.hex() + "\n");
  EXPECT_EQ(refs.find("refs/heads/main"), first);
}

TEST_F(RefsTest, StayWhereTheyAreIfNotWhereExpected) {
  const auto moved = refs.update({.name = "refs/heads/main", .expected = first, .target = first});
  EXPECT_EQ(test::code_of(moved), Code::conflict);
  EXPECT_EQ(refs.find("refs/heads/main"), second);
  const auto created =
      refs.update({.name = "refs/heads/main", .expected = kNoObject, .target = first});
  EXPECT_EQ(test::code_of(created), Code::conflict);
}

TEST_F(RefsTest, ChangeTogetherOrNotAtAll) {
  const std::vector<RefUpdate> updates = {
      {.name = "refs/heads/new", .expected = kNoObject, .target = first},
      {.name = "refs/heads/main", .expected = first, .target = second}};
  EXPECT_EQ(test::code_of(refs.update(updates)), Code::conflict);
  EXPECT_EQ(git_value("refs/heads/new"), "");
}

TEST_F(RefsTest, GoFromPackedRefsToo) {
  git.git({"branch", "other", first.hex()});
  git.git({"pack-refs", "--all"});
  const auto again = reopen();
  ASSERT_OK(again->refs().update({.name = "refs/heads/other", .expected = first}));
  EXPECT_EQ(git_value("refs/heads/other"), "");
  EXPECT_EQ(git_value("refs/heads/main"), second.hex() + "\n");
  EXPECT_EQ(reopen()->refs().list().size(), 1u);
}

TEST_F(RefsTest, RefuseNamesThatClash) {
  EXPECT_EQ(test::code_of(refs.update({.name = "refs/heads/main/x", .target = first})),
            Code::conflict);
  ASSERT_OK(refs.update({.name = "refs/heads/a/b", .target = first}));
  EXPECT_EQ(test::code_of(refs.update({.name = "refs/heads/a", .target = first})), Code::conflict);
  const std::vector<RefUpdate> both = {{.name = "refs/heads/x", .target = first},
                                       {.name = "refs/heads/x/y", .target = first}};
  EXPECT_EQ(test::code_of(refs.update(both)), Code::conflict);
}

TEST_F(RefsTest, ClashWithPackedRefs) {
  git.git({"pack-refs", "--all"});
  EXPECT_EQ(test::code_of(reopen()->refs().update({.name = "refs/heads/main/x", .target = first})),
            Code::conflict);
}

TEST_F(RefsTest, TakeThePlaceOfADeletedDirectory) {
  ASSERT_OK(refs.update({.name = "refs/heads/a/b", .target = first}));
  ASSERT_OK(refs.update({.name = "refs/heads/a/b"}));
  ASSERT_OK(refs.update({.name = "refs/heads/a", .target = second}));
  EXPECT_EQ(git_value("refs/heads/a"), second.hex() + "\n");
}

TEST_F(RefsTest, RefuseBadNamesAndDoubles) {
  EXPECT_EQ(test::code_of(refs.update({.name = "refs/heads/..", .target = first})), Code::invalid);
  EXPECT_EQ(test::code_of(refs.update({.name = "HEAD", .target = first})), Code::invalid);
  const std::vector<RefUpdate> twice = {{.name = "refs/heads/x", .target = first},
                                        {.name = "refs/heads/x", .target = second}};
  EXPECT_EQ(test::code_of(refs.update(twice)), Code::invalid);
}

TEST_F(RefsTest, SayThatAnotherProgramHoldsTheLock) {
  ASSERT_OK(base::write_file_durably(git.path() / "refs/heads/main.lock", ""));
  EXPECT_EQ(test::code_of(refs.update({.name = "refs/heads/main", .target = first})), Code::busy);
  EXPECT_EQ(refs.find("refs/heads/main"), second);
}

TEST_F(RefsTest, LoseStaleLocksWhenOpened) {
  ASSERT_OK(base::write_file_durably(git.path() / "refs/heads/main.lock", ""));
  ASSERT_OK(reopen()->refs().update({.name = "refs/heads/main", .target = first}));
}

TEST_F(RefsTest, AreCompletedFromTheJournalOfACrash) {
  git.git({"branch", "gone", first.hex()});
  git.git({"pack-refs", "--all"});
  const std::vector<RefUpdate> updates = {{.name = "refs/heads/gone"},
                                          {.name = "refs/heads/main", .target = first},
                                          {.name = "refs/heads/new", .target = second}};
  ASSERT_OK(base::write_file_durably(ref_journal_path(git.path()), print_ref_journal(updates)));
  const auto again = reopen();
  EXPECT_FALSE(again->refs().find("refs/heads/gone"));
  EXPECT_EQ(git_value("refs/heads/main"), first.hex() + "\n");
  EXPECT_EQ(git_value("refs/heads/new"), second.hex() + "\n");
  EXPECT_FALSE(std::filesystem::exists(ref_journal_path(git.path())));
}

// Of many refs at once: lines of packed-refs, no file for each.
TEST_F(RefsTest, AreOneFileIfManyMoveTogether) {
  git.git({"tag", "-a", "-m", "x", "v1", first.hex()});
  const auto again = reopen();
  const ObjectId tag = *again->refs().find("refs/tags/v1");
  std::vector<RefUpdate> updates = {
      {.name = "refs/heads/main", .expected = second, .target = first},
      {.name = "refs/tags/v1"},
      {.name = "refs/tags/v2", .target = tag}};
  for (int i = 0; i < 200; ++i) {
    updates.push_back({"refs/tags/t" + std::to_string(i), kNoObject, first});
  }
  ASSERT_OK(again->refs().update(updates));
  EXPECT_FALSE(std::filesystem::exists(git.path() / "refs/tags/t7"));
  EXPECT_FALSE(std::filesystem::exists(git.path() / "refs/heads/main"));
  EXPECT_FALSE(std::filesystem::exists(ref_journal_path(git.path())));
  EXPECT_EQ(git_value("refs/heads/main"), first.hex() + "\n");
  EXPECT_EQ(git_value("refs/tags/t199"), first.hex() + "\n");
  EXPECT_EQ(git_value("refs/tags/v1"), "");
  EXPECT_EQ(git_value("refs/tags/v2^{commit}"), first.hex() + "\n");
  EXPECT_EQ(reopen()->refs().list(), again->refs().list());
  ASSERT_OK(again->refs().update({.name = "refs/tags/t7", .expected = first, .target = second}));
  EXPECT_EQ(git_value("refs/tags/t7"), second.hex() + "\n");
  for (RefUpdate& update : updates) update = {.name = update.name};
  ASSERT_OK(again->refs().update(updates));
  EXPECT_EQ(git_value("refs/tags/t7"), "");
  EXPECT_TRUE(reopen()->refs().list().empty());
}

TEST_F(RefsTest, LeaveNoJournalBehind) {
  const std::vector<RefUpdate> updates = {{.name = "refs/heads/a", .target = first},
                                          {.name = "refs/heads/b", .target = second}};
  ASSERT_OK(refs.update(updates));
  EXPECT_FALSE(std::filesystem::exists(ref_journal_path(git.path())));
  EXPECT_EQ(reopen()->refs().list().size(), 3u);
}

TEST_F(RefsTest, KeepTheirValuesWhenPacked) {
  git.git({"tag", "-a", "-m", "x", "v1", first.hex()});
  const auto again = reopen();
  const auto before = again->refs().list();
  ASSERT_OK(again->refs().pack());
  EXPECT_EQ(again->refs().list(), before);
  EXPECT_EQ(reopen()->refs().list(), before);
  EXPECT_FALSE(std::filesystem::exists(git.path() / "refs/heads/main"));
  EXPECT_EQ(git_value("v1^{commit}"), first.hex() + "\n");
  ASSERT_OK(again->refs().update({.name = "refs/heads/main", .target = first}));
  EXPECT_EQ(git_value("refs/heads/main"), first.hex() + "\n");
}

TEST_F(RefsTest, NoticeWhatAnotherProgramChanged) {
  const uint64_t version = refs.version();
  ASSERT_OK(refs.reload_if_changed());
  EXPECT_EQ(refs.version(), version);
  git.git({"branch", "deep/er/branch", first.hex()});
  ASSERT_OK(refs.reload_if_changed());
  EXPECT_EQ(refs.find("refs/heads/deep/er/branch"), first);
  EXPECT_GT(refs.version(), version);
}

TEST_F(RefsTest, PointHeadAtAnotherBranch) {
  ASSERT_OK(refs.set_head("refs/heads/other"));
  EXPECT_EQ(refs.head(), (Head{"refs/heads/other", std::nullopt}));
  EXPECT_EQ(git.git({"symbolic-ref", "HEAD"}), "refs/heads/other");
}

TEST_F(RefsTest, LetOneOfManyThreadsWin) {
  std::atomic<int> won = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      if (refs.update({.name = "refs/heads/main", .expected = second, .target = first}).ok()) ++won;
      (void)refs.list();
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(won, 1);
}

}  // namespace
}  // namespace vcs
