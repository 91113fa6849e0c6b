#include "vcs/ancestry.h"

#include <gtest/gtest.h>

#include <set>

#include "base/text.h"
#include "tests/support/git.h"
#include "tests/support/result_matchers.h"
#include "vcs/repository.h"

namespace vcs {
namespace {

struct AncestryTest : testing::Test {
  test::TestRepository git;

  ObjectId id(const std::string& name) const {
    return TAKE(ObjectId::from_hex(git.git({"rev-parse", name})));
  }
  std::string commit(const std::string& time, std::vector<std::string> parents) const {
    std::vector<std::string> arguments = {"commit-tree", git.git({"mktree"}), "-m", time};
    for (const std::string& parent : parents) arguments.insert(arguments.end(), {"-p", parent});
    return git.git(arguments, "", {"GIT_COMMITTER_DATE=@" + time + " +0000"});
  }
  Relation relate(const std::string& left, const std::string& right) const {
    const auto repository = TAKE(Repository::open(git.path()));
    return TAKE(relation_of(*repository, id(left), id(right)));
  }
  bool ancestor(const std::string& old, const std::string& young) const {
    const auto repository = TAKE(Repository::open(git.path()));
    return TAKE(is_ancestor(*repository, id(old), id(young)));
  }
  size_t count(const std::string& from, const std::string& without) const {
    return std::stoul(git.git({"rev-list", "--count", from, "^" + without}));
  }
};

TEST_F(AncestryTest, IsThatOfGitForRandomHistories) {
  for (const unsigned seed : {31u, 32u}) {
    git.git({"fast-import", "--quiet", "--done", "--force"}, test::random_history(seed, 60));
    const std::string text = git.git({"rev-list", "--all"});
    std::vector<std::string> all;
    for (const auto line : base::split(text, '\n')) all.emplace_back(line);
    for (size_t i = 0; i < all.size(); i += 11) {
      for (size_t j = 0; j < all.size(); j += 13) {
        const Relation got = relate(all[i], all[j]);
        const auto bases =
            test::run_git({"-C", git.path().string(), "merge-base", "--all", all[i], all[j]});
        const std::string base = got.base == kNoObject ? "" : got.base.hex();
        EXPECT_NE(bases.out.find(base), std::string::npos) << all[i] << ' ' << all[j];
        EXPECT_EQ(base.empty(), bases.out.empty());
        EXPECT_EQ(got.only_left, count(all[i], all[j]));
        EXPECT_EQ(got.only_right, count(all[j], all[i]));
      }
    }
  }
}

TEST_F(AncestryTest, DoesNotTrustClocks) {
  const std::string root = commit("5000000000", {});
  const std::string old = commit("4000000000", {root});
  const std::string left = commit("1000", {old});
  const std::string right = commit("6000000000", {commit("2000", {old})});
  EXPECT_TRUE(ancestor(root, right));
  EXPECT_TRUE(ancestor(old, left));
  EXPECT_FALSE(ancestor(left, right));
  EXPECT_FALSE(ancestor(right, old));
  EXPECT_EQ(relate(old, right).base, id(old));
}

TEST_F(AncestryTest, OfCrossedHistoriesIsOneOfTheNewestCommons) {
  const std::string root = commit("1000", {});
  const std::string a = commit("2000", {root});
  const std::string b = commit("3000", {root});
  const std::string left = commit("4000", {a, b});
  const std::string right = commit("5000", {b, a});
  EXPECT_EQ(relate(left, right).base, id(b));
  EXPECT_EQ(relate(left, right), (Relation{id(b), 1, 1}));
}

TEST_F(AncestryTest, TellsWhatCameSince) {
  const std::string root = commit("1000", {});
  const std::string side = commit("2000", {root});
  const std::string main = commit("3000", {root});
  const std::string merge = commit("4000", {main, side});
  const auto repository = TAKE(Repository::open(git.path()));
  const auto since = TAKE(commits_since(*repository, id(main), id(merge)));
  EXPECT_EQ(std::set<ObjectId>(since.begin(), since.end()),
            (std::set<ObjectId>{id(side), id(merge)}));
}

TEST_F(AncestryTest, StrangersShareNothing) {
  const std::string a = commit("1000", {});
  const std::string b = commit("2000", {});
  EXPECT_EQ(relate(a, b), (Relation{kNoObject, 1, 1}));
  EXPECT_FALSE(ancestor(a, b));
}

}  // namespace
}  // namespace vcs
