// A repository that saves fill with small packs, seen by stock git too.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/git.h"
#include "tests/support/result_matchers.h"
#include "vcs/commit_queue.h"

namespace vcs {

namespace fs = std::filesystem;

struct MaintenanceTest : testing::Test {
  base::TempDir directory = TAKE(base::TempDir::create());
  base::Path path = directory.path() / "project.git";
  base::Path packs = path / "objects" / "pack";
  std::shared_ptr<Repository> repository = create();

  std::shared_ptr<Repository> create() const {
    test::take(Repository::create(path), "create");
    return TAKE(Repository::open(path));
  }
  std::string git(std::vector<std::string> arguments, std::string_view input = "") const {
    arguments.insert(arguments.begin(), {"-C", path.string()});
    const test::GitRun run = test::run_git(arguments, input);
    EXPECT_EQ(run.status, 0) << run.err;
    return run.out;
  }
  void expect_sound() const { EXPECT_EQ(git({"fsck", "--strict", "--full", "--no-dangling"}), ""); }
  void save(int count, const std::string& branch = "refs/heads/main") {
    CommitQueue queue(*repository);
    for (int i = 0; i < count; ++i) {
      const std::string content = std::to_string(++saved_);
      ASSERT_OK(queue.commit({.branch = branch,
                              .author = {"Ada", "a@b", saved_, 0},
                              .committer = {"Ada", "a@b", saved_, 0},
                              .message = "save " + content + "\n",
                              .make = [&](const Snapshot&) -> base::Result<std::vector<Edit>> {
                                return std::vector<Edit>{{"d/f" + content, content}};
                              }}));
    }
  }
  size_t count_packs() const {
    size_t count = 0;
    for (const auto& file : fs::directory_iterator(packs))
      count += file.path().extension() == ".pack";
    return count;
  }
  base::Path first_pack() const {
    for (const auto& file : fs::directory_iterator(packs)) {
      if (file.path().extension() == ".pack") return file.path();
    }
    return {};
  }
  static void touch(const base::Path& file, std::string_view content = "x") {
    fs::create_directories(file.parent_path());
    std::ofstream(file) << content;
  }

  int saved_ = 0;
};

}  // namespace vcs
