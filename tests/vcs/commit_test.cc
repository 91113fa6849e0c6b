#include "vcs/commit.h"

#include <gtest/gtest.h>

#include "tests/support/git.h"
#include "tests/support/result_matchers.h"
#include "vcs/repository.h"

namespace vcs {
namespace {

TEST(Commit, ReadsBackWhatItPrints) {
  Commit commit;
  commit.tree = object_id_of(ObjectKind::tree, "");
  commit.parents = {object_id_of(ObjectKind::blob, "a"), object_id_of(ObjectKind::blob, "b")};
  commit.author = {"Ada Lovelace", "ada@example.com", 1700000000, 90};
  commit.committer = {"Glossator", "glossator@host", 1700000001, -330};
  commit.message = "label: total\n\nbody\n";
  EXPECT_EQ(TAKE(parse_commit(print_commit(commit))), commit);
}

TEST(Commit, IsWhatGitWouldWrite) {
  const test::TestRepository git;
  const std::string id = git.commit({{"a", "1\n"}}, "first\n");
  const auto repository = TAKE(Repository::open(git.path()));
  const Commit commit = TAKE(read_commit(*repository, TAKE(ObjectId::from_hex(id))));
  EXPECT_EQ(commit.author.name, "Ada");
  EXPECT_EQ(commit.message, "first\n");
  EXPECT_EQ(object_id_of(ObjectKind::commit, print_commit(commit)).hex(), id);
}

TEST(Commit, SkipsASignatureOverSeveralLines) {
  const std::string tree = object_id_of(ObjectKind::tree, "").hex();
  const Commit commit = TAKE(parse_commit("tree " + tree +
                                          "\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n"
                                          "gpgsig -----BEGIN\n parent of nothing\n -----END\n\nm"));
  EXPECT_TRUE(commit.parents.empty());
  EXPECT_EQ(commit.message, "m");
}

TEST(Commit, RefusesOtherText) {
  EXPECT_EQ(test::code_of(parse_commit("blob")), base::Code::invalid);
  EXPECT_EQ(test::code_of(parse_commit("tree abc\n")), base::Code::invalid);
}

TEST(Signature, KeepsSignAndMinutesOfItsTimeZone) {
  EXPECT_EQ(print_signature({"A B", "a@b", 5, -90}), "A B <a@b> 5 -0130");
  EXPECT_EQ(TAKE(parse_signature("A B <a@b> 5 -0130")).offset_minutes, -90);
}

TEST(Tag, ReadsBackWhatItPrints) {
  Tag tag{object_id_of(ObjectKind::blob, "x"),
          ObjectKind::blob,
          "datasets/a/v1.0.0",
          {"Ada", "a@b", 7, 0},
          "manifest sha256\n"};
  EXPECT_EQ(TAKE(parse_tag(print_tag(tag))), tag);
}

TEST(Peel, FollowsTagsOfTags) {
  const test::TestRepository git;
  const std::string id = git.commit({{"a", "1\n"}});
  git.git({"tag", "-a", "-m", "one", "one", id});
  git.git({"tag", "-a", "-m", "two", "two", "one"});
  const auto repository = TAKE(Repository::open(git.path()));
  const auto tag = repository->refs().find("refs/tags/two");
  ASSERT_TRUE(tag);
  EXPECT_EQ(TAKE(peel(*repository, *tag)).hex(), id);
}

}  // namespace
}  // namespace vcs
