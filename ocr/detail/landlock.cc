// Landlock (linux/landlock.h), by raw system calls: the C library has no wrappers.
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/file.h"
#include "ocr/detail/confinement.h"

namespace ocr::detail {
namespace {

// Younger than Debian 12's kernel headers.
constexpr uint64_t kTruncate = 1ULL << 14;       // ABI 3
constexpr uint64_t kDeviceControl = 1ULL << 15;  // ABI 5
constexpr uint64_t kBindTcp = 1ULL << 0;         // ABI 4
constexpr uint64_t kConnectTcp = 1ULL << 1;
constexpr uint64_t kAbstractSockets = 1ULL << 0;  // ABI 6
constexpr uint64_t kSignals = 1ULL << 1;

struct Ruleset {
  uint64_t files = 0;
  uint64_t network = 0;
  uint64_t scoped = 0;
};

constexpr uint64_t kReadFile = LANDLOCK_ACCESS_FS_READ_FILE;
constexpr uint64_t kReadTree = kReadFile | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr uint64_t kExecuteFile = LANDLOCK_ACCESS_FS_EXECUTE | kReadFile;

// Everything that the kernel can forbid is forbidden, but for the rules added later.
Ruleset everything(int abi) {
  Ruleset ruleset;
  ruleset.files = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;
  if (abi >= 2) ruleset.files |= LANDLOCK_ACCESS_FS_REFER;
  if (abi >= 3) ruleset.files |= kTruncate;
  if (abi >= 4) ruleset.network = kBindTcp | kConnectTcp;
  if (abi >= 5) ruleset.files |= kDeviceControl;
  if (abi >= 6) ruleset.scoped = kAbstractSockets | kSignals;
  return ruleset;
}

size_t size_known_to(int abi) {
  return abi >= 6 ? sizeof(Ruleset) : abi >= 4 ? 2 * sizeof(uint64_t) : sizeof(uint64_t);
}

base::Error denied(const char* attempt) {
  return {base::Code::denied, std::string(attempt) + ": " + std::strerror(errno)};
}

base::Result<void> allow_fd(int ruleset, int fd, uint64_t access) {
  landlock_path_beneath_attr rule = {};
  rule.allowed_access = access;
  rule.parent_fd = fd;
  const long status = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
  // Anonymous files (memfd) lie outside what Landlock governs: no rule is needed.
  if (status != 0 && errno != EBADFD) return denied("landlock_add_rule");
  return {};
}

base::Result<void> allow_path(int ruleset, const std::string& path, bool execute) {
  const base::UniqueFd fd(::open(path.c_str(), O_PATH | O_CLOEXEC));
  if (!fd) return {};  // what is not there needs no rule
  struct stat status = {};
  if (fstat(fd.get(), &status) != 0) return denied("fstat");
  const bool folder = S_ISDIR(status.st_mode);
  return allow_fd(ruleset, fd.get(), folder ? kReadTree : execute ? kExecuteFile : kReadFile);
}

base::Result<void> allow_input(int ruleset) {
  struct stat status = {};
  if (fstat(0, &status) != 0 || !S_ISREG(status.st_mode)) return {};
  return allow_fd(ruleset, 0, kReadFile);
}

}  // namespace

int landlock_abi() {
  const long abi =
      syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  return abi > 0 ? static_cast<int>(abi) : 0;
}

base::Result<void> restrict_files(const FileRules& rules) {
  const int abi = landlock_abi();
  if (abi == 0) return base::Error{base::Code::denied, "this kernel has no Landlock"};
  const Ruleset all = everything(abi);
  const base::UniqueFd ruleset(
      static_cast<int>(syscall(SYS_landlock_create_ruleset, &all, size_known_to(abi), 0)));
  if (!ruleset) return denied("landlock_create_ruleset");
  for (const std::string& path : rules.executable) TRY(allow_path(ruleset.get(), path, true));
  for (const std::string& path : rules.readable) TRY(allow_path(ruleset.get(), path, false));
  TRY(allow_input(ruleset.get()));
  if (syscall(SYS_landlock_restrict_self, ruleset.get(), 0) != 0) {
    return denied("landlock_restrict_self");
  }
  return {};
}

std::vector<std::string> loaders() {
  return {"/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1"};
}

std::vector<std::string> tool_readable() {
  return {
      "/lib",       "/lib64",      "/usr/lib",       "/usr/lib64",       "/usr/local/lib",
      "/usr/share", "/etc/fonts",  "/etc/localtime", "/etc/ld.so.cache", "/var/cache/fontconfig",
      "/dev/null",  "/dev/urandom"};
}

}  // namespace ocr::detail
