#include "vcs/maintenance.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "tests/support/child.h"
#include "tests/vcs/maintenance_fixture.h"
#include "vcs/detail/object_view.h"
#include "vcs/pack_writer.h"

namespace vcs {
namespace {

using base::Code;

TEST_F(MaintenanceTest, JoinsSmallPacks) {
  save(20);
  const std::string before = git({"rev-list", "--objects", "--all"});
  const RollUpReport report = TAKE(roll_up(*repository));
  EXPECT_EQ(report.packs_before, 20u);
  EXPECT_EQ(report.packs_after, 1u);
  EXPECT_GT(report.bytes_written, 0u);
  EXPECT_EQ(count_packs(), 1u);
  EXPECT_EQ(git({"rev-list", "--objects", "--all"}), before);
  expect_sound();
  save(1);
  expect_sound();
}

TEST_F(MaintenanceTest, LeavesFewPacksAlone) {
  save(7);
  EXPECT_EQ(TAKE(roll_up(*repository)).packs_after, 7u);
}

TEST_F(MaintenanceTest, LeavesLargePacksAlone) {
  save(64);
  ASSERT_OK(roll_up(*repository));
  const base::Path large = first_pack();
  save(9);
  EXPECT_EQ(TAKE(roll_up(*repository)).packs_after, 2u);
  EXPECT_TRUE(fs::exists(large));
  expect_sound();
}

TEST_F(MaintenanceTest, LeavesKeptPacksAlone) {
  save(1);
  const base::Path kept = first_pack();
  touch(base::Path(kept).replace_extension(".keep"), "");
  save(10);
  EXPECT_EQ(TAKE(roll_up(*repository)).packs_after, 2u);
  EXPECT_TRUE(fs::exists(kept));
}

TEST_F(MaintenanceTest, LeavesLargePacksToTheSlowRound) {
  save(64);
  ASSERT_OK(roll_up(*repository));
  save(20);
  RollUpOptions quick;
  quick.max_objects = 100;
  quick.factor = 1000;
  EXPECT_EQ(TAKE(roll_up(*repository, quick)).packs_after, 2u);
}

TEST_F(MaintenanceTest, LeavesClaimedPacksToWhoeverClaimedThem) {
  save(10);
  std::vector<std::string> names;
  for (const auto& pack : repository->view()->packs()) names.push_back(pack->name());
  auto claim = repository->claim_packs({names[0]});
  ASSERT_TRUE(claim);
  EXPECT_FALSE(repository->claim_packs(names));
  EXPECT_EQ(TAKE(roll_up(*repository)).packs_after, 2u);
  claim.reset();
  EXPECT_TRUE(repository->claim_packs({names[0]}));
  expect_sound();
}

TEST_F(MaintenanceTest, TakesAwayGitsIndexOfPacksThatGo) {
  save(10);
  git({"multi-pack-index", "write"});
  ASSERT_OK(roll_up(*repository));
  EXPECT_FALSE(fs::exists(packs / "multi-pack-index"));
  expect_sound();
}

TEST_F(MaintenanceTest, CanBeStopped) {
  save(10);
  RollUpOptions options;
  options.stop = [] { return true; };
  EXPECT_EQ(test::code_of(roll_up(*repository, options)), Code::busy);
  EXPECT_EQ(count_packs(), 10u);
  EXPECT_EQ(TAKE(recover(path)).removed, 0u);
  expect_sound();
}

TEST_F(MaintenanceTest, ReadersKeepTheirView) {
  save(10);
  const auto view = repository->view();
  const ObjectId tip = *repository->refs().find("refs/heads/main");
  ASSERT_OK(roll_up(*repository));
  EXPECT_EQ(count_packs(), 1u);
  EXPECT_OK(view->read(tip));
  EXPECT_OK(repository->read(tip));
}

TEST_F(MaintenanceTest, CopiesDeltasOfGitsPacks) {
  git({"fast-import", "--quiet", "--done"}, test::random_history(3, 80));
  git({"repack", "-adq"});
  ASSERT_OK(repository->refresh());
  ASSERT_OK(repository->refs().reload_if_changed());
  const std::string before = git({"rev-list", "--objects", "--all"});
  const uint64_t size = TAKE(base::file_size(first_pack()));
  save(10);
  RollUpOptions options;
  options.factor = 1000;  // the large pack too
  const RollUpReport report = TAKE(roll_up(*repository, options));
  EXPECT_EQ(report.packs_after, 1u);
  EXPECT_LT(report.bytes_written, size + 10 * 1000) << "deltas were kept";
  const std::string after = git({"rev-list", "--objects", "--all"});
  EXPECT_GE(after.size(), before.size());
  expect_sound();
  ASSERT_OK(verify_pack(first_pack()));
}

TEST_F(MaintenanceTest, StoresAnObjectOfTwoPacksOnce) {
  for (int i = 0; i < 10; ++i) {
    PackWriter writer;
    writer.add(ObjectKind::blob, "same");
    writer.add(ObjectKind::blob, std::to_string(i));
    ASSERT_OK(writer.write(*repository));
  }
  ASSERT_OK(roll_up(*repository));
  const std::string listed = git({"cat-file", "--batch-all-objects", "--batch-check"});
  EXPECT_EQ(std::count(listed.begin(), listed.end(), '\n'), 11);
  EXPECT_EQ(repository->view()->packs().size(), 1u);
}

TEST_F(MaintenanceTest, SavesGoOnMeanwhile) {
  save(10);
  std::thread saver([&] { save(10); });
  for (int i = 0; i < 3; ++i) EXPECT_OK(roll_up(*repository));
  saver.join();
  EXPECT_EQ(git({"rev-list", "--count", "main"}), "20\n");
  expect_sound();
}

TEST_F(MaintenanceTest, PacksManyLooseRefs) {
  save(1);
  const ObjectId tip = *repository->refs().find("refs/heads/main");
  std::vector<RefUpdate> updates;
  for (int i = 0; i < 5; ++i) {
    updates.push_back({"refs/heads/b" + std::to_string(i), kNoObject, tip});
  }
  ASSERT_OK(repository->refs().update(updates));
  RollUpOptions options;
  options.max_loose_refs = 5;
  EXPECT_TRUE(TAKE(roll_up(*repository, options)).refs_packed);
  EXPECT_TRUE(fs::exists(path / "packed-refs"));
  EXPECT_EQ(git({"rev-parse", "refs/heads/b3"}), tip.hex() + "\n");
  EXPECT_FALSE(TAKE(roll_up(*repository, options)).refs_packed);
}

struct RollUpCrashTest : MaintenanceTest, testing::WithParamInterface<DurableStep> {};

TEST_P(RollUpCrashTest, LosesNothing) {
  save(10);
  const std::string before = git({"rev-list", "--objects", "--all"});
  const int end = test::in_child([&] {
    (void)roll_up(*repository, {}, [](DurableStep step) {
      if (step == GetParam()) ::_exit(42);
    }).ok();
    return 1;
  });
  ASSERT_EQ(end, 42);
  EXPECT_EQ(TAKE(recover(path)).damaged, std::vector<std::string>{});
  repository = TAKE(Repository::open(path));
  EXPECT_EQ(git({"rev-list", "--objects", "--all"}), before);
  expect_sound();
  EXPECT_EQ(TAKE(roll_up(*repository)).packs_after, 1u);
  expect_sound();
}

INSTANTIATE_TEST_SUITE_P(Steps, RollUpCrashTest,
                         testing::Values(DurableStep::pack_written, DurableStep::index_written,
                                         DurableStep::pack_renamed, DurableStep::index_renamed,
                                         DurableStep::packs_replaced),
                         [](const auto& param) {
                           return "Step" + std::to_string(static_cast<int>(param.param));
                         });

// --- recovery

TEST_F(MaintenanceTest, RecoveryOfASoundRepositoryDoesNothing) {
  save(3);
  const RecoveryReport report = TAKE(recover(path));
  EXPECT_EQ(report.removed, 0u);
  EXPECT_TRUE(report.damaged.empty());
}

TEST_F(MaintenanceTest, RecoveryRemovesLeftovers) {
  save(1);
  touch(path / "quarantine" / "ab" / "incoming.pack");
  touch(packs / "tmp_pack_0123.pack");
  touch(path / "refs" / "heads" / "main.lock");
  touch(path / "packed-refs.lock");
  EXPECT_EQ(TAKE(recover(path)).removed, 4u);
  EXPECT_FALSE(fs::exists(path / "quarantine"));
  EXPECT_FALSE(fs::exists(path / "refs" / "heads" / "main.lock"));
  EXPECT_EQ(count_packs(), 1u);
  expect_sound();
}

TEST_F(MaintenanceTest, NamesATruncatedPackAndReadsTheRest) {
  save(1);
  const base::Path damaged = first_pack();
  save(1);
  const ObjectId tip = *repository->refs().find("refs/heads/main");
  fs::permissions(damaged, fs::perms::owner_all);
  fs::resize_file(damaged, 40);
  const RecoveryReport report = TAKE(recover(path));
  ASSERT_EQ(report.damaged.size(), 1u);
  EXPECT_NE(report.damaged[0].find(damaged.string()), std::string::npos);
  repository = TAKE(Repository::open(path));
  EXPECT_OK(repository->read(tip));
  EXPECT_TRUE(fs::exists(damaged));
}

TEST_F(MaintenanceTest, NamesAPackWithoutItsIndex) {
  save(1);
  fs::remove(first_pack().replace_extension(".idx"));
  const RecoveryReport report = TAKE(recover(path));
  ASSERT_EQ(report.damaged.size(), 1u);
  EXPECT_NE(report.damaged[0].find("its index is missing"), std::string::npos);
}

TEST_F(MaintenanceTest, VerifiesPacks) {
  save(1);
  const base::Path pack = first_pack();
  EXPECT_OK(verify_pack(pack));
  std::string bytes = TAKE(base::read_file(pack));
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  fs::permissions(pack, fs::perms::owner_all);
  std::ofstream(pack, std::ios::binary) << bytes;
  const auto verdict = verify_pack(pack);
  EXPECT_EQ(test::code_of(verdict), Code::internal);
  EXPECT_NE(verdict.error().what.find(pack.string()), std::string::npos);
}

}  // namespace
}  // namespace vcs
