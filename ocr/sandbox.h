// Runs programs over strangers' bytes so that whatever takes them over gains nothing: no network,
// no files, no further processes, bounded memory, time and output.
//
// Two profiles, one launcher:
//   decode  our own program again, as a long-lived worker (ocr/worker_pool.h). It loads libraries
//           and language data first and then gives up opening files for good.
//   tool    one run of a poppler program. Landlock: execute that one file, read libraries, fonts
//           and poppler's data, write nothing. The input is descriptor 0, the answer a pipe, or
//           memory that it is given for that.
// Both: no_new_privs, a seccomp allow-list, rlimits, a wall clock that kills the process group,
// nice, no environment, no other descriptors, a session of their own; they are killed when our
// process ends, however it ends. Neither root, nor a user namespace, nor a setuid program is
// needed.
//
// The launcher is safe in a multi-threaded process: the child is started by posix_spawn as our own
// program, and restricts itself before it touches anything. So every program that uses this
// header must begin main() with:
//
//   if (const auto status = ocr::run_hidden_verb(argc, argv)) return *status;
//
// Functions are safe from any thread. Limits come back as Code::limit, deaths as Code::invalid
// ("the bytes killed the decoder"), a host without the needed layers as Code::denied.
// docs/decisions/0040-sandbox.md has the reasons.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/result.h"

namespace ocr {

// Below the server's own, so that it still answers on two cores; children for whom a person waits
// come before those of bulk imports.
inline constexpr int kUsualNiceness = 10;
inline constexpr int kUrgentNiceness = 3;

struct SandboxLimits {
  uint64_t memory_bytes = uint64_t{2} << 30;      // address space
  uint64_t resident_bytes = uint64_t{900} << 20;  // watched by the parent
  int cpu_seconds = 20;
  int wall_seconds = 240;  // generous: the children are nice, and a busy machine is slow
  uint64_t output_bytes = uint64_t{256} << 20;
  int niceness = kUsualNiceness;
};

enum class SandboxMode {
  full,          // refuse to run where a layer is missing
  seccomp_only,  // do without Landlock: older kernels, by the operator's explicit wish
};

// What a tool run is allowed to do and given.
struct ToolRun {
  std::string program;                 // absolute path
  std::vector<std::string> arguments;  // without the program's name; the input is kToolInput
  int input = -1;                      // a regular file or memfd, not consumed; -1: none
  int answer_to = -1;                  // a memfd for the answer, at its place; -1: a pipe
  std::vector<std::string> readable;   // further files or folders that it may read
  SandboxLimits limits;
  SandboxMode mode = SandboxMode::full;
  std::function<bool()> cancelled;  // asked a few times a second; may be empty
};

// The input's name for a tool that takes a file name.
inline constexpr char kToolInput[] = "/proc/self/fd/0";

struct ToolOutput {
  int exit_status = 0;
  std::string output;      // empty if the answer went to a memfd
  std::string complaints;  // the first 4 KiB of stderr: for deciding, never for showing
  double cpu_seconds = 0;
};

// Runs to the end. An exit status other than 0 is no error: poppler uses it freely.
base::Result<ToolOutput> run_tool(const ToolRun& run);

// Why a run ended as an error: filled in error.what, and told apart by these.
enum class Ending {
  exited,
  out_of_time,
  out_of_cpu,
  out_of_memory,
  too_much_output,
  broke_rules,
  crashed,
  cancelled
};
const char* name_of(Ending ending);

// The layers that work here, tried out in a child: for `doctor` and the start of the server.
struct SandboxLayers {
  bool seccomp = false;
  int landlock_abi = 0;  // 0: none
  bool no_new_privileges = false;
  bool resource_limits = false;  // false in sanitized builds: RLIMIT_AS is replaced by the watch

  bool complete() const { return seccomp && landlock_abi > 0 && no_new_privileges; }
};
SandboxLayers probe_sandbox();

// Extra worker requests and tool stages, used by tests to attack from inside; empty in the product.
struct HiddenVerbs {
  // Called by the worker for a request that it does not know; the answer goes back as JSON text.
  std::function<std::optional<std::string>(const std::string& verb)> worker_request;
};

// The launcher's second half: recognises `sandbox-exec` and `ocr-worker` as argv[1], does their
// work and gives the exit status; nothing for any other verb. Call it first in main().
std::optional<int> run_hidden_verb(int argc, char** argv, const HiddenVerbs& verbs = {});

}  // namespace ocr
