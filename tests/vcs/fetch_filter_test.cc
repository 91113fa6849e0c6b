// What partial clones leave out, compared with what git leaves out.
#include "tests/vcs/upload_pack_fixture.h"
#include "vcs/detail/object_filter.h"

namespace vcs {
namespace {

using test::FetchLines;

using FetchFilterTest = UploadPackTest;

TEST(ObjectFilter, ReadsWhatGitWrites) {
  EXPECT_EQ(TAKE(parse_filter("blob:none")), (ObjectFilter{0, {}}));
  EXPECT_EQ(TAKE(parse_filter("blob:limit=4k")), (ObjectFilter{4096, {}}));
  EXPECT_EQ(TAKE(parse_filter("tree:2")), (ObjectFilter{{}, 2}));
  EXPECT_EQ(TAKE(parse_filter("combine:blob:limit=1m+tree:3")), (ObjectFilter{1 << 20, 3}));
  EXPECT_EQ(TAKE(parse_filter("combine:blob%3Anone+blob%3alimit%3d7")), (ObjectFilter{0, {}}));
}

TEST(ObjectFilter, RefusesOthersInWords) {
  for (const char* spec :
       {"", "blob", "blob:limit=", "blob:limit=-1", "blob:limit=1x",
        "blob:limit=99999999999999999g", "tree:", "tree:-1", "tree:x", "sparse:oid=abc",
        "object:type=tag", "combine:", "combine:blob:none+sparse:oid=a", "combine:blob%3",
        "combine:blob%zznone", "combine:tree:1+"}) {
    EXPECT_EQ(test::code_of(parse_filter(spec)), base::Code::invalid) << spec;
  }
  std::string many = "combine:tree:1";
  for (int i = 0; i < 16; ++i) many += "+tree:1";
  EXPECT_EQ(test::code_of(parse_filter(many)), base::Code::limit);
}

TEST_F(FetchFilterTest, LeavesOutOfACloneWhatGitDoes) {
  const std::string tip = id("refs/heads/main");
  for (const std::string& spec : std::vector<std::string>{
           "blob:none", "blob:limit=145", "blob:limit=1k", "tree:0", "tree:1", "tree:2", "tree:3",
           "tree:4", "combine:tree:3+blob:limit=145", "combine:blob:none+tree:2"}) {
    const auto answer = fetch(FetchLines().want(tip).line("filter " + spec).done());
    EXPECT_EQ(test::objects_in(answer.pack), test::reachable(git, {"--filter=" + spec, tip}))
        << spec;
  }
}

// A directory is met deep down first, then near the root: its files are wanted after all.
TEST_F(FetchFilterTest, TakesTheLeastDepthOfADirectory) {
  git.commit({{"x/y/z/deep/file", "content\n"}});
  git.git({"repack", "-adq"});
  const std::string entries = git.git({"ls-tree", "refs/heads/main"});
  const std::string tree =
      git.git({"mktree"}, entries + "\n040000 tree " + id("refs/heads/main:x/y/z") + "\tup\n");
  const std::string tip = git.git({"commit-tree", "-p", "refs/heads/main", "-m", "up", tree});
  git.git({"update-ref", "refs/heads/main", tip});
  for (const char* spec : {"tree:2", "tree:3", "tree:4", "tree:5"}) {
    const auto answer = fetch(FetchLines().want(tip).line(std::string("filter ") + spec).done());
    EXPECT_EQ(test::objects_in(answer.pack),
              test::reachable(git, {std::string("--filter=") + spec, tip}))
        << spec;
  }
}

TEST_F(FetchFilterTest, FiltersShallowClonesToo) {
  const std::string tip = id("refs/heads/main");
  for (const char* spec : {"blob:none", "tree:0", "tree:2"}) {
    const FetchLines lines =
        FetchLines().want(tip).line("deepen 1").line(std::string("filter ") + spec).done();
    const auto gits = test::read_answer_v2(test::serve_by_git(git, kV2, lines.v2()));
    EXPECT_EQ(test::objects_in(fetch(lines).pack), test::objects_in(gits.pack)) << spec;
  }
}

TEST_F(FetchFilterTest, NeverLeavesOutWhatAWantNames) {
  for (const std::string& want : {id("main:d0"), id("main:d0/new"), id("refs/heads/main")}) {
    for (const char* spec :
         {"tree:0", "tree:1", "tree:2", "blob:none", "combine:tree:2+blob:none"}) {
      const FetchLines lines = FetchLines().want(want).line(std::string("filter ") + spec).done();
      const auto gits = test::read_answer_v2(test::serve_by_git(git, kV2, lines.v2()));
      EXPECT_EQ(test::objects_in(fetch(lines).pack), test::objects_in(gits.pack)) << spec;
    }
  }
}

}  // namespace
}  // namespace vcs
