// Random fetches from random histories, answered by our upload-pack and by git's: a client must end
// up with the same objects and the same boundary.
//
//   fetch_differential_test             GLOSSATOR_HISTORIES=200 for more than the usual 40
#include <algorithm>
#include <cstdlib>
#include <random>

#include "tests/vcs/upload_pack_fixture.h"

namespace vcs {
namespace {

using test::FetchAnswer;
using test::FetchLines;
using test::Names;

constexpr int kRequests = 25;  // of each history

int histories() {
  const char* wanted = std::getenv("GLOSSATOR_HISTORIES");
  return wanted ? std::atoi(wanted) : 40;
}

Names objects_of(const FetchAnswer& answer) {
  return answer.pack.empty() ? Names() : test::objects_in(answer.pack);
}

std::vector<std::string> acknowledgements(const FetchAnswer& answer) {
  std::vector<std::string> lines = answer.lines;
  std::erase_if(lines, [](const std::string& line) {
    return !line.starts_with("ACK ") && line != "NAK" && line != "acknowledgments";
  });
  return lines;
}

bool has_heard_enough(const FetchAnswer& answer) {
  return std::find(answer.lines.begin(), answer.lines.end(), "ready") != answer.lines.end();
}

// The boundary's lines may come in any order.
std::vector<std::string> sorted_lines(const FetchAnswer& answer) {
  std::vector<std::string> lines = answer.lines;
  std::sort(lines.begin(), lines.end());
  return lines;
}

class RandomFetches {
 public:
  explicit RandomFetches(unsigned seed) : random_(seed) {
    git_.git({"fast-import", "--quiet", "--done"}, test::random_history(seed, 20 + pick(40)));
    if (pick(2) == 0) git_.git({"repack", "-adfq", "--depth=10"});
    tips_ = ids({"for-each-ref", "--format=%(objectname)"});
    commits_ = ids({"rev-list", "--all"});
  }

  // What the client has already makes no difference to what it has afterwards.
  void compare_incremental() {
    FetchLines lines = some_wants();
    std::vector<std::string> haves;
    for (int i = pick(4); i > 0; --i) haves.push_back(one_of(commits_));
    for (const std::string& have : haves) lines.have(have);
    const auto [ours, gits] = both(lines.done());
    Names mine = objects_of(ours), theirs = objects_of(gits);
    if (!haves.empty()) {
      const Names known = test::reachable(git_, haves);
      mine.insert(known.begin(), known.end());
      theirs.insert(known.begin(), known.end());
    }
    EXPECT_EQ(mine, theirs) << lines.v2();
  }

  void compare_acknowledgements() {
    FetchLines lines = some_wants();
    for (int i = 1 + pick(4); i > 0; --i) {
      lines.have(pick(4) == 0 ? std::string(40, 'c') : one_of(commits_));
    }
    const auto [ours, gits] = both(lines);
    EXPECT_EQ(acknowledgements(ours), acknowledgements(gits)) << lines.v2();
    // git looks no further back than the oldest commit that the client named.
    EXPECT_GE(has_heard_enough(ours), has_heard_enough(gits)) << lines.v2();
  }

  void compare_clone() {
    FetchLines lines = some_wants();
    if (pick(2) == 0) add_limit(lines);
    if (pick(2) == 0) lines.line("filter " + filter());
    const auto [ours, gits] = both(lines.done());
    if (gits.pack.empty()) {
      // The limits leave nothing: git breaks off, we say why.
      EXPECT_EQ(ours.pack, "") << lines.v2();
      return;
    }
    EXPECT_EQ(sorted_lines(ours), sorted_lines(gits)) << lines.v2();
    EXPECT_EQ(objects_of(ours), objects_of(gits)) << lines.v2();
  }

 private:
  int pick(int bound) { return static_cast<int>(random_() % static_cast<unsigned>(bound)); }
  const std::string& one_of(const std::vector<std::string>& from) {
    return from[static_cast<size_t>(pick(static_cast<int>(from.size())))];
  }

  std::vector<std::string> ids(std::vector<std::string> arguments) const {
    std::vector<std::string> out;
    const std::string list = git_.git(std::move(arguments));
    for (const auto line : base::split(list, '\n')) out.emplace_back(line);
    return out;
  }

  FetchLines some_wants() {
    FetchLines lines;
    for (int i = 1 + pick(3); i > 0; --i)
      lines.want(pick(4) == 0 ? one_of(commits_) : one_of(tips_));
    if (pick(2) == 0) lines.line("ofs-delta");
    return lines.line("no-progress");
  }

  void add_limit(FetchLines& lines) {
    const int kind = pick(3);
    if (kind == 0) lines.line("deepen " + std::to_string(1 + pick(6)));
    if (kind == 1) lines.line("deepen-since " + std::to_string(1700000000 + 60 * pick(60)));
    if (kind == 2) lines.line("deepen-not refs/heads/b1");
  }

  std::string filter() {
    static const std::vector<std::string> kFilters = {
        "blob:none", "blob:limit=150",          "tree:0", "tree:1", "tree:2",
        "tree:3",    "combine:tree:2+blob:none"};
    return one_of(kFilters);
  }

  std::pair<FetchAnswer, FetchAnswer> both(const FetchLines& lines) {
    const UploadPack upload_pack(TAKE(Repository::open(git_.path())), {});
    const std::string body = lines.v2();
    return {test::read_answer_v2(test::serve(upload_pack, kV2, body)),
            test::read_answer_v2(test::serve_by_git(git_, kV2, body))};
  }

  std::mt19937 random_;
  test::TestRepository git_;
  std::vector<std::string> tips_, commits_;
};

struct FetchDifferentialTest : testing::TestWithParam<int> {};

TEST_P(FetchDifferentialTest, LeavesTheClientWithWhatGitWouldGive) {
  RandomFetches fetches(static_cast<unsigned>(GetParam()));
  for (int i = 0; i < kRequests && !HasFailure(); ++i) {
    if (i % 3 == 0) fetches.compare_incremental();
    if (i % 3 == 1) fetches.compare_acknowledgements();
    if (i % 3 == 2) fetches.compare_clone();
  }
}

INSTANTIATE_TEST_SUITE_P(Histories, FetchDifferentialTest, testing::Range(1, 1 + histories()));

}  // namespace
}  // namespace vcs
