#include "vcs/pack_writer.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/git.h"
#include "tests/support/result_matchers.h"
#include "vcs/detail/delta.h"
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

NewObject edited(std::string content, const ObjectId& like) {
  return {object_id_of(ObjectKind::blob, content), {ObjectKind::blob, std::move(content)}, like};
}

// Texts of which each differs from the one before in one place.
std::vector<NewObject> versions(int count) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += std::to_string(i * 7919L) + "\n";
  std::vector<NewObject> all = {edited(text, kNoObject)};
  for (int i = 1; i < count; ++i) {
    text.replace(static_cast<size_t>(i), 3, std::to_string(100 + i));
    all.push_back(edited(text, all.back().id));
  }
  return all;
}

TEST(PackWriter, StoresWhatWasEditedAsADelta) {
  const test::TestRepository git;
  const auto all = versions(40);
  PackWriter writer;
  for (const NewObject& version : all) writer.add(version);
  EXPECT_LT(writer.byte_count(), 2000u);
  const std::string name = TAKE(writer.write(git.path() / "objects" / "pack"));
  git.git({"fsck", "--strict", "--full"});
  for (const NewObject& version : all) {
    EXPECT_EQ(git.git({"cat-file", "blob", version.id.hex()}) + "\n", version.object.content);
  }
}

TEST(PackWriter, KeepsChainsShort) {
  const test::TestRepository git;
  PackWriter writer;
  for (const NewObject& version : versions(40)) writer.add(version);
  const std::string name = TAKE(writer.write(git.path() / "objects" / "pack"));
  const std::string told = git.git({"verify-pack", "-v", "objects/pack/" + name + ".pack"});
  EXPECT_NE(told.find("chain length = 16:"), std::string::npos) << told;
  EXPECT_EQ(told.find("chain length = 17:"), std::string::npos) << told;
}

TEST(PackWriter, StoresWholeWhatIsLikeNothingInThePack) {
  const test::TestRepository git;
  const auto all = versions(2);
  PackWriter writer;
  writer.add(all[1]);                                    // what it is like is not there
  writer.add(edited(std::string(500, 'x'), all[1].id));  // and this is like nothing
  const std::string name = TAKE(writer.write(git.path() / "objects" / "pack"));
  const std::string told = git.git({"verify-pack", "-v", "objects/pack/" + name + ".pack"});
  EXPECT_NE(told.find("non delta: 2 objects"), std::string::npos) << told;
}

TEST(Delta, OfOneChangeMakesTheContentAgain) {
  const std::string long_text(200'000, 'a');
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", ""},
      {"", "new"},
      {"old", ""},
      {"same", "same"},
      {"one two three", "one 2 three"},
      {"aaaa", "aaaaaaa"},  // start and end may not overlap
      {"aaaaaaa", "aaaa"},
      {long_text + "b" + long_text, long_text + std::string(300, 'c') + long_text},
  };
  for (const auto& [base, content] : cases) {
    const std::string delta = delta_of_one_change(base, content);
    EXPECT_EQ(TAKE(apply_delta(base, delta, 1 << 20)), content);
    EXPECT_LT(delta.size(), 400u);
  }
}

}  // namespace
}  // namespace vcs
