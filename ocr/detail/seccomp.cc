// The two allow-lists. They were derived by tracing the children over honest and hostile files;
// whatever is not named kills the process, so that a breach is seen and not merely refused.
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <initializer_list>
#include <span>
#include <tuple>

#include "base/handle.h"
#include "ocr/detail/confinement.h"

namespace ocr::detail {
namespace {

using Filter = base::Handle<void, seccomp_release>;

base::Error refused(const char* attempt, int status) {
  return {base::Code::denied, std::string(attempt) + " failed with " + std::to_string(status)};
}

constexpr uint64_t kWriting = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | O_APPEND;

// Memory, time, signals to oneself, and what is already open.
constexpr int kHarmless[] = {
    SCMP_SYS(read),
    SCMP_SYS(write),
    SCMP_SYS(readv),
    SCMP_SYS(writev),
    SCMP_SYS(pread64),
    SCMP_SYS(lseek),
    SCMP_SYS(close),
    SCMP_SYS(fstat),
    SCMP_SYS(fadvise64),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(brk),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(futex),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_getres),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(time),
    SCMP_SYS(getrandom),
    SCMP_SYS(getrusage),
    SCMP_SYS(times),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(sysinfo),
    SCMP_SYS(uname),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),
};

base::Result<void> allow(const Filter& filter, std::span<const int> calls) {
  for (const int call : calls) {
    const int status = seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, call, 0);
    if (status != 0) return refused("seccomp_rule_add", status);
  }
  return {};
}

base::Result<void> fail(const Filter& filter, int error, std::initializer_list<int> calls) {
  for (const int call : calls) {
    const int status = seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(error), call, 0);
    if (status != 0) return refused("seccomp_rule_add", status);
  }
  return {};
}

base::Result<void> when(const Filter& filter, uint32_t action, int call, scmp_arg_cmp condition) {
  const int status = seccomp_rule_add(filter.get(), action, call, 1, condition);
  if (status != 0) return refused("seccomp_rule_add", status);
  return {};
}

base::Result<Filter> begin() {
  Filter filter(seccomp_init(SCMP_ACT_KILL_PROCESS));
  if (!filter) return base::Error{base::Code::denied, "seccomp is not available"};
  TRY(allow(filter, kHarmless));
  // Terminal questions of stdio: no descriptor is a terminal.
  TRY(fail(filter, ENOTTY, {SCMP_SYS(ioctl)}));
  for (const scmp_datum_t command : {F_GETFL, F_GETFD, F_SETFD}) {
    TRY(when(filter, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), SCMP_A1(SCMP_CMP_EQ, command, 0)));
  }
  // raise() and abort(): signals to oneself, never to the server.
  TRY(when(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill),
           SCMP_A0(SCMP_CMP_EQ, static_cast<scmp_datum_t>(getpid()), 0)));
  return filter;
}

base::Result<void> install(const Filter& filter) {
  seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_TSYNC, 1);
  seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2);
  const int status = seccomp_load(filter.get());
  if (status != 0) return refused("seccomp_load", status);
  return {};
}

#ifdef GLOSSATOR_SANITIZED
// Sanitizers try addresses by writing them into a pipe, and look around while they report; a
// sanitized build is for tests and never serves.
base::Result<void> allow_sanitizers(const Filter& filter) {
  return allow(filter,
               std::initializer_list<int>{SCMP_SYS(prctl), SCMP_SYS(readlink), SCMP_SYS(getppid),
                                          SCMP_SYS(getuid), SCMP_SYS(pipe), SCMP_SYS(pipe2),
                                          SCMP_SYS(prlimit64), SCMP_SYS(personality)});
}
#else
base::Result<void> allow_sanitizers(const Filter&) {
  return {};
}
#endif

}  // namespace

base::Result<void> restrict_calls_of_worker() {
  const Filter filter = TRY(begin());
  TRY(allow(filter, std::initializer_list<int>{SCMP_SYS(recvmsg), SCMP_SYS(sendmsg)}));
  // No memory that can be run, so that injected bytes stay data.
  TRY(when(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)));
  TRY(when(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)));
  // The C library's fstat(); anything by name is answered as if it were not there.
  TRY(when(filter, SCMP_ACT_ALLOW, SCMP_SYS(newfstatat),
           SCMP_A3(SCMP_CMP_MASKED_EQ, AT_EMPTY_PATH, AT_EMPTY_PATH)));
  TRY(when(filter, SCMP_ACT_ERRNO(ENOENT), SCMP_SYS(newfstatat),
           SCMP_A3(SCMP_CMP_MASKED_EQ, AT_EMPTY_PATH, 0)));
  TRY(fail(filter, ENOENT, {SCMP_SYS(access), SCMP_SYS(faccessat), SCMP_SYS(stat)}));
  // tesseract looks for a file of zones beside each image: there is none. Opening for writing
  // kills.
  TRY(when(filter, SCMP_ACT_ERRNO(ENOENT), SCMP_SYS(openat),
           SCMP_A2(SCMP_CMP_MASKED_EQ, kWriting, 0)));
  TRY(when(filter, SCMP_ACT_ERRNO(ENOENT), SCMP_SYS(open),
           SCMP_A1(SCMP_CMP_MASKED_EQ, kWriting, 0)));
  TRY(allow_sanitizers(filter));
  return install(filter);
}

base::Result<void> restrict_calls_of_tool() {
  const Filter filter = TRY(begin());
  TRY(allow(filter, std::initializer_list<int>{
                        SCMP_SYS(execve),     SCMP_SYS(mmap),       SCMP_SYS(mprotect),
                        SCMP_SYS(newfstatat), SCMP_SYS(stat),       SCMP_SYS(lstat),
                        SCMP_SYS(access),     SCMP_SYS(faccessat),  SCMP_SYS(faccessat2),
                        SCMP_SYS(readlink),   SCMP_SYS(readlinkat), SCMP_SYS(getdents64),
                        SCMP_SYS(fstatfs),    SCMP_SYS(statfs),     SCMP_SYS(statx),
                        SCMP_SYS(getcwd),     SCMP_SYS(arch_prctl), SCMP_SYS(set_tid_address),
                        SCMP_SYS(getuid),     SCMP_SYS(geteuid),    SCMP_SYS(getgid),
                        SCMP_SYS(getegid)}));
  // Reading limits, not setting them (the third argument is the new limit).
  TRY(when(filter, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), SCMP_A2(SCMP_CMP_EQ, 0, 0)));
  for (const auto& [call, read_only, writing] :
       {std::tuple{SCMP_SYS(openat), SCMP_A2(SCMP_CMP_MASKED_EQ, kWriting, 0), 2u},
        std::tuple{SCMP_SYS(open), SCMP_A1(SCMP_CMP_MASKED_EQ, kWriting, 0), 1u}}) {
    TRY(when(filter, SCMP_ACT_ALLOW, call, read_only));
    for (const uint64_t flag : {O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_APPEND}) {
      TRY(when(filter, SCMP_ACT_ERRNO(EACCES), call,
               SCMP_CMP(writing, SCMP_CMP_MASKED_EQ, flag, flag)));
    }
  }
  // fontconfig tries to keep a cache: it is told that it may not.
  TRY(fail(filter, EACCES,
           {SCMP_SYS(mkdir), SCMP_SYS(unlink), SCMP_SYS(rename), SCMP_SYS(link), SCMP_SYS(symlink),
            SCMP_SYS(chmod), SCMP_SYS(utimensat)}));
  TRY(allow_sanitizers(filter));
  return install(filter);
}

}  // namespace ocr::detail
