// Which process this is, and whether another one still lives.
#include <unistd.h>

#include <climits>

#include "base/file.h"
#include "base/text.h"
#include "storage/job_queue.h"

namespace storage {
namespace {

// Field 22 of /proc/<pid>/stat: when the process began, in ticks since the host did. Pids are used
// again, this pair is not. Empty: there is no such process.
std::string start_of(std::string_view pid) {
  const auto stat = base::read_file("/proc/" + std::string(pid) + "/stat", 4096);
  if (!stat.ok()) return "";
  // The second field is the program's name in parentheses and may hold anything.
  const size_t name_end = stat->rfind(')');
  if (name_end == std::string::npos || name_end + 2 > stat->size()) return "";
  const auto fields = base::split(std::string_view(*stat).substr(name_end + 2), ' ');
  return fields.size() > 19 ? std::string(fields[19]) : "";
}

std::string boot_id() {
  const auto id = base::read_file("/proc/sys/kernel/random/boot_id", 64);
  return id.ok() ? std::string(base::trim(*id)).substr(0, 8) : "unknown";
}

}  // namespace

Worker Worker::here() {
  char host[HOST_NAME_MAX + 1] = {};
  if (::gethostname(host, sizeof(host) - 1) != 0) host[0] = '\0';
  const std::string pid = std::to_string(::getpid());
  return {host, pid + "-" + start_of(pid) + "-" + boot_id()};
}

bool process_is_alive(std::string_view process) {
  const auto parts = base::split(process, '-');
  if (parts.size() != 3 || parts[2] != boot_id()) return false;
  const auto pid = base::parse_integer(parts[0]);
  return pid && *pid > 0 && start_of(parts[0]) == parts[1];
}

}  // namespace storage
