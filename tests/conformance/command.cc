#include "tests/conformance/command.h"

#include <sys/wait.h>

#include <cstdio>
#include <stdexcept>

namespace conformance {
namespace {

std::string in_quotes(std::string_view word) {
  std::string out = "'";
  for (const char c : word) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + "'";
}

std::string command_line(const Command& command, const std::string& input, bool errors_too) {
  std::string line = "cd " + in_quotes(command.directory.string()) + " && ";
  for (const auto& [name, value] : command.environment) line += name + "=" + in_quotes(value) + " ";
  for (const std::string& word : command.words) line += in_quotes(word) + " ";
  return line + "<" + in_quotes(input) + (errors_too ? " 2>&1" : "");
}

}  // namespace

CommandRun run_command(const Command& command, bool errors_too) {
  const auto scratch = MUST(base::TempDir::create());
  const base::Path input = scratch.path() / "input";
  MUST(base::write_file_durably(input, command.input));
  std::FILE* pipe = ::popen(command_line(command, input.string(), errors_too).c_str(), "r");
  if (!pipe) throw std::runtime_error("no process for " + command.words.front());
  CommandRun run;
  char block[4096];
  while (const size_t count = std::fread(block, 1, sizeof(block), pipe)) {
    run.output.append(block, count);
  }
  const int status = ::pclose(pipe);
  run.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return run;
}

}  // namespace conformance
