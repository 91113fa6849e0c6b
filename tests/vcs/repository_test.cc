#include "vcs/repository.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/text.h"
#include "tests/support/git.h"
#include "tests/support/result_matchers.h"
#include "vcs/commit.h"
#include "vcs/maintenance.h"
#include "vcs/pack_writer.h"

namespace vcs {
namespace {

ObjectId id(const std::string& hex) {
  return TAKE(ObjectId::from_hex(hex));
}

// Every object of the repository, as git sees it.
std::vector<std::string> all_objects(const test::TestRepository& git) {
  const std::string list =
      git.git({"cat-file", "--batch-all-objects", "--batch-check=%(objectname)"});
  std::vector<std::string> out;
  for (const auto line : base::split(list, '\n')) out.emplace_back(line);
  return out;
}

void expect_reads_all(const test::TestRepository& git) {
  const auto repository = TAKE(Repository::open(git.path()));
  for (const std::string& name : all_objects(git)) {
    const Object object = TAKE(repository->read(id(name)));
    EXPECT_EQ(object_id_of(object.kind, object.content).hex(), name);
    const ObjectHeader header = TAKE(repository->header(id(name)));
    EXPECT_EQ(header, (ObjectHeader{object.kind, object.content.size()}));
    EXPECT_TRUE(repository->contains(id(name)));
  }
}

TEST(Repository, IsOneThatGitReads) {
  const auto directory = TAKE(base::TempDir::create());
  const base::Path path = directory.path() / "a" / "b.git";
  ASSERT_OK(Repository::create(path, "main"));
  const auto head = test::run_git({"-C", path.string(), "symbolic-ref", "HEAD"});
  EXPECT_EQ(head.out, "refs/heads/main\n");
  EXPECT_EQ(test::run_git({"-C", path.string(), "fsck", "--strict"}).status, 0);
  const auto repository = TAKE(Repository::open(path));
  EXPECT_EQ(repository->refs().head(), (Head{"refs/heads/main", std::nullopt}));
}

TEST(Repository, IsNotCreatedTwice) {
  const auto directory = TAKE(base::TempDir::create());
  ASSERT_OK(Repository::create(directory.path()));
  EXPECT_EQ(test::code_of(Repository::create(directory.path())), base::Code::conflict);
}

TEST(Repository, ReadsLooseObjects) {
  const test::TestRepository git;
  for (int i = 0; i < 3; ++i) {
    git.git({"hash-object", "-w", "--stdin"}, "content " + std::to_string(i));
  }
  expect_reads_all(git);
}

TEST(Repository, ReadsDeltasOfADeepPack) {
  const test::TestRepository git;
  git.git({"fast-import", "--quiet", "--done"}, test::random_history(1, 60));
  git.git({"repack", "-adfq", "--depth=50", "--window=50"});
  expect_reads_all(git);
}

TEST(Repository, ReadsDeltasThatNameTheirBase) {
  const test::TestRepository git;
  git.git({"fast-import", "--quiet", "--done"}, test::random_history(2, 40));
  git.git({"-c", "repack.useDeltaBaseOffset=false", "repack", "-adfq"});
  expect_reads_all(git);
}

TEST(Repository, SaysThatAnObjectIsNotThere) {
  const test::TestRepository git;
  const auto repository = TAKE(Repository::open(git.path()));
  EXPECT_EQ(test::code_of(repository->read(kNoObject)), base::Code::not_found);
  EXPECT_EQ(test::code_of(repository->header(kNoObject)), base::Code::not_found);
}

TEST(Repository, RefusesAnObjectOverTheLimit) {
  const test::TestRepository git;
  const std::string name = git.git({"hash-object", "-w", "--stdin"}, std::string(1000, 'x'));
  const auto repository = TAKE(Repository::open(git.path()));
  EXPECT_EQ(test::code_of(repository->read(id(name), 999)), base::Code::limit);
  EXPECT_OK(repository->read(id(name), 1000));
}

TEST(Repository, RefusesALooseObjectThatACrashCutShort) {
  const test::TestRepository git;
  std::string content;
  for (int i = 0; i < 20000; ++i) content += std::to_string(i * 7919);
  const std::string name = git.git({"hash-object", "-w", "--stdin"}, content);
  const base::Path file = git.path() / "objects" / name.substr(0, 2) / name.substr(2);
  std::filesystem::permissions(file, std::filesystem::perms::owner_all);
  std::filesystem::resize_file(file, 9000);
  const auto repository = TAKE(Repository::open(git.path()));
  EXPECT_EQ(test::code_of(repository->read(id(name))), base::Code::internal);
}

TEST(Repository, SeesAPackThatWasAdded) {
  const test::TestRepository git;
  const auto repository = TAKE(Repository::open(git.path()));
  const std::string name = git.commit({{"a", "1\n"}});
  git.git({"repack", "-adq"});
  EXPECT_FALSE(repository->contains(id(name)));
  for (const auto& entry : std::filesystem::directory_iterator(repository->pack_directory())) {
    if (entry.path().extension() == ".pack") {
      ASSERT_OK(repository->pack_added(entry.path().stem().string()));
    }
  }
  EXPECT_TRUE(repository->contains(id(name)));
}

TEST(Repository, ForgetsPacksThatWentOnRefresh) {
  const test::TestRepository git;
  const std::string name = git.commit({{"a", "1\n"}});
  git.git({"repack", "-adq"});
  const auto repository = TAKE(Repository::open(git.path()));
  for (const auto& entry : std::filesystem::directory_iterator(repository->pack_directory())) {
    std::filesystem::remove(entry.path());
  }
  EXPECT_TRUE(repository->contains(id(name)));
  ASSERT_OK(repository->refresh());
  EXPECT_FALSE(repository->contains(id(name)));
}

// Whoever writes a pack says so only after it is durable; maintenance may be faster.
TEST(Repository, TakesAPackThatMaintenanceHasJoinedAlready) {
  const auto directory = TAKE(base::TempDir::create());
  ASSERT_OK(Repository::create(directory.path()));
  const auto repository = TAKE(Repository::open(directory.path()));
  PackWriter first, second;
  first.add(ObjectKind::blob, "one");
  ASSERT_OK(first.write(*repository));
  const ObjectId two = second.add(ObjectKind::blob, "two");
  const std::string name = TAKE(second.write(repository->pack_directory()));
  ASSERT_EQ(TAKE(roll_up(*repository, {.min_packs = 2})).packs_after, 1u);
  ASSERT_OK(repository->pack_added(name));
  EXPECT_EQ(TAKE(repository->read(two)).content, "two");
}

TEST(ObjectOverlay, ShowsPendingObjectsOverTheRepository) {
  const test::TestRepository git;
  const std::string stored = git.git({"hash-object", "-w", "--stdin"}, "stored");
  const auto repository = TAKE(Repository::open(git.path()));
  ObjectOverlay overlay(*repository);
  const ObjectId added = overlay.add(ObjectKind::blob, "pending");
  overlay.add(ObjectKind::blob, "stored");
  EXPECT_EQ(TAKE(overlay.read(added)).content, "pending");
  EXPECT_EQ(TAKE(overlay.read(id(stored))).content, "stored");
  EXPECT_EQ(overlay.added().size(), 1u);
}

TEST(ObjectOverlay, HoldsOnlyItsOwnOverAnother) {
  const test::TestRepository git;
  const auto repository = TAKE(Repository::open(git.path()));
  ObjectOverlay below(*repository);
  const ObjectId earlier = below.add(ObjectKind::blob, "earlier");
  ObjectOverlay overlay(static_cast<const ObjectReader&>(below));
  const ObjectId own = overlay.add(ObjectKind::blob, "own");
  overlay.add(ObjectKind::blob, "earlier");
  EXPECT_EQ(TAKE(overlay.read(earlier)).content, "earlier");
  ASSERT_EQ(overlay.added().size(), 1u);
  EXPECT_EQ(overlay.added().front().id, own);
  below.add_all(std::move(overlay));
  EXPECT_EQ(below.added().size(), 2u);
}

}  // namespace
}  // namespace vcs
