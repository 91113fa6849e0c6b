// Pushes to a branch that moves on meanwhile: ReceivePack with PushHandlers::join.
#include "tests/vcs/push_fixture.h"
#include "vcs/ancestry.h"
#include "vcs/commit_queue.h"

namespace vcs {
namespace {

constexpr char kBranch[] = "refs/heads/main";

struct JoinedPushTest : PushFixture {
  CommitQueue queue{*repository};
  std::vector<RefCommand> joined;
  std::vector<AcceptedUpdate> accepted;

  void SetUp() override {
    commit("a", "1\n");
    push({"main:main"});
    handlers.joined_ref = kBranch;
    handlers.join = [this](const RefCommand& command) { return join(command); };
    handlers.accepted = [this](std::span<const AcceptedUpdate> updates) {
      accepted.assign(updates.begin(), updates.end());
      return std::vector<std::string>{};
    };
  }

  // The tip's files and a merge commit where the push is behind.
  base::Result<Joined> join(const RefCommand& command) {
    joined.push_back(command);
    Joined out;
    CommitRequest request;
    request.advance = [&](ObjectOverlay& objects, const ObjectId& tip) -> base::Result<ObjectId> {
      out.before = tip;
      const Relation relation = TRY(relation_of(objects, command.after, tip));
      if (relation.base == command.after) return tip;
      if (relation.base == tip) return command.after;
      Commit merge = TRY(read_commit(objects, tip));
      merge.parents = {tip, command.after};
      return objects.add(ObjectKind::commit, print_commit(merge));
    };
    const auto moved = queue.commit(std::move(request));
    if (!moved.ok()) return moved.error();
    out.after = moved->commit;
    out.lines = {"joined"};
    return out;
  }

  ObjectId saved_meanwhile(const std::string& content) {
    const Signature who{"Ada", "ada@example.com", 1'700'000'000, 0};
    const auto edits = [content](const Snapshot&) -> base::Result<std::vector<Edit>> {
      return std::vector<Edit>{{"b", content}};
    };
    return TAKE(queue.commit({.author = who, .committer = who, .message = "m\n", .make = edits}))
        .commit;
  }
};

TEST_F(JoinedPushTest, ShowsTheBranchWithoutAValueAndItsPastAsObjects) {
  const std::string tip = value_of(kBranch);
  const std::string advertised = ReceivePack(repository, policy).advertise(kBranch);
  EXPECT_NE(advertised.find(kZero + " " + kBranch), std::string::npos);
  EXPECT_NE(advertised.find(tip + " .have"), std::string::npos);
  EXPECT_EQ(advertised.find(tip + " " + kBranch), std::string::npos);
  EXPECT_LT(advertised.find(".have"), advertised.find(kBranch)) << "a zero must not come first";
}

TEST_F(JoinedPushTest, ShowsThePastOfALongBranchInShort) {
  const ReceivePack server(repository, policy);
  std::vector<std::string> saves;
  for (int i = 0; i < 200; ++i) saves.push_back(saved_meanwhile(std::to_string(i)).hex());
  const std::string advertised = server.advertise(kBranch);
  EXPECT_LT(advertised.size(), 5000u);
  for (size_t i = 170; i < 200; ++i) EXPECT_NE(advertised.find(saves[i]), std::string::npos) << i;
  const std::string later = saved_meanwhile("later").hex();
  EXPECT_NE(server.advertise(kBranch).find(later + " .have"), std::string::npos);
}

TEST_F(JoinedPushTest, GitSendsWhatIsBehindAndHearsWhereItCame) {
  const std::string ours = commit("a", "2\n");
  const std::string theirs = saved_meanwhile("3\n").hex();
  const SendPackRun run = push({"main:main"});
  EXPECT_EQ(run.status,
            "ok refs/heads/main\noption old-oid " + theirs + "\noption new-oid " + ours + "\n")
      << run.err;
  EXPECT_NE(run.err.find("remote: joined"), std::string::npos);
  EXPECT_EQ(git({"log", "-1", "--format=%P", "main"}), theirs + " " + ours + "\n");
  ASSERT_EQ(accepted.size(), 1u);
  EXPECT_EQ(accepted[0].command.before.hex(), theirs);
  EXPECT_EQ(accepted[0].command.after.hex(), value_of(kBranch));
  expect_sound();
}

TEST_F(JoinedPushTest, AFastForwardStaysOne) {
  const std::string ours = commit("a", "2\n");
  push({"main:main"});
  EXPECT_EQ(value_of(kBranch), ours);
}

TEST_F(JoinedPushTest, NothingNewMovesNothingAndTellsNobody) {
  const std::string theirs = saved_meanwhile("3\n").hex();
  push({"main:main"});
  EXPECT_EQ(value_of(kBranch), theirs);
  EXPECT_TRUE(accepted.empty());
}

TEST_F(JoinedPushTest, TakesWhatWasOvertakenAfterTheClientLooked) {
  const std::string looked = value_of(kBranch);
  const std::string ours = commit("a", "2\n");
  const std::string theirs = saved_meanwhile("3\n").hex();
  const std::string report =
      send(head_of({command(looked, ours, kBranch)}) + pack_of({ours, "^" + looked})).report;
  EXPECT_EQ(report, "unpack ok\nok refs/heads/main\n");
  EXPECT_EQ(git({"log", "-1", "--format=%P", "main"}), theirs + " " + ours + "\n");
}

TEST_F(JoinedPushTest, ARewriteThatSaysSoIsRefused) {
  const std::string looked = value_of(kBranch);
  client.git({"update-ref", "-d", "refs/heads/main"});
  const std::string other = commit("b", "2\n");
  EXPECT_EQ(send(head_of({command(looked, other, kBranch)}) + pack_of({other})).report,
            "unpack ok\nng refs/heads/main non-fast-forward\n");
  EXPECT_TRUE(joined.empty());
}

TEST_F(JoinedPushTest, ARefusalInItsTurnIsToldAndLeavesTheBranch) {
  handlers.join = [](const RefCommand&) -> base::Result<Joined> {
    return Joined{{}, {}, "1 problem", {"a: clash"}};
  };
  const std::string before = value_of(kBranch);
  commit("a", "2\n");
  const SendPackRun run = push({"main:main"});
  EXPECT_EQ(run.status, "error refs/heads/main 1 problem\n");
  EXPECT_NE(run.err.find("remote: a: clash"), std::string::npos);
  EXPECT_EQ(value_of(kBranch), before);
  EXPECT_TRUE(accepted.empty());
}

TEST_F(JoinedPushTest, AFailureOfOursIsToldToUsAndInFewWordsToGit) {
  base::Error heard;
  handlers.failed = [&](const base::Error& error) { heard = error; };
  handlers.join = [](const RefCommand&) -> base::Result<Joined> {
    return base::Error{base::Code::io, "/srv/data: input/output error"};
  };
  commit("a", "2\n");
  EXPECT_EQ(push({"main:main"}).status,
            "error refs/heads/main the server could not store the push\n");
  EXPECT_EQ(heard.code, base::Code::io);
}

TEST_F(JoinedPushTest, AnAtomicPushOfSeveralRefsIsNeverJoined) {
  saved_meanwhile("3\n");
  commit("a", "2\n");
  const SendPackRun behind = push({"main:main", "main:other"}, {"--atomic"});
  EXPECT_EQ(behind.status,
            "error refs/heads/main non-fast-forward\nerror refs/heads/other atomic push failure\n");
  EXPECT_EQ(value_of("refs/heads/other"), "");
  EXPECT_TRUE(joined.empty());
}

TEST_F(JoinedPushTest, AnAtomicPushOfSeveralRefsMovesThemTogether) {
  const std::string tip = commit("a", "2\n");
  const SendPackRun run = push({"main:main", "main:other"}, {"--atomic"});
  EXPECT_EQ(value_of(kBranch), tip) << run.status;
  EXPECT_EQ(value_of("refs/heads/other"), tip);
  EXPECT_TRUE(joined.empty());
}

}  // namespace
}  // namespace vcs
