#include "vcs/detail/commit_graph.h"

#include "tests/vcs/maintenance_fixture.h"
#include "vcs/commit.h"
#include "vcs/maintenance.h"

namespace vcs {
namespace {

using base::Code;

struct CommitGraphTest : MaintenanceTest {
  bool update(size_t min_new = 1) {
    return TAKE(update_commit_graph(*repository, {.min_new = min_new}));
  }
  CommitGraph graph() const { return TAKE(CommitGraph::open(commit_graph_path(path))); }
  void import(const std::string& history) {
    git({"fast-import", "--quiet", "--done"}, history);
    ASSERT_OK(repository->refresh());
    ASSERT_OK(repository->refs().reload_if_changed());
  }
};

TEST_F(CommitGraphTest, IsOneThatGitVerifies) {
  import(test::random_history(5, 200));
  ASSERT_TRUE(update());
  git({"commit-graph", "verify"});
  EXPECT_EQ(std::to_string(graph().count()) + "\n", git({"rev-list", "--count", "--all"}));
  expect_sound();
}

TEST_F(CommitGraphTest, SaysWhatCommitsSay) {
  import(test::random_history(7, 60));
  ASSERT_TRUE(update());
  const CommitGraph read = graph();
  for (uint32_t i = 0; i < read.count(); ++i) {
    const GraphCommit commit = TAKE(read.at(i));
    const Commit stored = TAKE(read_commit(*repository, commit.id));
    EXPECT_EQ(commit.tree, stored.tree);
    EXPECT_EQ(commit.parents, stored.parents);
    EXPECT_EQ(commit.time, static_cast<uint64_t>(stored.committer.time));
    EXPECT_EQ(read.find(commit.id), i);
  }
  EXPECT_FALSE(read.find(kNoObject));
}

TEST_F(CommitGraphTest, HoldsMergesOfMany) {
  save(1);
  const std::string root = git({"rev-parse", "main"}).substr(0, 40);
  std::vector<std::string> merge = {"commit-tree", "-m", "many", root + "^{tree}"};
  for (int i = 0; i < 5; ++i) {
    const std::string side = git({"-c", "user.name=A", "-c", "user.email=a@b", "commit-tree", "-p",
                                  root, "-m", std::to_string(i), root + "^{tree}"});
    merge.insert(merge.end(), {"-p", side.substr(0, 40)});
  }
  merge.insert(merge.begin(), {"-c", "user.name=A", "-c", "user.email=a@b"});
  const std::string tip = git(merge).substr(0, 40);
  git({"update-ref", "refs/heads/many", tip});
  ASSERT_OK(repository->refs().reload_if_changed());
  ASSERT_TRUE(update());
  git({"commit-graph", "verify"});
  const CommitGraph read = graph();
  const auto position = read.find(TAKE(ObjectId::from_hex(tip)));
  ASSERT_TRUE(position);
  EXPECT_EQ(TAKE(read.at(*position)).parents.size(), 5u);
}

TEST_F(CommitGraphTest, IsWrittenAnewWhenHistoryHasGrown) {
  save(3);
  EXPECT_FALSE(update(4));
  EXPECT_TRUE(update(3));
  EXPECT_FALSE(update(1)) << "nothing is new";
  save(2);
  EXPECT_TRUE(update(2));
  EXPECT_EQ(graph().count(), 5u);
  git({"commit-graph", "verify"});
}

TEST_F(CommitGraphTest, IsMadeAnewIfItIsDamaged) {
  save(3);
  ASSERT_TRUE(update());
  const base::Path file = commit_graph_path(path);
  std::string bytes = TAKE(base::read_file(file));
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  ASSERT_OK(base::write_file_durably(file, bytes));
  EXPECT_EQ(test::code_of(CommitGraph::open(file)), Code::internal);
  EXPECT_TRUE(update(3));
  git({"commit-graph", "verify"});
}

TEST_F(CommitGraphTest, OfAnEmptyRepositoryIsNone) {
  EXPECT_FALSE(update());
  EXPECT_EQ(test::code_of(CommitGraph::open(commit_graph_path(path))), Code::not_found);
}

}  // namespace
}  // namespace vcs
