#include "ocr/detail/child.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "ocr/detail/launcher.h"
#include "ocr/detail/steps.h"

namespace ocr::detail {
namespace {

constexpr int kControl = 3;

// Descriptors that are moved above the child's own four first, so that no dup2 overwrites one
// that is still needed.
class FileActions {
 public:
  FileActions() { posix_spawn_file_actions_init(&actions_); }
  FileActions(const FileActions&) = delete;
  ~FileActions() { posix_spawn_file_actions_destroy(&actions_); }

  void give(int fd, int as) {
    if (fd < 0) {
      posix_spawn_file_actions_addopen(&actions_, as, "/dev/null", as == 0 ? O_RDONLY : O_WRONLY,
                                       0);
    } else {
      posix_spawn_file_actions_adddup2(&actions_, fd, as);
    }
  }
  void close_others() { posix_spawn_file_actions_addclosefrom_np(&actions_, kControl + 1); }
  posix_spawn_file_actions_t* get() { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_;
};

class Attributes {
 public:
  Attributes() {
    posix_spawnattr_init(&attributes_);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setflags(&attributes_,
                             POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  Attributes(const Attributes&) = delete;
  ~Attributes() { posix_spawnattr_destroy(&attributes_); }
  posix_spawnattr_t* get() { return &attributes_; }

 private:
  posix_spawnattr_t attributes_;
};

// A duplicate above the four that the child uses.
base::Result<base::UniqueFd> moved_up(int fd) {
  if (fd < 0) return base::UniqueFd();
  base::UniqueFd up(fcntl(fd, F_DUPFD_CLOEXEC, kControl + 1));
  if (!up) return base::system_error("duplicate a descriptor", "");
  return up;
}

// libgomp reads its limit when it is loaded: threads inside tesseract only cost (tesseract#3109).
std::vector<std::string> environment() {
  std::vector<std::string> out = {"OMP_THREAD_LIMIT=1", "LC_ALL=C"};
  if (const char* without = std::getenv(kWithoutVariable)) {
    out.push_back(std::string(kWithoutVariable) + "=" + without);
  }
#ifdef GLOSSATOR_SANITIZED
  // Leak detection forks and traces, which no confined process may.
  out.emplace_back("ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1");
#endif
  return out;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

base::Result<pid_t> spawn(const std::vector<std::string>& arguments, FileActions& actions) {
  std::vector<std::string> words = {"glossator"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> variables = environment();
  Attributes attributes;
  pid_t pid = -1;
  const int status = on_launching_thread([&] {
    return posix_spawn(&pid, "/proc/self/exe", actions.get(), attributes.get(),
                       pointers(words).data(), pointers(variables).data());
  });
  if (status != 0) {
    return base::Error{base::Code::busy,
                       std::string("starting a child process: ") + std::strerror(status)};
  }
  return pid;
}

}  // namespace

Child& Child::operator=(Child&& other) noexcept {
  if (this == &other) return *this;
  if (running()) reap(true);
  pid_ = std::exchange(other.pid_, -1);
  return *this;
}

Child::~Child() {
  if (running()) reap(true);
}

base::Result<Child> Child::start(const std::vector<std::string>& arguments, const ChildFds& fds) {
  const base::UniqueFd in = TRY(moved_up(fds.in));
  const base::UniqueFd out = TRY(moved_up(fds.out));
  const base::UniqueFd err = TRY(moved_up(fds.err));
  const base::UniqueFd control = TRY(moved_up(fds.control));
  FileActions actions;
  actions.give(in.get(), 0);
  actions.give(out.get(), 1);
  actions.give(err.get(), 2);
  actions.give(control.get(), kControl);
  actions.close_others();
  return Child(TRY(spawn(arguments, actions)));
}

base::UniqueFd Child::end_signal() const {
  return base::UniqueFd(static_cast<int>(syscall(SYS_pidfd_open, pid_, 0)));
}

void Child::kill_group() const {
  if (!running()) return;
  ::kill(-pid_, SIGKILL);  // its session's group
  ::kill(pid_, SIGKILL);   // should it not have come so far
}

double Child::cpu_seconds() const {
  clockid_t clock;
  timespec used = {};
  if (!running() || clock_getcpuclockid(pid_, &clock) != 0) return 0;
  if (clock_gettime(clock, &used) != 0) return 0;
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

uint64_t Child::resident_bytes() const {
  const auto text = base::read_file("/proc/" + std::to_string(pid_) + "/statm", 4096);
  unsigned long total = 0;
  unsigned long resident = 0;
  if (!text.ok() || std::sscanf(text->c_str(), "%lu %lu", &total, &resident) != 2) return 0;
  return uint64_t{resident} * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

void Child::allow_cpu(int seconds) const {
  const auto until = static_cast<rlim_t>(cpu_seconds()) + static_cast<rlim_t>(seconds) + 1;
  const rlimit wanted = {until, RLIM_INFINITY};
  prlimit(pid_, RLIMIT_CPU, &wanted, nullptr);
}

Child::End Child::reap(bool kill_first) {
  End end;
  if (!running()) return end;
  if (kill_first) kill_group();
  int status = 0;
  rusage usage = {};
  while (wait4(pid_, &status, 0, &usage) < 0 && errno == EINTR) continue;
  pid_ = -1;
  if (WIFSIGNALED(status)) end.signal = WTERMSIG(status);
  if (WIFEXITED(status)) end.exit_status = WEXITSTATUS(status);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  end.cpu_seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  return end;
}

Ending ending_of(const Child::End& end) {
  switch (end.signal) {
    case 0:
      return Ending::exited;
    case SIGSYS:
      return Ending::broke_rules;
    case SIGXCPU:
      return Ending::out_of_cpu;
    case SIGXFSZ:
      return Ending::too_much_output;
    default:
      return Ending::crashed;
  }
}

base::Error error_of(Ending ending) {
  switch (ending) {
    case Ending::out_of_time:
      return {base::Code::limit, "it took too long"};
    case Ending::out_of_cpu:
      return {base::Code::limit, "it took too much computing time"};
    case Ending::out_of_memory:
      return {base::Code::limit, "it needed too much memory"};
    case Ending::too_much_output:
      return {base::Code::limit, "its content inflates without end"};
    case Ending::broke_rules:
      return {base::Code::invalid, "the decoder tried what the sandbox forbids and was stopped"};
    case Ending::crashed:
      return {base::Code::invalid, "the decoder crashed on it"};
    case Ending::cancelled:
      return {base::Code::conflict, "cancelled"};
    case Ending::exited:
      break;
  }
  return {base::Code::invalid, "the decoder gave up on it"};
}

}  // namespace ocr::detail
