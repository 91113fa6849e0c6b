#include "vcs/snapshot.h"

#include <gtest/gtest.h>

#include "tests/support/git.h"
#include "tests/support/result_matchers.h"
#include "vcs/repository.h"

namespace vcs {
namespace {

struct SnapshotTest : testing::Test {
  test::TestRepository git;
  ObjectId tip = TAKE(ObjectId::from_hex(git.commit(
      {{"schema.json", "{}\n"}, {"documents/0/a/words", "w\n"}, {"documents/1/b/words", "v\n"}})));
  std::shared_ptr<Repository> repository = TAKE(Repository::open(git.path()));
  Snapshot snapshot = TAKE(Snapshot::at_commit(*repository, tip));

  std::vector<std::string> walk(std::string_view prefix, size_t most = 100) {
    std::vector<std::string> paths;
    TAKE(snapshot.walk(prefix, [&](std::string_view path, const TreeEntry&) -> base::Result<bool> {
      paths.emplace_back(path);
      return paths.size() < most;
    }));
    return paths;
  }
};

TEST_F(SnapshotTest, ReadsAFile) {
  EXPECT_EQ(TAKE(snapshot.read("documents/1/b/words")), "v\n");
}

TEST_F(SnapshotTest, SaysThatAPathIsNotThere) {
  for (const char* path : {"nothing", "documents/9", "schema.json/x", "documents"}) {
    EXPECT_EQ(test::code_of(snapshot.read(path)), base::Code::not_found) << path;
  }
  EXPECT_FALSE(TAKE(snapshot.entry("documents/9/b")).has_value());
}

TEST_F(SnapshotTest, NamesBlobsAsGitDoes) {
  const auto entry = TAKE(snapshot.entry("schema.json"));
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->id.hex(), git.git({"rev-parse", "main:schema.json"}));
}

TEST_F(SnapshotTest, ListsADirectory) {
  const auto entries = TAKE(snapshot.list("documents"));
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0].name, "0");
  EXPECT_TRUE(entries[1].is_tree());
  EXPECT_EQ(TAKE(snapshot.list("")).size(), 2u);
}

TEST_F(SnapshotTest, WalksFilesInOrder) {
  EXPECT_EQ(walk(""), (std::vector<std::string>{"documents/0/a/words", "documents/1/b/words",
                                                "schema.json"}));
  EXPECT_EQ(walk("documents/1"), std::vector<std::string>{"documents/1/b/words"});
  EXPECT_EQ(walk("schema.json"), std::vector<std::string>{"schema.json"});
  EXPECT_TRUE(walk("nothing").empty());
}

TEST_F(SnapshotTest, StopsWhenTold) {
  EXPECT_EQ(walk("", 1).size(), 1u);
}

TEST_F(SnapshotTest, ReadsObjectsThatAreNotWrittenYet) {
  ObjectOverlay pending(*repository);
  const ObjectId blob = pending.add(ObjectKind::blob, "new");
  const ObjectId tree = pending.add(ObjectKind::tree, print_tree({{kModeFile, "a", blob}}));
  EXPECT_EQ(TAKE(Snapshot(pending, tree).read("a")), "new");
}

TEST_F(SnapshotTest, IsEmptyBeforeTheFirstCommit) {
  snapshot = Snapshot::empty(*repository);
  EXPECT_TRUE(walk("").empty());
  EXPECT_TRUE(TAKE(snapshot.list("")).empty());
}

}  // namespace
}  // namespace vcs
