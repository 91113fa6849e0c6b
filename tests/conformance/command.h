// Runs a program of the suite's world: git to read a repository's configuration, perl, hooks.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/file.h"

namespace conformance {

struct Command {
  base::Path directory;
  std::vector<std::string> words;
  std::vector<std::pair<std::string, std::string>> environment = {};  // besides what is inherited
  std::string input = {};
};

struct CommandRun {
  int status = 0;
  std::string output;
};

// Waits for its end. With `errors_too` the output holds what went to standard error.
CommandRun run_command(const Command& command, bool errors_too = false);

}  // namespace conformance
