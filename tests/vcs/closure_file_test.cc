#include "vcs/detail/closure_file.h"

#include "tests/vcs/closure_fixture.h"

namespace vcs {
namespace {

using base::Code;

struct ClosureFileTest : ClosureTest {
  base::Path file = directory.path() / "claims.git.reachable";

  void write() { test::take(write_closure(file, {tips(), *everything()}), "write"); }
  static test::Names names_of(const ObjectSet& objects) {
    test::Names names;
    for (size_t i = 0; i < objects.view()->packs().size(); ++i) {
      for (const uint32_t position : objects.positions_in(i)) {
        names.insert(objects.view()->packs()[i]->lookup().id_at(position).hex());
      }
    }
    for (const ObjectId& id : objects.loose()) names.insert(id.hex());
    return names;
  }
};

TEST_F(ClosureFileTest, GivesBackWhatWasWritten) {
  // In a whole pack, in a part of one, and loose.
  git.commit({{"a", "one\n"}});
  git.git({"update-ref", "refs/heads/gone", git.commit({{"b", "two\n"}}, "m\n", "refs/heads/x")});
  git.git({"repack", "-dq"});
  for (const char* ref : {"refs/heads/gone", "refs/heads/x"}) git.git({"update-ref", "-d", ref});
  git.commit({{"c", "three\n"}});
  write();
  const StoredClosure read = TAKE(read_closure(file, view()));
  EXPECT_EQ(read.tips, tips());
  EXPECT_EQ(names_of(read.objects), all_names());
}

TEST_F(ClosureFileTest, KnowsBlobs) {
  write();
  const StoredClosure read = TAKE(read_closure(file, view()));
  EXPECT_EQ(names_of(TAKE(read.objects.without_blobs())),
            test::reachable(git, {"--all", "--filter=blob:none"}));
}

TEST_F(ClosureFileTest, IsWorthNothingWhenDamaged) {
  write();
  const std::string good = TAKE(base::read_file(file));
  for (size_t at = 0; at < good.size(); at += 7) {
    std::string bad = good;
    bad[at] ^= 1;
    ASSERT_OK(base::write_file_durably(file, bad));
    ASSERT_EQ(test::code_of(read_closure(file, view())), Code::not_found) << at;
  }
  ASSERT_OK(base::write_file_durably(file, good.substr(0, good.size() / 2)));
  EXPECT_EQ(test::code_of(read_closure(file, view())), Code::not_found);
}

TEST_F(ClosureFileTest, IsWorthNothingForOtherPacks) {
  write();
  git.commit({{"a", "one\n"}});
  git.git({"repack", "-adq"});
  EXPECT_EQ(test::code_of(read_closure(file, view())), Code::not_found);
}

TEST_F(ClosureFileTest, SparesTheNextProcessTheWalk) {
  ASSERT_OK(ClosureCache(table, file).find_and_save(view(), tips()));
  const auto refuse = []() -> base::Result<void> { return base::Error{Code::internal, "walked"}; };
  EXPECT_EQ(test::code_of(ClosureCache(table).find(view(), tips(), refuse)), Code::internal);
  ClosureCache next(table, file);
  EXPECT_EQ(names_of(*TAKE(next.find(view(), tips(), refuse))), all_names());
  git.commit({{"a", "one\n"}});
  EXPECT_EQ(names_of(*TAKE(next.find(view(), tips()))), all_names());
}

}  // namespace
}  // namespace vcs
