// What all refs of a made-up repository reach, as the objects of a pack to be made.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/text.h"
#include "tests/support/git.h"
#include "tests/support/result_matchers.h"
#include "tests/vcs/fetch_client.h"
#include "vcs/detail/closure_cache.h"
#include "vcs/repository.h"

namespace vcs {

struct ClosureTest : testing::Test {
  test::TestRepository git;
  base::TempDir directory = TAKE(base::TempDir::create());
  CommitTable table;

  ClosureTest() {
    git.git({"fast-import", "--quiet", "--done"}, test::random_history(3, 200));
    git.git({"repack", "-adfq", "--depth=20"});
  }

  std::shared_ptr<const ObjectView> view() const {
    return TAKE(Repository::open(git.path(), Access::read_only))->view();
  }
  std::vector<ObjectId> tips() const {
    std::vector<ObjectId> out;
    const std::string list = git.git({"for-each-ref", "--format=%(objectname)"});
    for (const auto line : base::split(list, '\n')) out.push_back(TAKE(ObjectId::from_hex(line)));
    return out;
  }
  SharedObjects everything() { return TAKE(ClosureCache(table).find(view(), tips())); }
  test::Names all_names() const { return test::reachable(git, {"--all"}); }
};

// Takes what is sent.
struct Collected {
  std::string bytes;
  Sink sink() {
    return [this](std::string_view part) -> base::Result<void> {
      bytes += part;
      return {};
    };
  }
};

}  // namespace vcs
