#include "vcs/diff.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "tests/support/git.h"
#include "tests/support/result_matchers.h"
#include "vcs/repository.h"

namespace vcs {
namespace {

// As `git diff-tree -r --no-renames --name-status` prints it; a change of mode or kind counts as M.
std::vector<std::string> diff(const ObjectReader& objects, const ObjectId& a, const ObjectId& b) {
  std::vector<std::string> out;
  TAKE(diff_commits(objects, a, b, [&](const Change& change) -> base::Result<bool> {
    const char* status = !change.before ? "A\t" : !change.after ? "D\t" : "M\t";
    out.push_back(status + std::string(change.path));
    return true;
  }));
  return out;
}

std::vector<std::string> git_diff(const test::TestRepository& git, const std::string& a,
                                  const std::string& b) {
  const std::string text = git.git({"diff-tree", "-r", "--no-renames", "--name-status", a, b});
  std::vector<std::string> out;
  if (text.empty()) return out;
  for (const auto line : base::split(text, '\n')) out.emplace_back(line);
  return out;
}

TEST(Diff, AgreesWithGitOverARandomHistory) {
  const test::TestRepository git;
  git.git({"fast-import", "--quiet", "--done"}, test::random_history(3, 40));
  const auto repository = TAKE(Repository::open(git.path()));
  const std::string log = git.git({"rev-list", "--all"});
  const auto ids = base::split(log, '\n');
  for (size_t i = 0; i + 1 < ids.size(); ++i) {
    const std::string a(ids[i]), b(ids[i + 1]);
    EXPECT_EQ(diff(*repository, TAKE(ObjectId::from_hex(a)), TAKE(ObjectId::from_hex(b))),
              git_diff(git, a, b));
  }
}

TEST(Diff, ShowsAFileThatBecameADirectory) {
  const test::TestRepository git;
  const std::string a = git.commit({{"x", "1"}, {"y", "1"}});
  const std::string b = git.commit({{"x/z", "1"}});
  const auto repository = TAKE(Repository::open(git.path()));
  EXPECT_EQ(diff(*repository, TAKE(ObjectId::from_hex(a)), TAKE(ObjectId::from_hex(b))),
            (std::vector<std::string>{"D\tx", "A\tx/z"}));
}

TEST(Diff, StartsFromNothing) {
  const test::TestRepository git;
  const std::string a = git.commit({{"x", "1"}, {"d/y", "1"}});
  const auto repository = TAKE(Repository::open(git.path()));
  EXPECT_EQ(diff(*repository, kNoObject, TAKE(ObjectId::from_hex(a))),
            (std::vector<std::string>{"A\td/y", "A\tx"}));
}

// Fails on every object but those it was told of.
class FewObjects : public ObjectReader {
 public:
  FewObjects(const ObjectReader& all, std::vector<ObjectId> known)
      : all_(all), known_(std::move(known)) {}
  base::Result<Object> read(const ObjectId& id, uint64_t limit) const override {
    if (std::find(known_.begin(), known_.end(), id) != known_.end()) return all_.read(id, limit);
    return base::Error{base::Code::internal, "this object should not be read"};
  }
  base::Result<ObjectHeader> header(const ObjectId& id) const override { return all_.header(id); }
  bool contains(const ObjectId& id) const override { return all_.contains(id); }

 private:
  const ObjectReader& all_;
  std::vector<ObjectId> known_;
};

TEST(Diff, NeverEntersEqualDirectories) {
  const test::TestRepository git;
  const auto id = [&](const std::string& name) {
    return TAKE(ObjectId::from_hex(git.git({"rev-parse", name})));
  };
  const std::string a = git.commit({{"same/deep/x", "1"}, {"d/y", "1"}});
  const std::string b = git.commit({{"d/y", "2"}});
  const auto repository = TAKE(Repository::open(git.path()));
  const FewObjects few(*repository,
                       {id(a), id(b), id(a + ":"), id(b + ":"), id(a + ":d"), id(b + ":d")});
  EXPECT_EQ(diff(few, id(a), id(b)), std::vector<std::string>{"M\td/y"});
}

}  // namespace
}  // namespace vcs
