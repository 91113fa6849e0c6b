#include "vcs/pack_writer.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/git.h"
#include "tests/support/result_matchers.h"
#include "vcs/tree.h"

namespace vcs {
namespace {

size_t files_in(const base::Path& directory) {
  return static_cast<size_t>(std::distance(std::filesystem::directory_iterator(directory), {}));
}

TEST(PackWriter, WritesAPackThatGitVerifies) {
  const test::TestRepository git;
  PackWriter writer;
  const ObjectId blob = writer.add(ObjectKind::blob, "hello\n");
  const ObjectId tree = writer.add(ObjectKind::tree, print_tree({{kModeFile, "a.txt", blob}}));
  const std::string name = TAKE(writer.write(git.path() / "objects" / "pack"));
  EXPECT_EQ(git.git({"cat-file", "-p", tree.hex()}),
            "100644 blob ce013625030ba8dba906f756967f9e9ca394464a\ta.txt");
  git.git({"verify-pack", "objects/pack/" + name + ".pack"});
  // git makes the same index of it.
  git.git({"index-pack", "-o", "remade.idx", "objects/pack/" + name + ".pack"});
  EXPECT_EQ(TAKE(base::read_file(git.path() / "remade.idx")),
            TAKE(base::read_file(git.path() / "objects" / "pack" / (name + ".idx"))));
}

TEST(PackWriter, StoresAnObjectOnce) {
  PackWriter writer;
  writer.add(ObjectKind::blob, "a");
  writer.add(ObjectKind::blob, "a");
  EXPECT_EQ(writer.object_count(), 1u);
}

TEST(PackWriter, GivesBackWhatIsNotWrittenYet) {
  PackWriter writer;
  const ObjectId id = writer.add(ObjectKind::blob, "a");
  EXPECT_EQ(writer.find(id), "a");
  EXPECT_EQ(writer.find(kNoObject), std::nullopt);
}

TEST(PackWriter, WritesNoFileWithoutObjects) {
  const base::TempDir dir = TAKE(base::TempDir::create());
  PackWriter writer;
  EXPECT_EQ(TAKE(writer.write(dir.path())), "");
  EXPECT_EQ(files_in(dir.path()), 0u);
}

TEST(PackWriter, LeavesNothingTemporaryBehind) {
  const base::TempDir dir = TAKE(base::TempDir::create());
  PackWriter writer;
  writer.add(ObjectKind::blob, "a");
  ASSERT_OK(writer.write(dir.path()));
  EXPECT_EQ(files_in(dir.path()), 2u);
}

TEST(PackWriter, LeavesNothingBehindWhenItCannotWrite) {
  const base::TempDir dir = TAKE(base::TempDir::create());
  ASSERT_OK(base::write_file_durably(dir.path() / "file", ""));
  PackWriter writer;
  writer.add(ObjectKind::blob, "a");
  EXPECT_FALSE(writer.write(dir.path() / "file" / "pack").ok());
  EXPECT_EQ(files_in(dir.path()), 1u);
}

TEST(PackWriter, HoldsLargeObjects) {
  const test::TestRepository git;
  std::string content;
  for (int i = 0; i < 300000; ++i) content += std::to_string(i * 7919L);
  PackWriter writer;
  const ObjectId id = writer.add(ObjectKind::blob, content);
  ASSERT_OK(writer.write(git.path() / "objects" / "pack"));
  EXPECT_EQ(git.git({"cat-file", "-s", id.hex()}), std::to_string(content.size()));
  git.git({"fsck", "--strict", "--full"});
}

TEST(PackWriter, ShowsTheRepositoryWhatItWrote) {
  const test::TestRepository git;
  const auto repository = TAKE(Repository::open(git.path()));
  PackWriter writer;
  const ObjectId id = writer.add(ObjectKind::blob, "new");
  ASSERT_OK(writer.write(*repository));
  EXPECT_EQ(TAKE(repository->read(id)).content, "new");
}

}  // namespace
}  // namespace vcs
