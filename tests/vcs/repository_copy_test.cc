#include "vcs/repository_copy.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "tests/support/git.h"
#include "tests/support/result_matchers.h"
#include "vcs/commit_queue.h"
#include "vcs/maintenance.h"
#include "vcs/repository.h"

namespace vcs {
namespace {

namespace fs = std::filesystem;

struct RepositoryCopyTest : testing::Test {
  base::TempDir directory = TAKE(base::TempDir::create());
  base::Path source = directory.path() / "live", target = directory.path() / "copy";
  std::shared_ptr<Repository> repository = create();

  std::shared_ptr<Repository> create() const {
    test::take(base::make_directories(source), "make");
    test::take(Repository::create(source / "p.git"), "create");
    return TAKE(Repository::open(source / "p.git"));
  }
  ObjectId save(CommitQueue& queue, int number) const {
    const std::string content = std::to_string(number);
    return TAKE(queue.commit({.branch = "refs/heads/main",
                              .author = {"Ada", "a@b", number, 0},
                              .committer = {"Ada", "a@b", number, 0},
                              .message = "save\n",
                              .make = [&](const Snapshot&) -> base::Result<std::vector<Edit>> {
                                return std::vector<Edit>{{"d/f" + content, content}};
                              }}))
        .commit;
  }
  void copy(const base::Path& to) const {
    base::FileCopier copier(source, to);
    ASSERT_OK(copy_repository(copier, "p.git"));
  }
  static std::string git(const base::Path& where, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"-C", where.string()});
    const test::GitRun run = test::run_git(arguments, "");
    EXPECT_EQ(run.status, 0) << run.err;
    return run.out;
  }
};

TEST_F(RepositoryCopyTest, HasTheSameRefsAndHistory) {
  CommitQueue queue(*repository);
  const ObjectId first = save(queue, 1);
  save(queue, 2);
  ASSERT_OK(repository->refs().update({.name = "refs/proposals/1", .target = first}));
  copy(target);
  for (const auto& arguments :
       {std::vector<std::string>{"for-each-ref"}, {"log", "--format=%H", "main"}}) {
    EXPECT_EQ(git(target / "p.git", arguments), git(source / "p.git", arguments));
  }
  EXPECT_EQ(git(target / "p.git", {"fsck", "--strict", "--full", "--no-dangling"}), "");
  EXPECT_TRUE(TAKE(Repository::open(target / "p.git"))->refs().find("refs/proposals/1"));
}

TEST_F(RepositoryCopyTest, OfAnEmptyRepositoryIsOne) {
  copy(target);
  EXPECT_EQ(TAKE(Repository::open(target / "p.git"))->refs().head().target, "refs/heads/main");
}

TEST_F(RepositoryCopyTest, KeepsWhatTagsName) {
  CommitQueue queue(*repository);
  save(queue, 1);
  git(source / "p.git",
      {"-c", "user.name=a", "-c", "user.email=a@b", "tag", "-a", "-m", "t", "v1", "main"});
  std::vector<RefUpdate> many;
  for (int i = 0; i < 100; ++i) {
    many.push_back({.name = "refs/tags/t" + std::to_string(i),
                    .target = repository->refs().find("refs/heads/main")});
  }
  ASSERT_OK(repository->refs().update(many));
  copy(target);
  EXPECT_FALSE(fs::exists(target / "p.git/refs/tags/t1")) << "many refs are one file";
  EXPECT_EQ(git(target / "p.git", {"show-ref", "-d"}), git(source / "p.git", {"show-ref", "-d"}));
}

TEST_F(RepositoryCopyTest, IsWholeAtEveryMoment) {
  CommitQueue queue(*repository);
  save(queue, 0);
  std::atomic<bool> stop = false;
  std::thread saving([&] {
    for (int i = 1; !stop; ++i) save(queue, i);
  });
  std::thread rolling([&] {
    while (!stop) EXPECT_OK(roll_up(*repository, {.min_packs = 2}));
  });
  std::thread tagging([&] {  // two refs that only ever move together
    while (!stop) {
      const auto tip = repository->refs().find("refs/heads/main");
      EXPECT_OK(repository->refs().update(std::vector<RefUpdate>{
          {.name = "refs/heads/a", .target = tip}, {.name = "refs/heads/b", .target = tip}}));
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  });
  for (int i = 0; i < 5; ++i) {
    const auto before = *repository->refs().find("refs/heads/main");
    const base::Path to = directory.path() / std::to_string(i);
    copy(to);
    EXPECT_EQ(git(to / "p.git", {"fsck", "--strict", "--full", "--no-dangling"}), "");
    EXPECT_EQ(git(to / "p.git", {"merge-base", before.hex(), "main"}), before.hex() + "\n");
    const auto opened = TAKE(Repository::open(to / "p.git"));
    EXPECT_EQ(opened->refs().find("refs/heads/a"), opened->refs().find("refs/heads/b"));
  }
  stop = true;
  saving.join();
  rolling.join();
  tagging.join();
}

}  // namespace
}  // namespace vcs
