#include "tests/support/git.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <random>
#include <stdexcept>

namespace test {
namespace {

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> out;
  for (std::string& text : strings) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

std::vector<std::string> git_environment(const std::vector<std::string>& more) {
  std::vector<std::string> out = {"PATH=/usr/local/bin:/usr/bin:/bin",
                                  "HOME=/nonexistent",
                                  "GIT_CONFIG_NOSYSTEM=1",
                                  "GIT_CONFIG_GLOBAL=/dev/null",
                                  "GIT_TERMINAL_PROMPT=0",
                                  "GIT_AUTHOR_NAME=Ada",
                                  "GIT_AUTHOR_EMAIL=ada@example.com",
                                  "GIT_COMMITTER_NAME=Ada",
                                  "GIT_COMMITTER_EMAIL=ada@example.com",
                                  "LC_ALL=C"};
  out.insert(out.end(), more.begin(), more.end());
  return out;
}

std::string content_of(const base::Path& path) {
  return MUST(base::read_file(path));
}

// Input and outputs are files, so that neither side ever waits for the other.
int run_process(std::vector<std::string> arguments, std::vector<std::string> environment,
                const base::Path& directory) {
  auto argv = pointers(arguments);
  auto envp = pointers(environment);
  const std::string in = directory / "in", out = directory / "out", err = directory / "err";
  const pid_t child = ::fork();
  if (child == 0) {
    const int fds[] = {::open(in.c_str(), O_RDONLY),
                       ::open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600),
                       ::open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600)};
    for (int i = 0; i < 3; ++i) ::dup2(fds[i], i);
    ::execve("/usr/bin/git", argv.data(), envp.data());
    ::_exit(127);
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::string data_command(std::string_view content) {
  return "data " + std::to_string(content.size()) + '\n' + std::string(content) + '\n';
}

// One random commit of the history.
class HistoryMaker {
 public:
  explicit HistoryMaker(unsigned seed) : random_(seed) {}

  std::string make(int commits) {
    for (int i = 1; i <= commits; ++i) add_commit(i);
    return out_ + "done\n";
  }

 private:
  int pick(int bound) { return static_cast<int>(random_() % static_cast<unsigned>(bound)); }
  std::string branch(int number) {
    return "refs/heads/" + (number == 0 ? "main" : "b" + std::to_string(number));
  }

  void add_commit(int mark) {
    const int on = mark < 3 ? 0 : pick(3);
    out_ += "commit " + branch(on) + "\nmark :" + std::to_string(mark) + '\n';
    out_ +=
        "committer Ada <ada@example.com> " + std::to_string(1700000000 + mark * 60) + " +0000\n";
    out_ += data_command("commit " + std::to_string(mark) + "\n");
    if (tips_[on] == 0 && mark > 1) out_ += "from :" + std::to_string(1 + pick(mark - 1)) + '\n';
    const int other = pick(3);
    if (tips_[on] != 0 && other != on && tips_[other] != 0 && pick(4) == 0) {
      out_ += "merge :" + std::to_string(tips_[other]) + '\n';
    }
    for (int edits = 1 + pick(3); edits > 0; --edits) add_edit();
    tips_[on] = mark;
    if (pick(6) == 0) add_tag(mark);
  }

  void add_edit() {
    const std::string path = "d" + std::to_string(pick(4)) + "/e" + std::to_string(pick(3)) + "/f" +
                             std::to_string(pick(6));
    if (pick(8) == 0) {
      out_ += "D " + path + '\n';
      return;
    }
    out_ += "M 100644 inline " + path + '\n';
    std::string content;
    for (int lines = 0; lines < 20; ++lines) content += "line " + std::to_string(pick(12)) + '\n';
    out_ += data_command(content);
  }

  void add_tag(int mark) {
    if (pick(2) == 0) {
      out_ += "reset refs/tags/light" + std::to_string(mark) + "\nfrom :" + std::to_string(mark) +
              "\n\n";
      return;
    }
    out_ += "tag v" + std::to_string(mark) + "\nfrom :" + std::to_string(mark) + '\n';
    out_ += "tagger Ada <ada@example.com> 1700000000 +0000\n" + data_command("tag\n");
  }

  std::mt19937 random_;
  std::string out_;
  int tips_[3] = {0, 0, 0};
};

}  // namespace

GitRun run_git(const std::vector<std::string>& arguments, std::string_view input,
               const std::vector<std::string>& environment) {
  const base::TempDir directory = MUST(base::TempDir::create());
  MUST(base::write_file_durably(directory.path() / "in", input));
  std::vector<std::string> command = {"git"};
  command.insert(command.end(), arguments.begin(), arguments.end());
  GitRun run;
  run.status = run_process(std::move(command), git_environment(environment), directory.path());
  run.out = content_of(directory.path() / "out");
  run.err = content_of(directory.path() / "err");
  return run;
}

std::string random_history(unsigned seed, int commits) {
  return HistoryMaker(seed).make(commits);
}

TestRepository::TestRepository()
    : directory_(MUST(base::TempDir::create())), path_(directory_.path() / "repository.git") {
  const GitRun run = run_git({"init", "--quiet", "--bare", "-b", "main", path_.string()});
  if (run.status != 0) throw std::runtime_error("git init: " + run.err);
}

std::string TestRepository::git(std::vector<std::string> arguments, std::string_view input,
                                const std::vector<std::string>& environment) const {
  arguments.insert(arguments.begin(), {"-C", path_.string()});
  GitRun run = run_git(arguments, input, environment);
  if (run.status != 0) throw std::runtime_error("git " + arguments[2] + ": " + run.err);
  if (run.out.ends_with('\n')) run.out.pop_back();
  return run.out;
}

std::string TestRepository::commit(const std::vector<std::pair<std::string, std::string>>& files,
                                   const std::string& message, const std::string& branch) const {
  std::string stream = "commit " + branch + "\ncommitter Ada <ada@example.com> 1700000000 +0000\n";
  stream += data_command(message);
  if (run_git({"-C", path_.string(), "rev-parse", "--verify", "-q", branch}).status == 0) {
    stream += "from " + branch + "^0\n";
  }
  for (const auto& [path, content] : files) {
    stream += "M 100644 inline " + path + '\n' + data_command(content);
  }
  git({"fast-import", "--quiet"}, stream);
  return git({"rev-parse", branch});
}

}  // namespace test
