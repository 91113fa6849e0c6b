#include "vcs/upload_pack.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/vcs/upload_pack_fixture.h"
#include "vcs/commit.h"

namespace vcs {
namespace {

TEST(WireVersion, IsTheHighestKnownOne) {
  EXPECT_EQ(wire_version_of(""), WireVersion::v0);
  EXPECT_EQ(wire_version_of("version=1"), WireVersion::v1);
  EXPECT_EQ(wire_version_of("version=2"), WireVersion::v2);
  EXPECT_EQ(wire_version_of("x=y:version=1:version=2"), WireVersion::v2);
  EXPECT_EQ(wire_version_of("version=3"), WireVersion::v0);
}

TEST_F(UploadPackTest, AdvertisesCapabilitiesOnlyInV2) {
  const std::string body = TAKE(open().advertise(kV2));
  EXPECT_TRUE(body.starts_with("000eversion 2\n"));
  EXPECT_TRUE(body.ends_with("0000"));
  EXPECT_EQ(body.find("refs/heads"), std::string::npos);
}

// Everything but the first line, whose capabilities are each server's own.
std::string without_first_line(const std::string& advertisement) {
  return advertisement.substr(advertisement.find('\n') + 1);
}

TEST_F(UploadPackTest, AdvertisesTheRefsThatGitDoesInV0) {
  const std::string ours = TAKE(open().advertise(kV0));
  const std::string prefix = "001e# service=git-upload-pack\n0000";
  ASSERT_TRUE(ours.starts_with(prefix));
  const std::string gits =
      test::run_git({"upload-pack", "--http-backend-info-refs", git.path().string()}).out;
  EXPECT_EQ(without_first_line(ours.substr(prefix.size())), without_first_line(gits));
  EXPECT_NE(ours.find(" symref=HEAD:refs/heads/main "), std::string::npos);
  EXPECT_NE(TAKE(open().advertise(WireVersion::v1)).find("000eversion 1\n"), std::string::npos);
}

TEST_F(UploadPackTest, AdvertisesAnEmptyRepository) {
  const test::TestRepository empty;
  const UploadPack upload_pack(TAKE(Repository::open(empty.path())), {});
  const std::string body = TAKE(upload_pack.advertise(kV0));
  EXPECT_NE(body.find(std::string(40, '0') + " capabilities^{}"), std::string::npos);
}

TEST_F(UploadPackTest, ListsRefsAsGitDoes) {
  const std::vector<std::vector<std::string>> cases = {
      {},
      {"peel", "symrefs", "unborn"},
      {"peel", "symrefs", "ref-prefix HEAD", "ref-prefix refs/heads/", "ref-prefix refs/tags/"},
      {"peel", "ref-prefix refs/tags/v", "ref-prefix refs/tags/", "ref-prefix refs/tags/light"},
      {"ref-prefix refs/heads/main"},
      {"ref-prefix nothing"}};
  for (const auto& arguments : cases) {
    EXPECT_EQ(ls_refs(arguments), test::serve_by_git(git, kV2, ls_refs_body(arguments)));
  }
}

TEST_F(UploadPackTest, SaysWhichBranchIsUnborn) {
  const test::TestRepository empty;
  const UploadPack upload_pack(TAKE(Repository::open(empty.path())), {});
  for (const auto& arguments : std::vector<std::vector<std::string>>{{"symrefs", "unborn"}, {}}) {
    const std::string body = ls_refs_body(arguments);
    EXPECT_EQ(test::serve(upload_pack, kV2, body), test::serve_by_git(empty, kV2, body));
  }
}

TEST_F(UploadPackTest, HidesRefs) {
  const std::string all = ls_refs({}, {.hidden_prefixes = {"refs/tags/"}});
  EXPECT_EQ(all.find("refs/tags/"), std::string::npos);
  EXPECT_NE(all.find("refs/heads/main"), std::string::npos);
  const UploadPack upload_pack = open({.hidden_prefixes = {"refs/heads/b1"}});
  const std::string tip = id("refs/heads/b1");
  const auto answer =
      test::read_answer_v2(test::serve(upload_pack, kV2, FetchLines().want(tip).done().v2()));
  ASSERT_EQ(answer.lines.size(), 1u);
  EXPECT_EQ(answer.lines[0], "ERR upload-pack: not our ref " + tip);
}

TEST_F(UploadPackTest, GivesACloneEverything) {
  const auto answer = fetch(want_all().line("ofs-delta").done());
  EXPECT_EQ(answer.lines, (std::vector<std::string>{"packfile", "=="}));
  EXPECT_EQ(test::objects_in(answer.pack, test::Pack::whole), test::reachable(git, {"--all"}));
  EXPECT_EQ(answer.progress.find("Counting objects: "), 0u);
}

TEST_F(UploadPackTest, GivesACloneWithoutOffsetDeltasEverything) {
  const auto answer = fetch(want_all().done());
  EXPECT_EQ(test::objects_in(answer.pack, test::Pack::whole), test::reachable(git, {"--all"}));
}

TEST_F(UploadPackTest, GivesACloneOfOneBranchItsObjectsOnly) {
  const auto answer = fetch(FetchLines().want(id("refs/heads/b2")).line("ofs-delta").done());
  EXPECT_EQ(test::objects_in(answer.pack, test::Pack::whole),
            test::reachable(git, {"refs/heads/b2"}));
}

TEST_F(UploadPackTest, RemembersACloneAndWhatCameAfter) {
  const auto repository = TAKE(Repository::open(git.path()));
  const UploadPack upload_pack(repository, {});
  const auto clone = [&](const std::string& tip) {
    const std::string body = FetchLines().want(tip).line("ofs-delta").done().v2();
    return test::objects_in(test::read_answer_v2(test::serve(upload_pack, kV2, body)).pack,
                            test::Pack::whole);
  };
  for (int round = 0; round < 3; ++round) {
    const std::string tip = git.commit({{"d1/round" + std::to_string(round), "x\n"}});
    if (round == 1) git.git({"repack", "-adq"});
    ASSERT_OK(repository->refresh());
    ASSERT_OK(repository->refs().reload_if_changed());
    EXPECT_EQ(clone(tip), test::reachable(git, {tip}));
    EXPECT_EQ(clone(tip), test::reachable(git, {tip}));
  }
}

TEST_F(UploadPackTest, SendsOnlyWhatIsNew) {
  const std::string old_tip = id("refs/heads/main");
  const std::string new_tip = git.commit({{"d1/added", "text\n"}});
  const auto answer = fetch(FetchLines().want(new_tip).have(old_tip).done());
  EXPECT_EQ(test::objects_in(answer.pack), test::reachable(git, {new_tip, "^" + old_tip}));
}

TEST_F(UploadPackTest, AnswersNothingToAnEmptyRequest) {
  EXPECT_EQ(test::serve(open(), kV2, "0000"), "");
  EXPECT_EQ(test::serve(open(), kV0, "0000"), "");
  EXPECT_EQ(test::serve(open(), kV2, ""), "");
}

TEST_F(UploadPackTest, AcknowledgesLikeGitInV2) {
  const std::string unknown(40, 'a');
  const std::string main = id("refs/heads/main"), old = id("refs/heads/main~3");
  const std::vector<FetchLines> requests = {
      FetchLines().want(main).have(unknown), FetchLines().want(main).have(unknown).have(old),
      FetchLines().line("wait-for-done").want(main).have(old),
      FetchLines().line("wait-for-done").have(old).have(unknown),
      FetchLines().want(main).want(id("refs/heads/b2")).have(id("refs/heads/main~1"))};
  for (const FetchLines& lines : requests) {
    const auto gits = test::read_answer_v2(test::serve_by_git(git, kV2, lines.v2()));
    EXPECT_EQ(fetch(lines).lines, gits.lines) << lines.v2();
  }
}

TEST_F(UploadPackTest, AcknowledgesLikeGitInV0) {
  const std::string unknown(40, 'a');
  const std::string main = id("refs/heads/main"), old = id("refs/heads/main~3");
  const std::vector<FetchLines> requests = {FetchLines().want(main).done(),
                                            FetchLines().want(main).have(unknown),
                                            FetchLines().want(main).have(unknown).have(old),
                                            FetchLines().want(main).have(old).have(unknown),
                                            FetchLines().want(main).have(old),
                                            FetchLines().want(main).have(old).done(),
                                            FetchLines().want(main).have(unknown).done()};
  for (const char* capabilities :
       {"multi_ack_detailed no-done side-band-64k", "multi_ack_detailed side-band-64k",
        "multi_ack side-band-64k", "side-band-64k"}) {
    for (const FetchLines& lines : requests) {
      const auto gits = test::read_answer_v0(test::serve_by_git(git, kV0, lines.v0(capabilities)));
      const auto ours = fetch_v0(lines, capabilities);
      EXPECT_EQ(ours.lines, gits.lines) << lines.v0(capabilities);
      EXPECT_EQ(ours.pack.empty(), gits.pack.empty()) << lines.v0(capabilities);
    }
  }
}

TEST_F(UploadPackTest, SendsABarePackWithoutSidebands) {
  const std::string tip = id("refs/heads/main");
  const std::string response =
      test::serve(open(), kV0, FetchLines().want(tip).done().v0("ofs-delta"));
  ASSERT_TRUE(response.starts_with("0008NAK\n"));
  EXPECT_EQ(test::objects_in(response.substr(8), test::Pack::whole), test::reachable(git, {tip}));
}

TEST_F(UploadPackTest, IncludesTagsOfWhatIsSent) {
  const std::string tip = git.commit({{"d3/tagged", "x\n"}});
  git.git({"tag", "-a", "-m", "inner", "inner", tip});
  git.git({"tag", "-a", "-m", "outer", "outer", "inner"});
  const auto answer = fetch(FetchLines().want(tip).have(id(tip + "~1")).line("include-tag").done());
  const Names objects = test::objects_in(answer.pack);
  EXPECT_TRUE(objects.contains(id("refs/tags/inner")));
  EXPECT_TRUE(objects.contains(id("refs/tags/outer")));
  EXPECT_EQ(objects.size(), test::reachable(git, {tip, "^" + tip + "~1"}).size() + 2);
}

TEST_F(UploadPackTest, CutsHistoryAtADepth) {
  const std::string tip = id("refs/heads/main");
  for (const char* depth : {"deepen 1", "deepen 2", "deepen 5", "deepen 1000"}) {
    const FetchLines lines = FetchLines().want(tip).line(depth).done();
    const auto ours = fetch(lines);
    const auto gits = test::read_answer_v2(test::serve_by_git(git, kV2, lines.v2()));
    auto our_lines = ours.lines, git_lines = gits.lines;
    std::sort(our_lines.begin(), our_lines.end());
    std::sort(git_lines.begin(), git_lines.end());
    EXPECT_EQ(our_lines, git_lines) << depth;
    EXPECT_EQ(test::objects_in(ours.pack), test::objects_in(gits.pack)) << depth;
  }
}

TEST_F(UploadPackTest, AnswersTheBoundaryAloneInV0) {
  const FetchLines lines = FetchLines().want(id("refs/heads/main")).line("deepen 1");
  EXPECT_EQ(fetch_v0(lines).lines,
            test::read_answer_v0(test::serve_by_git(git, kV0, lines.v0(kCapabilities))).lines);
}

TEST_F(UploadPackTest, DeepensAShallowClone) {
  const std::string tip = id("refs/heads/main");
  const auto first = fetch(FetchLines().want(tip).line("deepen 1").done());
  for (const char* more : {"deepen 3", "deepen 2147483647"}) {
    const FetchLines lines =
        FetchLines().want(tip).have(tip).line("shallow " + tip).line(more).done();
    const auto ours = fetch(lines);
    const auto gits = test::read_answer_v2(test::serve_by_git(git, kV2, lines.v2()));
    auto our_lines = ours.lines, git_lines = gits.lines;
    std::sort(our_lines.begin(), our_lines.end());
    std::sort(git_lines.begin(), git_lines.end());
    EXPECT_EQ(our_lines, git_lines) << more;
    // What the client has together with what it gets is what a clone of that depth has.
    const FetchLines whole = FetchLines().want(tip).line(more).done();
    Names together = test::objects_in(first.pack);
    together.merge(test::objects_in(ours.pack));
    EXPECT_EQ(together, test::objects_in(
                            test::read_answer_v2(test::serve_by_git(git, kV2, whole.v2())).pack));
  }
}

TEST_F(UploadPackTest, DeepensRelativeToTheBoundary) {
  const std::string tip = id("refs/heads/main");
  const FetchLines lines = FetchLines()
                               .want(tip)
                               .have(tip)
                               .line("shallow " + tip)
                               .line("deepen 1")
                               .line("deepen-relative")
                               .done();
  auto ours = fetch(lines).lines;
  auto gits = test::read_answer_v2(test::serve_by_git(git, kV2, lines.v2())).lines;
  std::sort(ours.begin(), ours.end());
  std::sort(gits.begin(), gits.end());
  EXPECT_EQ(ours, gits);
}

TEST_F(UploadPackTest, CutsHistoryAtADateOrARef) {
  const std::string tip = id("refs/heads/b1");
  for (const char* limit : {"deepen-since 1700001500", "deepen-not refs/heads/b2"}) {
    const FetchLines lines = FetchLines().want(tip).line(limit).done();
    const auto ours = fetch(lines);
    const auto gits = test::read_answer_v2(test::serve_by_git(git, kV2, lines.v2()));
    auto our_lines = ours.lines, git_lines = gits.lines;
    std::sort(our_lines.begin(), our_lines.end());
    std::sort(git_lines.begin(), git_lines.end());
    EXPECT_EQ(our_lines, git_lines) << limit;
    EXPECT_EQ(test::objects_in(ours.pack), test::objects_in(gits.pack)) << limit;
  }
}

TEST_F(UploadPackTest, TellsWhereAShallowRepositoryEnds) {
  const std::string tip = id("refs/heads/b1"), end = id("refs/heads/b1~3");
  TAKE(base::write_file_durably(git.path() / "shallow", end + "\n"));
  EXPECT_NE(TAKE(open().advertise(kV0)).find("shallow " + end), std::string::npos);
  for (const FetchLines& lines :
       {FetchLines().want(tip).done(), FetchLines().want(tip).line("deepen 2").done(),
        FetchLines().want(tip).line("deepen 2147483647").done()}) {
    const auto ours = fetch(lines);
    const auto gits = test::read_answer_v2(test::serve_by_git(git, kV2, lines.v2()));
    EXPECT_EQ(ours.lines, gits.lines);
    EXPECT_EQ(test::objects_in(ours.pack), test::objects_in(gits.pack));
  }
}

TEST_F(UploadPackTest, GivesAPartialCloneItsMissingBlobs) {
  const std::string blob = id("main:d0/new");
  const auto answer =
      fetch(FetchLines().want(blob).line("filter blob:none").line("ofs-delta").done());
  EXPECT_EQ(test::objects_in(answer.pack), Names{blob});
}

TEST_F(UploadPackTest, GivesAPartialCloneItsMissingTrees) {
  const std::string tree = id("main:d0");
  const auto answer = fetch(FetchLines().want(tree).done());
  EXPECT_EQ(test::objects_in(answer.pack), test::reachable(git, {tree}));
}

TEST_F(UploadPackTest, GivesTheRefsThatAreWantedByName) {
  const auto answer = fetch(FetchLines()
                                .line("want-ref refs/heads/main")
                                .line("want-ref HEAD")
                                .want(id("refs/heads/b1"))
                                .done());
  const std::string main = id("refs/heads/main");
  EXPECT_EQ(answer.lines,
            (std::vector<std::string>{"wanted-refs", main + " HEAD", main + " refs/heads/main",
                                      "--", "packfile", "=="}));
  EXPECT_EQ(test::objects_in(answer.pack, test::Pack::whole),
            test::reachable(git, {"refs/heads/main", "refs/heads/b1"}));
}

TEST_F(UploadPackTest, RefusesUnknownHiddenAndRepeatedRefsByName) {
  UploadPolicy policy;
  policy.hidden_prefixes = {"refs/heads/b"};
  const auto error_of = [&](const FetchLines& lines) {
    return test::read_answer_v2(test::serve(open(policy), kV2, lines.v2())).lines.at(0);
  };
  EXPECT_EQ(error_of(FetchLines().line("want-ref refs/heads/no")), "ERR unknown ref refs/heads/no");
  EXPECT_EQ(error_of(FetchLines().line("want-ref main")), "ERR unknown ref main");
  EXPECT_EQ(error_of(FetchLines().line("want-ref refs/heads/b1")), "ERR unknown ref refs/heads/b1");
  EXPECT_EQ(error_of(FetchLines().line("want-ref HEAD").line("want-ref HEAD")),
            "ERR duplicate want-ref HEAD");
}

TEST_F(UploadPackTest, RefusesWhatNoRefReaches) {
  const std::string stray = git.git({"hash-object", "-w", "--stdin"}, "stray");
  const std::string lost = git.git({"commit-tree", "-m", "lost", "main^{tree}"});
  for (const std::string& id : std::vector<std::string>{stray, lost, std::string(40, 'b')}) {
    for (const auto& answer :
         {fetch(FetchLines().want(id).done()), fetch_v0(FetchLines().want(id).done())}) {
      ASSERT_EQ(answer.lines.size(), 1u);
      EXPECT_EQ(answer.lines[0], "ERR upload-pack: not our ref " + id);
      EXPECT_TRUE(answer.pack.empty());
    }
  }
}

TEST_F(UploadPackTest, GivesAnAncestorOfATip) {
  const std::string old = id("refs/heads/main~4");
  EXPECT_EQ(test::objects_in(fetch(FetchLines().want(old).done()).pack),
            test::reachable(git, {old}));
}

TEST_F(UploadPackTest, RefusesWhatItDoesNotUnderstand) {
  const std::string tip = id("refs/heads/main");
  const std::vector<FetchLines> requests = {
      FetchLines().line("want xyz"),
      FetchLines().want(tip).line("filter sparse:oid=abc"),
      FetchLines().want(tip).line("deepen 0"),
      FetchLines().want(tip).line("deepen -1"),
      FetchLines().want(tip).line("nonsense"),
      FetchLines().want(tip).line("deepen 1").line("deepen-since 5")};
  for (const FetchLines& lines : requests) {
    const auto answer = fetch(lines);
    ASSERT_EQ(answer.lines.size(), 1u) << lines.v2();
    EXPECT_TRUE(answer.lines[0].starts_with("ERR ")) << answer.lines[0];
  }
}

TEST_F(UploadPackTest, RefusesUnknownCommandsAndFormats) {
  const auto error_of = [&](const std::vector<std::string>& lines) {
    std::string body;
    for (const std::string& line : lines) append_pkt(body, line + '\n');
    append_flush(body);
    return test::serve(open(), kV2, body);
  };
  EXPECT_NE(error_of({"command=object-info"}).find("ERR invalid command"), std::string::npos);
  EXPECT_NE(error_of({"agent=x"}).find("ERR no command"), std::string::npos);
  EXPECT_NE(error_of({"command=fetch", "object-format=sha256"}).find("ERR mismatched"),
            std::string::npos);
  EXPECT_NE(error_of({"command=fetch", "magic"}).find("ERR unknown capability"), std::string::npos);
}

TEST_F(UploadPackTest, BoundsTheNumberOfLines) {
  const UploadPack upload_pack = open({.max_wants = 2});
  const std::string tip = id("refs/heads/main");
  const std::string body = FetchLines().want(tip).want(tip).want(tip).done().v2();
  EXPECT_NE(test::serve(upload_pack, kV2, body).find("ERR too many"), std::string::npos);
}

TEST_F(UploadPackTest, AsksAgainWhetherTheClientMaySeeWhatIsKept) {
  const auto repository = TAKE(Repository::open(git.path()));
  const UploadPack upload_pack(repository, {});
  const std::string body = FetchLines().want(id("refs/heads/b1")).done().v2();
  EXPECT_NE(test::read_answer_v2(test::serve(upload_pack, kV2, body)).pack, "");
  ASSERT_OK(repository->refs().update({.name = "refs/heads/b1"}));
  EXPECT_NE(test::serve(upload_pack, kV2, body).find("ERR upload-pack: not our ref"),
            std::string::npos);
}

TEST_F(UploadPackTest, KeepsNoPackThatIsGone) {
  const auto cache = std::make_shared<FetchCache>(FetchLimits());
  const auto repository = TAKE(Repository::open(git.path()));
  const UploadPack upload_pack(repository, {.cache = cache});
  const std::string body = want_all().done().v2();
  test::serve(upload_pack, kV2, body);
  EXPECT_EQ(cache->use().packs, 1u);
  git.git({"repack", "-adq"});
  ASSERT_OK(repository->refresh());
  ASSERT_OK(upload_pack.prepare());
  EXPECT_EQ(cache->use().packs, 0u);
  EXPECT_EQ(test::objects_in(test::read_answer_v2(test::serve(upload_pack, kV2, body)).pack),
            test::reachable(git, {"--all"}));
}

TEST_F(UploadPackTest, SaysThatItIsBusy) {
  FetchLimits limits;
  limits.packs_in_all = 0;
  limits.patience = std::chrono::milliseconds(0);
  const UploadPack upload_pack = open({.cache = std::make_shared<FetchCache>(limits)});
  const std::string body = want_all().done().v2();
  EXPECT_NE(test::serve(upload_pack, kV2, body).find("ERR the server is making as many packs"),
            std::string::npos);
}

TEST_F(UploadPackTest, StopsWhenTheClientHasGone) {
  size_t calls = 0;
  const auto served =
      open().serve(kV2, want_all().done().v2(), [&](std::string_view) -> base::Result<void> {
        if (++calls < 2) return {};
        return base::Error{base::Code::io, "gone"};
      });
  EXPECT_EQ(test::code_of(served), base::Code::io);
}

// For many histories and random pairs of wants and haves: the client ends up with all that it
// wanted, and never gets what it did not ask for.
class RandomFetch : public testing::TestWithParam<unsigned> {};

TEST_P(RandomFetch, SendsEnoughAndNothingStrange) {
  const test::TestRepository git;
  git.git({"fast-import", "--quiet", "--done"}, test::random_history(GetParam(), 40));
  if (GetParam() % 2 == 0) git.git({"repack", "-adfq"});
  const UploadPack upload_pack(TAKE(Repository::open(git.path())), {});
  const std::string list = git.git({"rev-list", "--all"});
  const auto commits = base::split(list, '\n');
  for (size_t i = 0; i < 4; ++i) {
    const std::string want(commits[i * 7 % commits.size()]);
    const std::string have(commits[(i * 11 + 5) % commits.size()]);
    const std::string body = FetchLines().want(want).have(have).line("ofs-delta").done().v2();
    const Names sent =
        test::objects_in(test::read_answer_v2(test::serve(upload_pack, kV2, body)).pack);
    const Names needed = test::reachable(git, {want, "^" + have});
    const Names wanted = test::reachable(git, {want});
    EXPECT_TRUE(std::includes(sent.begin(), sent.end(), needed.begin(), needed.end()));
    EXPECT_TRUE(std::includes(wanted.begin(), wanted.end(), sent.begin(), sent.end()));
  }
}
INSTANTIATE_TEST_SUITE_P(Histories, RandomFetch, testing::Range(100u, 108u));

}  // namespace
}  // namespace vcs
