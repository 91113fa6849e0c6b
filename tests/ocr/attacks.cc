#include "tests/ocr/attacks.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>

namespace test {
namespace {

std::string told(bool succeeded) {
  return succeeded ? "succeeded" : std::string("failed: ") + std::strerror(errno);
}

std::string open_secret() {
  return told(::open("/etc/passwd", O_RDONLY) >= 0);
}
std::string write_file() {
  return told(::open("/tmp/glossator-attack", O_CREAT | O_WRONLY, 0600) >= 0);
}
std::string connect_out() {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(9);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return told(fd >= 0 &&
              (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0 ||
               errno == ECONNREFUSED));
}
std::string fork_child() {
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(0);
  return told(pid > 0);
}
std::string execute() {
  ::execl("/bin/sh", "sh", "-c", "echo succeeded", nullptr);
  return told(false);
}
std::string kill_parent() {
  return told(::kill(::getppid(), 0) == 0);
}
std::string trace_parent() {
  return told(::ptrace(PTRACE_ATTACH, ::getppid(), 0, 0) == 0);
}
std::string make_code() {
  void* page =
      ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return told(page != MAP_FAILED);
}
std::string fill_disk() {
  const int fd = ::memfd_create("fill", 0);
  return told(fd >= 0 && ::ftruncate(fd, 1 << 20) == 0);
}
// Doors into the kernel that no decoder needs: whatever is behind them, the call itself is the
// attack.
std::string call(long number) {
  return told(::syscall(number, 0, 0, 0, 0, 0) >= 0 || errno != EPERM);
}
std::string take_memory() {
  for (int i = 0; i < 256; ++i) {
    constexpr size_t kChunk = 64u << 20;
    void* chunk =
        ::mmap(nullptr, kChunk, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (chunk == MAP_FAILED) return told(false);
    std::memset(chunk, i + 1, kChunk);
  }
  return told(true);
}
std::string loop() {
  while (true) asm volatile("");
}
std::string sleep_long() {
  ::sleep(600);
  return told(true);
}
std::string greet_and_sleep() {
  (void)!::write(1, "!", 1);
  return sleep_long();
}
std::string crash() {
  ::abort();
}
// A worker's answers are frames; this is anything else, without end.
std::string babble() {
  const std::string chunk(1 << 16, 'x');
  while (::write(3, chunk.data(), chunk.size()) > 0) continue;
  return told(false);
}
std::string flood() {
  const std::string chunk(1 << 16, 'x');
  while (::write(1, chunk.data(), chunk.size()) > 0) continue;
  return told(false);
}

const std::map<std::string, std::function<std::string()>>& attacks() {
  static const std::map<std::string, std::function<std::string()>> all = {
      {"open", open_secret},
      {"write", write_file},
      {"connect", connect_out},
      {"fork", fork_child},
      {"exec", execute},
      {"kill", kill_parent},
      {"ptrace", trace_parent},
      {"code", make_code},
      {"fill", fill_disk},
      {"allocate", take_memory},
      {"loop", loop},
      {"sleep", sleep_long},
      {"crash", crash},
      {"flood", flood},
      {"nothing", [] { return told(true); }},
      {"greet and sleep", greet_and_sleep},
      {"babble", babble},
      {"mount", [] { return call(SYS_mount); }},
      {"io_uring", [] { return call(SYS_io_uring_setup); }},
      {"bpf", [] { return call(SYS_bpf); }},
      {"keys", [] { return call(SYS_keyctl); }},
      {"userfaultfd", [] { return call(SYS_userfaultfd); }},
      {"namespace", [] { return call(SYS_unshare); }},
  };
  return all;
}

}  // namespace

std::optional<std::string> attack(const std::string& name) {
  const auto found = attacks().find(name);
  if (found == attacks().end()) return std::nullopt;
  return found->second();
}

std::optional<int> run_attack_verb(int argc, char** argv) {
  if (argc != 3 || std::string_view(argv[1]) != "attack") return std::nullopt;
  const auto answer = attack(argv[2]);
  std::printf("%s", answer.value_or("no such attack").c_str());
  return answer ? 0 : 2;
}

}  // namespace test
