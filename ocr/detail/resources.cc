#include <sys/prctl.h>
#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "ocr/detail/confinement.h"

namespace ocr::detail {
namespace {

base::Result<void> limit(__rlimit_resource resource, uint64_t soft, uint64_t hard,
                         const char* name) {
  rlimit current = {};
  getrlimit(resource, &current);
  const rlim_t highest = std::min<rlim_t>(hard, current.rlim_max);
  const rlimit wanted = {std::min<rlim_t>(soft, highest), highest};
  if (setrlimit(resource, &wanted) == 0) return {};
  return base::Error{base::Code::denied,
                     std::string("limiting ") + name + ": " + std::strerror(errno)};
}

}  // namespace

base::Result<void> restrict_resources(const SandboxLimits& limits, bool for_worker,
                                      uint64_t file_bytes) {
#ifndef GLOSSATOR_SANITIZED
  // A sanitizer reserves terabytes of addresses: there only the parent's watch bounds memory.
  TRY(limit(RLIMIT_AS, limits.memory_bytes, limits.memory_bytes, "memory"));
#endif
  const uint64_t cpu = static_cast<uint64_t>(limits.cpu_seconds);
  // The parent moves a worker's soft limit on with each request; the hard one ends a tool that
  // caught the first signal.
  TRY(limit(RLIMIT_CPU, cpu, for_worker ? RLIM_INFINITY : cpu + 1, "CPU"));
  TRY(limit(RLIMIT_FSIZE, file_bytes, file_bytes, "files written"));
  TRY(limit(RLIMIT_NOFILE, 64, 64, "descriptors"));
  TRY(limit(RLIMIT_CORE, 0, 0, "core dumps"));
  TRY(limit(RLIMIT_MEMLOCK, 0, 0, "locked memory"));
  TRY(limit(RLIMIT_MSGQUEUE, 0, 0, "message queues"));
  if (setpriority(PRIO_PROCESS, 0, limits.niceness) != 0) {
    return base::Error{base::Code::denied, "lowering the priority failed"};
  }
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
    return base::Error{base::Code::denied, "no_new_privs is not available"};
  }
  return {};
}

}  // namespace ocr::detail
