#include "vcs/commit_queue.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <future>
#include <stdexcept>
#include <thread>

#include "tests/support/child.h"
#include "tests/support/git.h"
#include "tests/support/result_matchers.h"
#include "vcs/maintenance.h"
#include "vcs/tag_writer.h"

namespace vcs {
namespace {

using base::Code;

const Signature kAda{"Ada", "ada@example.com", 1'700'000'000, 60};
const Signature kServer{"Glossator", "glossator@example.com", 1'700'000'001, 0};

CommitRequest request(std::vector<Edit> edits, const std::string& message = "change\n") {
  return {.branch = "refs/heads/main",
          .author = kAda,
          .committer = kServer,
          .message = message,
          .make = [edits](const Snapshot&) -> base::Result<std::vector<Edit>> { return edits; }};
}

struct CommitQueueTest : testing::Test {
  base::TempDir directory = TAKE(base::TempDir::create());
  base::Path path = directory.path() / "project.git";
  std::shared_ptr<Repository> repository = create();
  CommitQueue queue{*repository};

  std::shared_ptr<Repository> create() const {
    test::take(Repository::create(path), "create");
    return TAKE(Repository::open(path));
  }
  std::string git(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"-C", path.string()});
    const test::GitRun run = test::run_git(arguments);
    EXPECT_EQ(run.status, 0) << run.err;
    return run.out;
  }
  void expect_sound() const { EXPECT_EQ(git({"fsck", "--strict", "--full", "--no-dangling"}), ""); }
  CommitResult commit(std::vector<Edit> edits) { return TAKE(queue.commit(request(edits))); }
  base::Result<CommitResult> try_commit(std::vector<Edit> edits) {
    return queue.commit(request(edits));
  }
};

TEST_F(CommitQueueTest, MakesTheFirstCommitOfABranch) {
  const CommitResult result = commit({{"a/b.txt", "one\n"}});
  EXPECT_TRUE(result.is_new);
  EXPECT_EQ(git({"show", "main:a/b.txt"}), "one\n");
  EXPECT_EQ(git({"rev-parse", "main"}), result.commit.hex() + "\n");
  EXPECT_EQ(git({"rev-parse", "main:a/b.txt"}), result.blobs.at("a/b.txt").hex() + "\n");
  expect_sound();
}

TEST_F(CommitQueueTest, KeepsAuthorCommitterAndMessage) {
  commit({{"a", "1"}});
  EXPECT_EQ(git({"log", "-1", "--format=%an <%ae> %at|%cn <%ce> %ct|%B", "main"}),
            "Ada <ada@example.com> 1700000000|Glossator <glossator@example.com> "
            "1700000001|change\n\n");
}

TEST_F(CommitQueueTest, TakesABlobThatIsThereAlready) {
  const ObjectId blob = commit({{"a", "1"}}).blobs.at("a");
  commit({{.path = "b", .blob = blob}});
  EXPECT_EQ(git({"show", "main:b"}), "1");
  expect_sound();
}

TEST_F(CommitQueueTest, PutsCommitsOfOthersOnTheBranch) {
  const ObjectId first = commit({{"a", "1"}}).commit;
  CommitRequest moving;
  moving.advance = [&](ObjectOverlay& objects, const ObjectId& tip) -> base::Result<ObjectId> {
    EXPECT_EQ(tip, first);
    Commit next = TRY(read_commit(objects, tip));
    next.parents = {tip};
    next.message = "made elsewhere\n";
    return objects.add(ObjectKind::commit, print_commit(next));
  };
  const CommitResult moved = TAKE(queue.commit(std::move(moving)));
  EXPECT_TRUE(moved.is_new);
  EXPECT_EQ(git({"log", "--format=%H %s", "main"}),
            moved.commit.hex() + " made elsewhere\n" + first.hex() + " change\n");
  expect_sound();
}

TEST_F(CommitQueueTest, StaysWhereItIsIfThereIsNothingToAdvanceTo) {
  const ObjectId first = commit({{"a", "1"}}).commit;
  CommitRequest staying;
  staying.advance = [](ObjectOverlay&, const ObjectId& tip) { return base::Result(tip); };
  EXPECT_EQ(TAKE(queue.commit(staying)), (CommitResult{first, false, {}}));
  staying.advance = [](ObjectOverlay& objects, const ObjectId&) -> base::Result<ObjectId> {
    return objects.add(ObjectKind::blob, "no commit");
  };
  EXPECT_FALSE(queue.commit(staying).ok());
  EXPECT_EQ(git({"rev-parse", "main"}), first.hex() + "\n");
}

TEST_F(CommitQueueTest, RewritesOnlyWhatChanged) {
  commit({{"a/x", "1"}, {"b/y", "2"}});
  const std::string before = git({"rev-parse", "main:b"});
  commit({{"a/x", "3"}});
  EXPECT_EQ(git({"rev-parse", "main:b"}), before);
  EXPECT_EQ(git({"rev-list", "--count", "main"}), "2\n");
}

TEST_F(CommitQueueTest, DeletesFilesAndEmptyDirectories) {
  commit({{"a/b/c", "1"}, {"d", "2"}});
  commit({{"a/b/c"}});
  EXPECT_EQ(git({"ls-tree", "-r", "--name-only", "main"}), "d\n");
  EXPECT_EQ(git({"ls-tree", "--name-only", "main"}), "d\n");
}

TEST_F(CommitQueueTest, DeletesTheLastFile) {
  commit({{"a", "1"}});
  commit({{"a"}});
  EXPECT_EQ(git({"ls-tree", "main"}), "");
  commit({{"b", "2"}});
  expect_sound();
}

TEST_F(CommitQueueTest, ReplacesAFileByADirectoryAndBack) {
  commit({{"a", "1"}});
  commit({{"a"}, {"a/b", "2"}});
  EXPECT_EQ(git({"show", "main:a/b"}), "2");
  commit({{"a", "3"}, {"a/b"}});
  EXPECT_EQ(git({"show", "main:a"}), "3");
  expect_sound();
}

TEST_F(CommitQueueTest, RefusesAFileInTheWay) {
  commit({{"a", "1"}});
  EXPECT_EQ(test::code_of(try_commit({{"a/b", "2"}})), Code::conflict);
  EXPECT_EQ(test::code_of(try_commit({{"a/b/c/d", "2"}})), Code::conflict);
}

TEST_F(CommitQueueTest, RefusesADirectoryInTheWay) {
  commit({{"a/b", "1"}});
  EXPECT_EQ(test::code_of(try_commit({{"a", "2"}})), Code::conflict);
  EXPECT_EQ(test::code_of(try_commit({{"a"}})), Code::conflict);
}

TEST_F(CommitQueueTest, RefusesPathsThatNoTreeMayHold) {
  for (const char* path :
       {"", "/a", "a/", "a//b", "../a", "a/./b", ".git/config", "a/.GIT", "a\nb", "a:b"}) {
    EXPECT_EQ(test::code_of(try_commit({{path, "1"}})), Code::invalid) << path;
  }
  EXPECT_EQ(test::code_of(try_commit({{"a", "1"}, {"a", "2"}})), Code::invalid);
  EXPECT_EQ(repository->refs().find("refs/heads/main"), std::nullopt);
}

TEST_F(CommitQueueTest, RefusesIdentitiesThatGitCannotRead) {
  CommitRequest bad = request({{"a", "1"}});
  bad.author.name = "Ada <x>\n";
  EXPECT_EQ(test::code_of(queue.commit(bad)), Code::invalid);
  bad = request({{"a", "1"}});
  bad.branch = "main";
  EXPECT_EQ(test::code_of(queue.commit(bad)), Code::invalid);
}

TEST_F(CommitQueueTest, ReturnsTheTipIfNothingChanges) {
  const CommitResult first = commit({{"a", "1"}});
  const CommitResult again = commit({{"a", "1"}});
  EXPECT_FALSE(again.is_new);
  EXPECT_EQ(again.commit, first.commit);
  EXPECT_EQ(again.blobs, first.blobs);
  EXPECT_EQ(commit({}).commit, first.commit);
  EXPECT_EQ(commit({{"not/there"}}).commit, first.commit);
}

TEST_F(CommitQueueTest, AnEmptyEditOfAnUnbornBranchMakesNothing) {
  EXPECT_EQ(commit({}).commit, kNoObject);
  EXPECT_EQ(repository->refs().find("refs/heads/main"), std::nullopt);
}

TEST_F(CommitQueueTest, MergesBringTheirParents) {
  const CommitResult base = commit({{"a", "1"}});
  CommitRequest side = request({{"b", "2"}});
  side.branch = "refs/proposals/1";
  const CommitResult other = TAKE(queue.commit(side));
  CommitRequest merge = request({});
  merge.other_parents = {other.commit};
  const CommitResult merged = TAKE(queue.commit(merge));
  EXPECT_TRUE(merged.is_new);
  EXPECT_EQ(TAKE(read_commit(*repository, merged.commit)).parents,
            (std::vector<ObjectId>{base.commit, other.commit}));
  merge.other_parents = {TAKE(ObjectId::from_hex(std::string(40, '1')))};
  EXPECT_EQ(test::code_of(queue.commit(merge)), Code::not_found);
}

TEST_F(CommitQueueTest, AFailingMakerFailsOnlyItsOwnRequest) {
  CommitRequest bad = request({});
  bad.make = [](const Snapshot&) -> base::Result<std::vector<Edit>> {
    return base::Error{Code::denied, "no"};
  };
  EXPECT_EQ(test::code_of(queue.commit(bad)), Code::denied);
  bad.make = [](const Snapshot&) -> base::Result<std::vector<Edit>> {
    throw std::runtime_error("oops");
  };
  EXPECT_EQ(test::code_of(queue.commit(bad)), Code::internal);
  EXPECT_TRUE(commit({{"a", "1"}}).is_new);
}

// Holds the first batch until all others wait: then they must share one batch.
TEST_F(CommitQueueTest, WaitingRequestsShareOnePackAndSeeEachOther) {
  constexpr int kThreads = 16;
  std::promise<void> open;
  std::shared_future<void> gate = open.get_future().share();
  std::promise<void> leading;
  CommitRequest first = request({});
  first.make = [&](const Snapshot&) -> base::Result<std::vector<Edit>> {
    leading.set_value();
    gate.wait();
    return std::vector<Edit>{{"counter", "0"}};
  };
  std::thread leader([&] { EXPECT_OK(queue.commit(first)); });
  leading.get_future().wait();
  const auto increment = [](const Snapshot& tip) -> base::Result<std::vector<Edit>> {
    const int value = std::stoi(TRY(tip.read("counter")));
    return std::vector<Edit>{{"counter", std::to_string(value + 1)}};
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      CommitRequest next = request({});
      next.make = increment;
      EXPECT_OK(queue.commit(next));
    });
  }
  open.set_value();
  leader.join();
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(git({"show", "main:counter"}), std::to_string(kThreads));
  EXPECT_EQ(git({"rev-list", "--count", "main"}), std::to_string(kThreads + 1) + "\n");
  expect_sound();
}

TEST_F(CommitQueueTest, ManyThreadsLoseNothing) {
  constexpr int kThreads = 8;
  constexpr int kEach = 10;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        const std::string path = "d" + std::to_string(i) + "/f" + std::to_string(t);
        EXPECT_OK(queue.commit(request({{path, std::to_string(i)}})));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const std::string files = git({"ls-tree", "-r", "--name-only", "main"});
  EXPECT_EQ(std::count(files.begin(), files.end(), '\n'), kThreads * kEach);
  EXPECT_EQ(git({"rev-list", "--count", "main"}), std::to_string(kThreads * kEach) + "\n");
  expect_sound();
}

TEST_F(CommitQueueTest, BranchesDoNotWaitForEachOther) {
  std::promise<void> open;
  CommitRequest slow = request({});
  std::promise<void> leading;
  slow.make = [&](const Snapshot&) -> base::Result<std::vector<Edit>> {
    leading.set_value();
    open.get_future().wait();
    return std::vector<Edit>{{"a", "1"}};
  };
  std::thread thread([&] { EXPECT_OK(queue.commit(slow)); });
  leading.get_future().wait();
  CommitRequest other = request({{"b", "2"}});
  other.branch = "refs/proposals/1";
  EXPECT_OK(queue.commit(other));
  open.set_value();
  thread.join();
}

TEST_F(CommitQueueTest, EvaluatesAgainWhenAPushMovesTheBranch) {
  commit({{"a", "1"}});
  std::atomic<int> calls = 0;
  CommitRequest overtaken = request({});
  overtaken.make = [&](const Snapshot& tip) -> base::Result<std::vector<Edit>> {
    if (++calls == 1) {
      // A second queue stands for the push.
      CommitQueue push(*repository);
      TRY(push.commit(request({{"pushed", "x"}})));
    }
    return std::vector<Edit>{{"saw", tip.entry("pushed").value() ? "push" : "nothing"}};
  };
  ASSERT_OK(queue.commit(overtaken));
  EXPECT_EQ(calls, 2);
  EXPECT_EQ(git({"show", "main:saw"}), "push");
  EXPECT_EQ(git({"show", "main:pushed"}), "x");
  expect_sound();
}

TEST_F(CommitQueueTest, GivesUpOnABranchThatKeepsMoving) {
  int calls = 0;
  CommitRequest overtaken = request({});
  overtaken.make = [&](const Snapshot&) -> base::Result<std::vector<Edit>> {
    CommitQueue push(*repository);
    TRY(push.commit(request({{"pushed", std::to_string(++calls)}})));
    return std::vector<Edit>{{"mine", "1"}};
  };
  EXPECT_EQ(test::code_of(queue.commit(overtaken)), Code::busy);
}

// Saves in a child process that ends at the given step of the second save; what was acknowledged
// before must be there afterwards, and the repository must be sound.
struct CrashTest : CommitQueueTest, testing::WithParamInterface<DurableStep> {};

TEST_P(CrashTest, AcknowledgedCommitsSurvive) {
  const int end = test::in_child([&] {
    bool armed = false;
    auto opened = Repository::open(path);
    CommitQueue doomed(**opened, [&](DurableStep step) {
      if (armed && step == GetParam()) ::_exit(42);
    });
    if (!doomed.commit(request({{"a", "acknowledged"}})).ok()) return 1;
    armed = true;
    (void)doomed.commit(request({{"a", "under way"}})).ok();
    return 2;
  });
  ASSERT_EQ(end, 42);

  const RecoveryReport report = TAKE(recover(path));
  EXPECT_EQ(report.damaged, std::vector<std::string>{});
  repository = TAKE(Repository::open(path));
  expect_sound();
  const bool has_moved = GetParam() == DurableStep::ref_moved;
  EXPECT_EQ(git({"show", "main:a"}), has_moved ? "under way" : "acknowledged");
  for (const auto& file : std::filesystem::directory_iterator(path / "objects" / "pack")) {
    EXPECT_TRUE(file.path().filename().string().starts_with("pack-")) << file.path();
  }
  CommitQueue next(*repository);
  ASSERT_OK(next.commit(request({{"b", "after"}})));
  expect_sound();
}

INSTANTIATE_TEST_SUITE_P(Steps, CrashTest,
                         testing::Values(DurableStep::pack_written, DurableStep::index_written,
                                         DurableStep::pack_renamed, DurableStep::index_renamed,
                                         DurableStep::objects_durable, DurableStep::ref_moved),
                         [](const auto& param) {
                           return "Step" + std::to_string(static_cast<int>(param.param));
                         });

TEST_F(CommitQueueTest, CreatesATagOnce) {
  const ObjectId commit_id = commit({{"a", "1"}}).commit;
  const Tag tag{commit_id, ObjectKind::commit, "datasets/claims/v1.0.0", kAda, "manifest\n"};
  const ObjectId id = TAKE(create_tag(*repository, tag));
  EXPECT_EQ(git({"rev-parse", "refs/tags/datasets/claims/v1.0.0"}), id.hex() + "\n");
  EXPECT_EQ(git({"rev-parse", "datasets/claims/v1.0.0^{commit}"}), commit_id.hex() + "\n");
  EXPECT_EQ(test::code_of(create_tag(*repository, tag)), Code::conflict);
  expect_sound();
}

TEST_F(CommitQueueTest, RefusesTagsThatGitWouldRefuse) {
  const ObjectId commit_id = commit({{"a", "1"}}).commit;
  Tag tag{commit_id, ObjectKind::commit, "a..b", kAda, "m\n"};
  EXPECT_EQ(test::code_of(create_tag(*repository, tag)), Code::invalid);
  tag.name = "v1";
  tag.target_kind = ObjectKind::tree;
  EXPECT_EQ(test::code_of(create_tag(*repository, tag)), Code::invalid);
  tag.target = TAKE(ObjectId::from_hex(std::string(40, '2')));
  EXPECT_EQ(test::code_of(create_tag(*repository, tag)), Code::not_found);
}

}  // namespace
}  // namespace vcs
