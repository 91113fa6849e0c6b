// The real git as an oracle, and repositories made by it.
//
//   TestRepository repo;                                // bare, empty, goes with the object
//   repo.git({"fast-import", "--quiet"}, stream);       // output, or an exception with git's words
//   EXPECT_EQ(run_git({"--version"}).status, 0);
//
// Git runs without anybody's configuration and with fixed names and dates.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"

namespace test {

struct GitRun {
  int status = 0;  // the exit code, or 128 + signal
  std::string out;
  std::string err;
};

GitRun run_git(const std::vector<std::string>& arguments, std::string_view input = "",
               const std::vector<std::string>& environment = {});

// A random-looking but fixed history for `git fast-import`: branches, merges, tags, subdirectories,
// deletions and files that come back. The same seed gives the same history.
std::string random_history(unsigned seed, int commits);

class TestRepository {
 public:
  TestRepository();
  const base::Path& path() const { return path_; }
  // Runs git inside and gives its output without the last newline; throws if it fails.
  std::string git(std::vector<std::string> arguments, std::string_view input = "",
                  const std::vector<std::string>& environment = {}) const;
  // Writes blobs, trees and a commit of these files on top of the branch; gives the commit's id.
  std::string commit(const std::vector<std::pair<std::string, std::string>>& files,
                     const std::string& message = "change\n",
                     const std::string& branch = "refs/heads/main") const;

 private:
  base::TempDir directory_;
  base::Path path_;
};

}  // namespace test
