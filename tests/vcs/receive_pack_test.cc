#include "vcs/receive_pack.h"

#include <unistd.h>

#include <filesystem>
#include <thread>

#include "tests/support/child.h"
#include "tests/vcs/push_fixture.h"
#include "vcs/commit_queue.h"
#include "vcs/maintenance.h"

namespace vcs {
namespace {

using base::Code;

struct ReceivePackTest : PushFixture {};

// --- what git's own client makes of it

TEST_F(ReceivePackTest, TakesAFirstPushFromGit) {
  const std::string tip = commit("a/b.txt", "one\n");
  const SendPackRun run = push({"main:main"});
  EXPECT_EQ(run.status, "ok refs/heads/main\n") << run.err;
  EXPECT_EQ(value_of("refs/heads/main"), tip);
  EXPECT_EQ(git({"show", "main:a/b.txt"}), "one\n");
  expect_sound();
}

TEST_F(ReceivePackTest, TakesAFastForwardFromGit) {
  commit("a", "1\n");
  push({"main:main"});
  const std::string tip = commit("a", "2\n");
  EXPECT_EQ(push({"main:main"}).status, "ok refs/heads/main\n");
  EXPECT_EQ(value_of("refs/heads/main"), tip);
  expect_sound();
}

TEST_F(ReceivePackTest, TakesBranchesAndTagsTogether) {
  commit("a", "1\n");
  client.git({"tag", "-a", "-m", "m", "v1", "main"});
  client.git({"tag", "light", "main"});
  const SendPackRun run =
      push({"main:main", "refs/tags/v1:refs/tags/v1", "refs/tags/light:refs/tags/light"});
  EXPECT_EQ(run.status, "ok refs/heads/main\nok refs/tags/v1\nok refs/tags/light\n") << run.err;
  EXPECT_EQ(git({"cat-file", "-t", "refs/tags/v1"}), "tag\n");
  expect_sound();
}

TEST_F(ReceivePackTest, ShowsGitWhyARefIsRefused) {
  commit("a", "1\n");
  handlers.validate = [](const PushView&) {
    return Verdict{{{"refs/heads/main", "label is unknown"}}, {}, {"a: line 1: no label \"x\""}};
  };
  const SendPackRun run = push({"main:main"});
  EXPECT_EQ(run.status, "error refs/heads/main label is unknown\n");
  EXPECT_NE(run.err.find("remote: a: line 1: no label \"x\""), std::string::npos) << run.err;
  EXPECT_EQ(value_of("refs/heads/main"), "");
  expect_sound();
}

TEST_F(ReceivePackTest, TakesARandomHistory) {
  client.git({"fast-import", "--quiet", "--done"}, test::random_history(7, 60));
  const SendPackRun run = push({"main:main"});
  EXPECT_EQ(run.status, "ok refs/heads/main\n") << run.err;
  EXPECT_EQ(git({"rev-list", "--objects", "main"}),
            client.git({"rev-list", "--objects", "main"}) + "\n");
  expect_sound();
}

TEST_F(ReceivePackTest, DeletesWherePolicyAllows) {
  commit("a", "1\n");
  push({"main:main", "main:old"});
  EXPECT_EQ(push({":old"}).status, "error refs/heads/old refs are not deleted by push\n");
  policy.may_delete = true;
  EXPECT_EQ(push({":old"}).status, "ok refs/heads/old\n");
  EXPECT_EQ(value_of("refs/heads/old"), "");
  EXPECT_EQ(push({":main"}).status, "error refs/heads/main the default branch cannot be deleted\n");
  expect_sound();
}

TEST_F(ReceivePackTest, RefusesToRewriteHistory) {
  commit("a", "1\n");
  push({"main:main"});
  client.git({"update-ref", "-d", "refs/heads/main"});
  const std::string other = commit("b", "2\n");
  EXPECT_EQ(push({"+main:main"}).status, "error refs/heads/main non-fast-forward\n");
  policy.may_rewrite = true;
  EXPECT_EQ(push({"+main:main"}).status, "ok refs/heads/main\n");
  EXPECT_EQ(value_of("refs/heads/main"), other);
}

TEST_F(ReceivePackTest, RefusesToMoveATag) {
  commit("a", "1\n");
  client.git({"tag", "v1", "main"});
  push({"main:main", "refs/tags/v1:refs/tags/v1"});
  commit("a", "2\n");
  client.git({"tag", "-f", "v1", "main"});
  EXPECT_EQ(push({"+refs/tags/v1:refs/tags/v1"}).status,
            "error refs/tags/v1 the tag exists already\n");
}

TEST_F(ReceivePackTest, AtomicMeansAllOrNothing) {
  commit("a", "1\n");
  handlers.validate = [](const PushView&) { return Verdict{{{"refs/heads/bad", "no"}}, {}, {}}; };
  const SendPackRun run = push({"main:good", "main:bad"}, {"--atomic"});
  EXPECT_EQ(run.status, "error refs/heads/good atomic push failure\nerror refs/heads/bad no\n");
  EXPECT_EQ(value_of("refs/heads/good"), "");
  EXPECT_EQ(push({"main:good", "main:bad"}).status,
            "ok refs/heads/good\nerror refs/heads/bad no\n");
  EXPECT_NE(value_of("refs/heads/good"), "");
}

TEST_F(ReceivePackTest, SaysWhyAnAtomicPushCouldNotBeWritten) {
  commit("a", "1\n");
  push({"main:bad"});
  commit("a", "2\n");
  std::filesystem::create_directory(path / "refs/heads/bad.lock");
  const SendPackRun run = push({"main:good", "main:bad"}, {"--atomic"});
  EXPECT_EQ(run.status,
            "error refs/heads/bad atomic transaction failed: failed to update ref\n"
            "error refs/heads/good atomic transaction failed: failed to update ref\n");
  EXPECT_EQ(value_of("refs/heads/good"), "");
}

TEST_F(ReceivePackTest, ChecksOnlySoManyLargePushesAtOnce) {
  const auto gate = std::make_shared<WorkGate>(
      WorkGate::Limits{.in_all = 1, .patience = std::chrono::milliseconds(1)}, "checking as many");
  policy.gate = gate;
  policy.limits.small_objects = 3;
  handlers.client = "ada";
  handlers.failed = [](const base::Error& error) { ADD_FAILURE() << error.what; };
  auto taken = std::make_optional(TAKE(gate->enter("another", "bob")));
  const std::string small = commit("a.txt", "a\n");  // a blob, a tree and a commit
  EXPECT_EQ(push({"main:main"}).status, "ok refs/heads/main\n");
  commit("b.txt", "b\n");
  commit("c.txt", "c\n");
  EXPECT_EQ(push({"main:main"}).status, "error refs/heads/main unpacker error\n");
  EXPECT_EQ(value_of("refs/heads/main"), small);
  expect_nothing_left();
  taken.reset();
  EXPECT_EQ(push({"main:main"}).status, "ok refs/heads/main\n");
  EXPECT_OK(gate->enter("another", "ada"));  // nothing holds a turn any more
}

TEST_F(ReceivePackTest, PassesPushOptionsOn) {
  commit("a", "1\n");
  std::vector<std::string> seen;
  handlers.validate = [&](const PushView& view) {
    seen.assign(view.options.begin(), view.options.end());
    return Verdict{};
  };
  push({"main:main"}, {"--push-option=title=Fix", "--push-option=x"});
  EXPECT_EQ(seen, (std::vector<std::string>{"title=Fix", "x"}));
}

TEST_F(ReceivePackTest, TellsGitWhereARefWent) {
  const std::string tip = commit("a", "1\n");
  handlers.validate = [](const PushView&) {
    return Verdict{{}, {{"refs/for/main", {"refs/proposals/1"}}}, {"proposal 1"}};
  };
  std::vector<AcceptedUpdate> accepted;
  handlers.accepted = [&](std::span<const AcceptedUpdate> updates) {
    accepted.assign(updates.begin(), updates.end());
    return std::vector<std::string>{"thank you"};
  };
  const SendPackRun run = push({"main:refs/for/main"});
  EXPECT_EQ(run.status.substr(0, 17), "ok refs/for/main\n");
  EXPECT_NE(run.status.find("option refname refs/proposals/1\n"), std::string::npos);
  EXPECT_NE(run.err.find("remote: thank you"), std::string::npos);
  EXPECT_EQ(value_of("refs/proposals/1"), tip);
  EXPECT_EQ(value_of("refs/for/main"), "");
  ASSERT_EQ(accepted.size(), 1u);
  EXPECT_EQ(accepted[0].ref, "refs/proposals/1");
  EXPECT_EQ(accepted[0].command.ref, "refs/for/main");
}

TEST_F(ReceivePackTest, MovesARefThatIsThereInTheSteadOfAnother) {
  const std::string first = commit("a", "1\n");
  push({"main:refs/proposals/1"});
  const std::string second = commit("a", "2\n");
  const auto sent_to_one = [&](const std::string& before) {
    handlers.validate = [before](const PushView&) {
      return Verdict{
          {}, {{"refs/for/main", {"refs/proposals/1", *ObjectId::from_hex(before)}}}, {}};
    };
    return push({"main:refs/for/main"}).status;
  };
  EXPECT_EQ(sent_to_one(second), "error refs/for/main cannot be redirected\n");
  EXPECT_NE(sent_to_one(first).find("option old-oid " + first), std::string::npos);
  EXPECT_EQ(value_of("refs/proposals/1"), second);
}

// --- requests

TEST_F(ReceivePackTest, AdvertisesRefsAndCapabilities) {
  const std::string empty = ReceivePack(repository, policy).advertise();
  EXPECT_EQ(empty.substr(0, 35), "001f# service=git-receive-pack\n0000");
  EXPECT_NE(empty.find(kZero + " capabilities^{}"), std::string::npos);
  const std::string tip = commit("a", "1\n");
  push({"main:main", "main:refs/readings/1"});
  policy.hidden_prefixes = {"refs/readings/"};
  const std::string advertised = ReceivePack(repository, policy).advertise();
  EXPECT_NE(advertised.find(tip + " refs/heads/main"), std::string::npos);
  EXPECT_EQ(advertised.find("refs/readings"), std::string::npos);
  for (const char* word : {"report-status-v2", "atomic", "no-thin", "push-options", "delete-refs",
                           "side-band-64k", "object-format=sha1", "agent=glossator"}) {
    EXPECT_NE(advertised.find(word), std::string::npos) << word;
  }
}

TEST_F(ReceivePackTest, OffersPushOptionsOnlyWhereTheyAreTaken) {
  policy.offers_options = false;
  EXPECT_EQ(ReceivePack(repository, policy).advertise().find("push-options"), std::string::npos);
}

TEST_F(ReceivePackTest, AnswersAProbeWithNothing) {
  EXPECT_EQ(send("0000").wire, "");
}

TEST_F(ReceivePackTest, AnswersMalformedRequests) {
  EXPECT_EQ(send("zzzz").fatal.empty(), false);
  EXPECT_EQ(send("").fatal, "the request ends too early\n");
  EXPECT_EQ(send("0008abcd0000").fatal, "malformed command\n");
  EXPECT_EQ(send(head_of({command(kZero, kZero, "refs/heads/a")})).fatal,
            "error: a command that does nothing\n");
  EXPECT_EQ(send(head_of({"push-cert"})).fatal, "push certificates are not taken\n");
  EXPECT_EQ(send(head_of({command(kZero, std::string(40, '1'), "refs/heads/a")},
                         "side-band-64k object-format=sha256"))
                .fatal,
            "error: only SHA-1 repositories are served\n");
}

TEST_F(ReceivePackTest, BoundsTheRequest) {
  policy.limits.max_commands = 1;
  const std::string one = command(kZero, std::string(40, '1'), "refs/heads/a");
  const std::string two = command(kZero, std::string(40, '1'), "refs/heads/b");
  EXPECT_EQ(send(head_of({one, two})).fatal, "error: more than 1 refs in one push\n");
  EXPECT_EQ(send(head_of({command(kZero, kZero, "refs/heads/" + std::string(2000, 'a'))})).fatal,
            "error: a ref name is too long\n");
  policy.limits.max_push_options = 1;
  std::string body = head_of({one}, "side-band-64k push-options");
  append_pkt(body, "x");
  append_pkt(body, "y");
  EXPECT_EQ(send(body + "0000").fatal, "error: too many or too long push options\n");
}

TEST_F(ReceivePackTest, ReportsWithoutASideBandToo) {
  const std::string tip = commit("a", "1\n");
  const std::string body =
      head_of({command(kZero, tip, "refs/heads/main")}, "report-status") + pack_of({"main"});
  EXPECT_EQ(send(body).wire, "000eunpack ok\n0017ok refs/heads/main\n0000");
}

TEST_F(ReceivePackTest, SaysNothingUnlessAsked) {
  const std::string tip = commit("a", "1\n");
  EXPECT_EQ(send(head_of({command(kZero, tip, "refs/heads/main")}, "") + pack_of({"main"})).wire,
            "");
  EXPECT_EQ(value_of("refs/heads/main"), tip);
}

TEST_F(ReceivePackTest, PassesAnErrorOfTheConnectionOn) {
  const std::string tip = commit("a", "1\n");
  const std::string body =
      head_of({command(kZero, tip, "refs/heads/main")}) + pack_of({"main"}).substr(0, 50);
  std::string_view rest = body;
  const Source broken = [&](char* buffer, size_t size) -> base::Result<size_t> {
    if (rest.empty()) return base::Error{Code::io, "the client has gone"};
    const size_t count = std::min(size, rest.size());
    std::copy_n(rest.data(), count, buffer);
    rest.remove_prefix(count);
    return count;
  };
  const auto served = ReceivePack(repository, policy).serve(broken, handlers, [](auto) {
    return base::Result<void>();
  });
  EXPECT_EQ(test::code_of(served), Code::io);
  expect_nothing_left();
}

// --- commands

std::string ng(const std::string& ref, const std::string& reason) {
  return "unpack ok\nng " + ref + " " + reason + "\n";
}

TEST_F(ReceivePackTest, RefusesFunnyNames) {
  const std::string tip = commit("a", "1\n");
  const std::string bytes = pack_of({"main"});
  for (const char* ref : {"HEAD", "main", "refs/heads/a..b", "refs/heads/.a", "refs/heads/a.lock",
                          "refs/heads/a@{b", "refs/heads/a b", "refs/heads/a.", "refs//heads/a",
                          "refs/heads/", "../../etc/passwd", "refs/heads/../../x"}) {
    EXPECT_EQ(push_new(tip, bytes, ref), ng(ref, "funny refname")) << ref;
  }
}

TEST_F(ReceivePackTest, RefusesHiddenRefs) {
  policy.hidden_prefixes = {"refs/readings/"};
  const std::string tip = commit("a", "1\n");
  EXPECT_EQ(push_new(tip, pack_of({"main"}), "refs/readings/x"),
            ng("refs/readings/x", "deny updating a hidden ref"));
}

TEST_F(ReceivePackTest, RefusesAnOldValueThatIsNotThere) {
  const std::string first = commit("a", "1\n");
  const std::string second = commit("a", "2\n");
  push({first + ":refs/heads/main"});
  const std::string body = head_of({command(kZero, second, "refs/heads/main")}) + pack_of({"main"});
  EXPECT_EQ(send(body).report, ng("refs/heads/main", "the ref has moved; fetch first"));
}

TEST_F(ReceivePackTest, RefusesTwoCommandsOnOneRef) {
  const std::string tip = commit("a", "1\n");
  const std::string body =
      head_of({command(kZero, tip, "refs/heads/a"), command(kZero, tip, "refs/heads/A")}) +
      pack_of({"main"});
  EXPECT_EQ(send(body).report,
            "unpack ok\nng refs/heads/a named twice in one push\n"
            "ng refs/heads/A named twice in one push\n");
}

TEST_F(ReceivePackTest, RefusesTwinsThatDifferInCase) {
  const std::string tip = commit("a", "1\n");
  push({"main:main"});
  EXPECT_EQ(push_new(tip, pack_of({"main"}), "refs/heads/Main"),
            ng("refs/heads/Main", "differs from an existing ref in case only"));
}

TEST_F(ReceivePackTest, RefusesFilesWhereDirectoriesAre) {
  const std::string tip = commit("a", "1\n");
  push({"main:refs/heads/a/b"});
  EXPECT_NE(push_new(tip, pack_of({"main"}), "refs/heads/a").find("ng refs/heads/a "),
            std::string::npos);
  git({"pack-refs", "--all"});
  ASSERT_OK(repository->refs().reload_if_changed());
  EXPECT_NE(push_new(tip, pack_of({"main"}), "refs/heads/a").find("ng refs/heads/a "),
            std::string::npos);
  const std::string body =
      head_of({command(kZero, tip, "refs/heads/x"), command(kZero, tip, "refs/heads/x/y")}) +
      pack_of({"main"});
  EXPECT_NE(send(body).report.find("ng refs/heads/x/y "), std::string::npos);
}

TEST_F(ReceivePackTest, TakesOnlyCommitsAsBranches) {
  commit("a", "1\n");
  const std::string blob = client.git({"rev-parse", "main:a"});
  EXPECT_EQ(push_new(blob, pack({blob})), ng("refs/heads/main", "only a commit can stand here"));
  const std::string tree = client.git({"rev-parse", "main^{tree}"});
  EXPECT_EQ(push_new(tree, pack({tree, blob}), "refs/tags/tree"), "unpack ok\nok refs/tags/tree\n");
}

TEST_F(ReceivePackTest, DeletesWithoutAPack) {
  commit("a", "1\n");
  push({"main:main", "main:old"});
  policy.may_delete = true;
  const std::string tip = value_of("refs/heads/old");
  EXPECT_EQ(send(head_of({command(tip, kZero, "refs/heads/old")})).report,
            "unpack ok\nok refs/heads/old\n");
  EXPECT_EQ(send(head_of({command(tip, kZero, "refs/heads/old")})).report,
            "unpack ok\nok refs/heads/old\n");
}

TEST_F(ReceivePackTest, TakesAnEmptyPackForWhatIsThere) {
  const std::string tip = commit("a", "1\n");
  push({"main:main"});
  EXPECT_EQ(push_new(tip, pack({}), "refs/heads/copy"), "unpack ok\nok refs/heads/copy\n");
  expect_sound();
}

// --- the validator

TEST_F(ReceivePackTest, ShowsTheValidatorWhatIsNew) {
  commit("a", "1\n");
  push({"main:main"});
  const std::string second = commit("a", "2\n");
  const std::string third = commit("b", "3\n");
  handlers.validate = [&](const PushView& view) {
    EXPECT_EQ(view.commands.size(), 1u);
    EXPECT_EQ(view.commits.size(), 2u);
    EXPECT_EQ(view.commits[0].id.hex(), second);
    EXPECT_EQ(view.commits[1].id.hex(), third);
    EXPECT_EQ(view.commits[1].commit.author.name, "Ada");
    const Snapshot before = TAKE(view.before(view.commands[0]));
    const Snapshot after = TAKE(view.after(view.commands[0]));
    EXPECT_EQ(TAKE(before.read("a")), "1\n");
    EXPECT_EQ(TAKE(after.read("a")), "2\n");
    EXPECT_EQ(TAKE(after.read("b")), "3\n");
    EXPECT_FALSE(repository->contains(view.commits[0].id));
    EXPECT_EQ(view.brought.size(), 6u);  // two of each kind
    return Verdict{};
  };
  EXPECT_EQ(push({"main:main"}).status, "ok refs/heads/main\n");
}

TEST_F(ReceivePackTest, ANewBranchHasAnEmptyPast) {
  commit("a", "1\n");
  handlers.validate = [&](const PushView& view) {
    const Snapshot before = TAKE(view.before(view.commands[0]));
    EXPECT_EQ(test::code_of(before.read("a")), Code::not_found);
    return Verdict{};
  };
  push({"main:main"});
}

TEST_F(ReceivePackTest, KeepsOnlyWhatAcceptedRefsReach) {
  const std::string good = commit("a", "1\n");
  const std::string bad = commit("secret", "2\n");
  handlers.validate = [](const PushView&) { return Verdict{{{"refs/heads/bad", "no"}}, {}, {}}; };
  EXPECT_EQ(push({good + ":refs/heads/good", bad + ":refs/heads/bad"}).status,
            "ok refs/heads/good\nerror refs/heads/bad no\n");
  EXPECT_TRUE(repository->contains(TAKE(ObjectId::from_hex(good))));
  EXPECT_FALSE(repository->contains(TAKE(ObjectId::from_hex(bad))));
  expect_sound();
}

TEST_F(ReceivePackTest, LeavesOutWhatNoRefReaches) {
  const std::string tip = commit("a", "1\n");
  const std::string stray = store("blob", "stray");
  const std::string tree = client.git({"rev-parse", "main^{tree}"});
  const std::string blob = client.git({"rev-parse", "main:a"});
  EXPECT_EQ(push_new(tip, pack({tip, tree, blob, stray})), "unpack ok\nok refs/heads/main\n");
  EXPECT_FALSE(repository->contains(TAKE(ObjectId::from_hex(stray))));
  expect_sound();
}

TEST_F(ReceivePackTest, AValidatorThatThrowsRefuses) {
  commit("a", "1\n");
  handlers.validate = [](const PushView&) -> Verdict { throw std::runtime_error("oops"); };
  EXPECT_EQ(push({"main:main"}).status, "error refs/heads/main the check failed\n");
}

TEST_F(ReceivePackTest, CleansTextForTheTerminal) {
  commit("a", "1\n");
  handlers.validate = [](const PushView&) { return Verdict{{}, {}, {"a\x1b[31mb\nc"}}; };
  const std::string body =
      head_of({command(kZero, client.git({"rev-parse", "main"}), "refs/heads/main")}) +
      pack_of({"main"});
  EXPECT_EQ(send(body).text, "a[31mb\nc\n");
}

// --- several at once, and crashes

TEST_F(ReceivePackTest, OnlyOneOfTwoPushesWins) {
  const std::string base_id = commit("a", "1\n");
  push({"main:main"});
  const std::string left = commit("left", "1\n");
  client.git({"update-ref", "refs/heads/main", base_id});
  const std::string right = commit("right", "1\n");
  const auto body = [&](const std::string& tip) {
    return head_of({command(base_id, tip, "refs/heads/main")}) + pack_of({tip, "^" + base_id});
  };
  const std::string bodies[] = {body(left), body(right)};
  std::string reports[2];
  std::thread threads[2];
  for (int i = 0; i < 2; ++i)
    threads[i] = std::thread([&, i] { reports[i] = send(bodies[i]).report; });
  for (std::thread& thread : threads) thread.join();
  const int wins = (reports[0].find("ok refs/heads/main") != std::string::npos) +
                   (reports[1].find("ok refs/heads/main") != std::string::npos);
  EXPECT_EQ(wins, 1) << reports[0] << reports[1];
  expect_sound();
}

TEST_F(ReceivePackTest, PushesAndSavesLiveTogether) {
  commit("a", "1\n");
  push({"main:main"});
  CommitQueue queue(*repository);
  std::thread saver([&] {
    for (int i = 0; i < 10; ++i) {
      EXPECT_OK(queue.commit({.branch = "refs/heads/main",
                              .author = {"Ada", "a@b", 1, 0},
                              .committer = {"Ada", "a@b", 1, 0},
                              .message = "save\n",
                              .make = [&](const Snapshot&) -> base::Result<std::vector<Edit>> {
                                return std::vector<Edit>{{"n", std::to_string(i)}};
                              }}));
    }
  });
  for (int i = 0; i < 5; ++i) {
    const std::string tip = commit("b", std::to_string(i));
    const std::string ref = "refs/heads/b" + std::to_string(i);
    EXPECT_EQ(push_new(tip, pack_of({"main"}), ref), "unpack ok\nok " + ref + "\n");
  }
  saver.join();
  EXPECT_EQ(git({"show", "main:n"}), "9");
  expect_sound();
}

TEST_F(ReceivePackTest, TakesAPushFromAShallowClone) {
  commit("a", "1\n");
  const std::string second = commit("a", "2\n");
  push({"main:main"});
  const std::string third = commit("a", "3\n");
  std::string body;
  append_pkt(body, "shallow " + second);
  body += head_of({command(second, third, "refs/heads/main")});
  EXPECT_EQ(send(body + pack_of({"main", "^" + second})).report, "unpack ok\nok refs/heads/main\n");
  expect_sound();
}

struct PushCrashTest : PushFixture, testing::WithParamInterface<DurableStep> {};

TEST_P(PushCrashTest, LeavesASoundRepository) {
  const std::string tip = commit("a", "1\n");
  observer = [](DurableStep step) {
    if (step == GetParam()) ::_exit(42);
  };
  const std::string body = head_of({command(kZero, tip, "refs/heads/main")}) + pack_of({"main"});
  const int end = test::in_child([&] {
    send(body);
    return 1;
  });
  ASSERT_EQ(end, 42);
  EXPECT_EQ(TAKE(recover(path)).damaged, std::vector<std::string>{});
  repository = TAKE(Repository::open(path));
  EXPECT_EQ(value_of("refs/heads/main"), GetParam() == DurableStep::ref_moved ? tip : "");
  expect_sound();
  observer = nullptr;
  EXPECT_NE(push({"main:again"}).status.find("ok refs/heads/again\n"), std::string::npos);
  expect_sound();
}

INSTANTIATE_TEST_SUITE_P(Steps, PushCrashTest,
                         testing::Values(DurableStep::quarantine_moved,
                                         DurableStep::objects_durable, DurableStep::ref_moved),
                         [](const auto& param) {
                           return "Step" + std::to_string(static_cast<int>(param.param));
                         });

}  // namespace
}  // namespace vcs
