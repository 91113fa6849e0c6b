#include <unistd.h>

#include "tests/support/child.h"
#include "tests/vcs/maintenance_fixture.h"
#include "vcs/detail/commit_graph.h"
#include "vcs/detail/object_view.h"
#include "vcs/maintenance.h"
#include "vcs/pack_writer.h"

namespace vcs {
namespace {

using base::Code;

constexpr int64_t kNow = 1'700'000'000;
constexpr int64_t kDay = 86'400;

struct ExpiryTest : MaintenanceTest {
  // Two saves on main, and two on a branch that is deleted then.
  void lose_a_branch() {
    save(2);
    ASSERT_OK(repository->refs().update(
        {.name = "refs/heads/lost", .target = repository->refs().find("refs/heads/main")}));
    save(2, "refs/heads/lost");
    lost = *repository->refs().find("refs/heads/lost");
    ASSERT_OK(repository->refs().update({.name = "refs/heads/lost"}));
  }
  ExpiryReport look(int64_t now, ExpiryOptions options = {}) {
    options.now = now;
    return TAKE(expire(*repository, options));
  }
  bool is_there(const ObjectId& id) const {
    return test::run_git({"-C", path.string(), "cat-file", "-e", id.hex()}, "").status == 0;
  }

  ObjectId lost;
};

TEST_F(ExpiryTest, LeavesReachableObjectsAlone) {
  save(3);
  const std::string before = git({"rev-list", "--objects", "--all"});
  const ExpiryReport report = look(kNow, {.grace_seconds = 0});
  EXPECT_EQ(report.objects, 12u);  // of each save: a commit, two trees, a blob
  EXPECT_EQ(report.unreachable, 0u);
  EXPECT_EQ(git({"rev-list", "--objects", "--all"}), before);
}

TEST_F(ExpiryTest, RemovesWhatNothingReachesAfterItsGrace) {
  lose_a_branch();
  EXPECT_EQ(look(kNow).expired, 0u);
  EXPECT_EQ(look(kNow + 13 * kDay).expired, 0u);
  EXPECT_TRUE(is_there(lost));
  const ExpiryReport report = look(kNow + 14 * kDay);
  EXPECT_EQ(report.unreachable, 8u);
  EXPECT_EQ(report.expired, 8u);
  EXPECT_GT(report.expired_bytes, 0u);
  EXPECT_FALSE(is_there(lost));
  EXPECT_FALSE(repository->contains(lost));
  EXPECT_EQ(git({"rev-list", "--count", "main"}), "2\n");
  EXPECT_EQ(git({"fsck", "--strict", "--full"}), "") << "nothing dangles";
  EXPECT_EQ(look(kNow + 15 * kDay).unreachable, 0u);
}

TEST_F(ExpiryTest, OnlyTellsInADryRun) {
  lose_a_branch();
  const ExpiryReport report = look(kNow, {.grace_seconds = 0, .dry_run = true});
  EXPECT_EQ(report.expired, 8u);
  EXPECT_TRUE(is_there(lost));
  EXPECT_FALSE(fs::exists(expiry_notes_path(path)));
}

TEST_F(ExpiryTest, BeginsTheGraceAnewForWhatWasReachableMeanwhile) {
  lose_a_branch();
  look(kNow);
  ASSERT_OK(repository->refs().update({.name = "refs/heads/found", .target = lost}));
  look(kNow + 10 * kDay);
  ASSERT_OK(repository->refs().update({.name = "refs/heads/found"}));
  look(kNow + 11 * kDay);
  EXPECT_EQ(look(kNow + 20 * kDay).expired, 0u);
  EXPECT_EQ(look(kNow + 25 * kDay).expired, 8u);
}

TEST_F(ExpiryTest, KeepsWhatAYoungerUnreachableObjectNeeds) {
  lose_a_branch();
  look(kNow);
  ASSERT_OK(repository->refs().update({.name = "refs/heads/again", .target = lost}));
  save(1, "refs/heads/again");
  const ObjectId younger = *repository->refs().find("refs/heads/again");
  ASSERT_OK(repository->refs().update({.name = "refs/heads/again"}));
  // The older ones were never seen to be reachable in between.
  const ExpiryReport report = look(kNow + 14 * kDay);
  EXPECT_EQ(report.unreachable, 12u);
  EXPECT_EQ(report.expired, 0u);
  ASSERT_OK(repository->refs().update({.name = "refs/heads/again", .target = younger}));
  expect_sound();
}

TEST_F(ExpiryTest, CountsHiddenRefs) {
  lose_a_branch();
  ASSERT_OK(repository->refs().update({.name = "refs/proposals/1", .target = lost}));
  EXPECT_EQ(look(kNow, {.grace_seconds = 0}).unreachable, 0u);
}

TEST_F(ExpiryTest, LeavesKeptPacksAlone) {
  lose_a_branch();
  for (const auto& file : fs::directory_iterator(packs)) {
    if (file.path().extension() == ".pack") touch(fs::path(file.path()).replace_extension("keep"));
  }
  EXPECT_EQ(count_packs(), 4u);
  look(kNow, {.grace_seconds = 0});
  EXPECT_EQ(count_packs(), 4u);
  EXPECT_TRUE(is_there(lost));
}

TEST_F(ExpiryTest, RemovesLooseObjects) {
  save(1);
  const std::string hex = git({"hash-object", "-w", "--stdin"}, "nobody names me").substr(0, 40);
  const ObjectId loose = TAKE(ObjectId::from_hex(hex));
  EXPECT_EQ(look(kNow, {.grace_seconds = 0}).expired, 1u);
  EXPECT_FALSE(is_there(loose));
}

TEST_F(ExpiryTest, WaitsForThoseWhoHoldObjects) {
  lose_a_branch();
  {
    const auto held = repository->hold_objects();
    ExpiryOptions options{.grace_seconds = 0, .now = kNow};
    int asked = 0;
    options.stop = [&] { return ++asked > 20; };  // not the whole patience
    EXPECT_EQ(test::code_of(expire(*repository, options)), Code::busy);
    EXPECT_TRUE(is_there(lost));
    EXPECT_OK(repository->read(lost));
  }
  EXPECT_EQ(look(kNow, {.grace_seconds = 0}).expired, 8u);
  expect_sound();
}

// A push may bring a ref to an old object while expiry copies packs.
TEST_F(ExpiryTest, SparesWhatARefCameToNameMeanwhile) {
  lose_a_branch();
  ASSERT_OK(roll_up(*repository, {.min_packs = 2}));  // one pack, which is written anew
  const auto bring_back = [&](DurableStep step) {
    if (step != DurableStep::pack_written) return;
    test::take(repository->refs().update({.name = "refs/heads/found", .target = lost}), "ref");
  };
  const auto report = TAKE(expire(*repository, {.grace_seconds = 0, .now = kNow}, bring_back));
  EXPECT_TRUE(report.is_put_off);
  EXPECT_EQ(git({"rev-list", "--count", "found"}), "4\n");
  expect_sound();
}

TEST_F(ExpiryTest, ReadersKeepTheirView) {
  lose_a_branch();
  const auto view = repository->view();
  look(kNow, {.grace_seconds = 0});
  EXPECT_OK(view->read(lost));
  EXPECT_EQ(test::code_of(repository->read(lost)), Code::not_found);
}

TEST_F(ExpiryTest, LeavesNoCommitOfTheGraphMissing) {
  lose_a_branch();
  ASSERT_OK(repository->refs().update({.name = "refs/heads/lost", .target = lost}));
  ASSERT_TRUE(TAKE(update_commit_graph(*repository, {.min_new = 1})));
  ASSERT_OK(repository->refs().update({.name = "refs/heads/lost"}));
  look(kNow, {.grace_seconds = 0});
  EXPECT_FALSE(fs::exists(commit_graph_path(path)));
  expect_sound();
}

TEST_F(ExpiryTest, StartsAnewWithDamagedNotes) {
  lose_a_branch();
  look(kNow);
  touch(expiry_notes_path(path), "0123 what\n");
  EXPECT_EQ(look(kNow + 20 * kDay).expired, 0u);
  EXPECT_EQ(look(kNow + 34 * kDay).expired, 8u);
}

TEST_F(ExpiryTest, CanBeStopped) {
  lose_a_branch();
  ExpiryOptions options{.grace_seconds = 0, .now = kNow};
  options.stop = [] { return true; };
  EXPECT_EQ(test::code_of(expire(*repository, options)), Code::busy);
  EXPECT_TRUE(is_there(lost));
}

struct ExpiryCrashTest : ExpiryTest, testing::WithParamInterface<DurableStep> {};

TEST_P(ExpiryCrashTest, LosesNothingReachable) {
  lose_a_branch();
  ASSERT_OK(roll_up(*repository, {.min_packs = 2}));  // so that a pack has both kinds of objects
  const std::string before = git({"rev-list", "--objects", "--all"});
  const int end = test::in_child([&] {
    (void)expire(*repository, {.grace_seconds = 0, .now = kNow}, [](DurableStep step) {
      if (step == GetParam()) ::_exit(42);
    }).ok();
    return 1;
  });
  ASSERT_EQ(end, 42);
  EXPECT_EQ(TAKE(recover(path)).damaged, std::vector<std::string>{});
  repository = TAKE(Repository::open(path));
  EXPECT_EQ(git({"rev-list", "--objects", "--all"}), before);
  expect_sound();
  EXPECT_EQ(look(kNow, {.grace_seconds = 0}).expired, 8u);
  EXPECT_EQ(git({"rev-list", "--objects", "--all"}), before);
  EXPECT_FALSE(is_there(lost));
}

INSTANTIATE_TEST_SUITE_P(Steps, ExpiryCrashTest,
                         testing::Values(DurableStep::pack_written, DurableStep::index_written,
                                         DurableStep::pack_renamed, DurableStep::index_renamed,
                                         DurableStep::packs_replaced),
                         [](const auto& param) {
                           return "Step" + std::to_string(static_cast<int>(param.param));
                         });

}  // namespace
}  // namespace vcs
