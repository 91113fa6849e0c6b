#include "server/flow/commit_judge.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "tests/support/result_matchers.h"
#include "vcs/repository.h"
#include "vcs/tree_edit.h"

namespace server {
namespace {

// A project with one document on main, and commits on top of it that nobody has judged yet.
class CommitJudgeTest : public testing::Test {
 protected:
  CommitJudgeTest() {
    TAKE(vcs::Repository::create(dir.path() / "claims.git"));
    repository = TAKE(vcs::Repository::open(dir.path() / "claims.git"));
    objects.emplace(*repository);
    main = commit({}, {{document + "/document.json", "{}"}, {"schema.json", "{}"}});
    actor.access.roles = {corpus::Role::scientist};
    pushed.clear();
  }

  vcs::ObjectId commit(const std::vector<vcs::ObjectId>& parents,
                       const std::vector<vcs::Edit>& edits) {
    const vcs::ObjectId before =
        parents.empty() ? vcs::kNoObject
                        : TAKE(vcs::Snapshot::at_commit(*objects, parents.front())).tree();
    vcs::Commit made;
    made.tree = TAKE(vcs::apply_edits(*objects, before, edits)).root;
    made.parents = parents;
    made.author = made.committer = {"Sam", "sam@acme.example", 1, 0};
    made.message = std::to_string(pushed.size());
    const auto id = objects->add(vcs::ObjectKind::commit, vcs::print_commit(made));
    pushed.push_back({id, made});
    return id;
  }

  std::vector<std::string> complaints() {
    Complaints found;
    TAKE(judge_commits(actor, project, pushed, *objects, found));
    return found.lines();
  }

  static std::string line(const vcs::ObjectId& commit, const std::string& rest) {
    return "commit " + commit.hex().substr(0, 10) + ": " + rest;
  }

  const base::TempDir dir = TAKE(base::TempDir::create());
  std::shared_ptr<vcs::Repository> repository;
  std::optional<vcs::ObjectOverlay> objects;
  const std::string document = "documents/0/f/3/a/0f3a" + std::string(28, '0');
  const std::string labels = document + "/annotations.jsonl";
  Actor actor;
  OpenProject project;
  vcs::ObjectId main;
  std::vector<vcs::NewCommit> pushed;
};

TEST_F(CommitJudgeTest, TakesCommitsThatAreSound) {
  commit({commit({main}, {{labels, ""}})}, {{"guidelines/README.md", "Read."}});
  EXPECT_TRUE(complaints().empty());
}

TEST_F(CommitJudgeTest, NamesTheCommitThatALaterOneMends) {
  const auto wrong = commit({main}, {{labels, "[\n"}});
  commit({wrong}, {{labels, ""}});
  const auto lines = complaints();
  ASSERT_GE(lines.size(), 2U);
  EXPECT_TRUE(lines.front().starts_with(line(wrong, labels + ":1:"))) << lines.front();
  EXPECT_NE(lines.back().find("git rebase -i"), std::string::npos);
}

TEST_F(CommitJudgeTest, TellsOfTheSameContentOnce) {
  const auto wrong = commit({main}, {{"guidelines/a.md", "\xff"}});
  commit({wrong}, {{"guidelines/b.md", "\xff"}});
  EXPECT_EQ(complaints().size(), 2U);  // with what to do
}

TEST_F(CommitJudgeTest, GuardsTheServersRecords) {
  const auto gone = commit({main}, {{document + "/document.json"}});
  commit({gone}, {{document + "/document.json", "{}"}});
  EXPECT_EQ(complaints().front(),
            line(gone, document + "/document.json: only the server writes this file"));
}

TEST_F(CommitJudgeTest, AsksForTheRightsOfThePusher) {
  actor.access.roles = {corpus::Role::annotator};
  const auto changed = commit({main}, {{"schema.json", "{\"format\":1}"}});
  commit({changed}, {{"schema.json", "{}"}});
  EXPECT_EQ(complaints().front(),
            line(changed, "schema.json: you may not change this file (it needs schema:write)"));
}

TEST_F(CommitJudgeTest, KeepsTheSchemaInPlace) {
  const auto gone = commit({main}, {{"schema.json"}});
  EXPECT_EQ(complaints().front(), line(gone, "schema.json: must not be removed"));
}

TEST_F(CommitJudgeTest, LeavesToAMergeWhatOneOfItsParentsBrought) {
  const auto theirs = commit({main}, {{document + "/review.json", "{}"}, {"README.md", "new"}});
  pushed.clear();  // the server's own, on main
  const auto mine = commit({main}, {{labels, ""}});
  commit({mine, theirs}, {{document + "/review.json", "{}"}, {"README.md", "new"}});
  EXPECT_TRUE(complaints().empty());
}

TEST_F(CommitJudgeTest, HoldsAMergeToWhatNoneOfItsParentsHas) {
  const auto theirs = commit({main}, {{labels, ""}});
  const auto mine = commit({main}, {{"guidelines/a.md", "a"}});
  const auto merge = commit({mine, theirs}, {{labels, ""}, {"README.md", "mine"}});
  EXPECT_EQ(complaints().front(), line(merge, "README.md: only the server writes this file"));
}

TEST_F(CommitJudgeTest, RefusesAHistoryOfItsOwn) {
  const auto root = commit({}, {});
  commit({main, root}, {});
  EXPECT_TRUE(complaints().front().starts_with(line(root, "it starts a history of its own")));
}

}  // namespace
}  // namespace server
