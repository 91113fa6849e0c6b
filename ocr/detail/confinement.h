// What a child does to itself before it touches strangers' bytes. Runs in the child only, between
// its start and its work, single-threaded (sanitizers' own threads excepted). Nothing here can be
// undone by the process.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "ocr/sandbox.h"

namespace ocr::detail {

// Landlock's version in this kernel; 0: none.
int landlock_abi();

// rlimits, niceness, no_new_privs. `file_bytes`: how far a file that is open already may be
// written.
base::Result<void> restrict_resources(const SandboxLimits& limits, bool for_worker,
                                      uint64_t file_bytes = 0);

// Landlock: nothing may be written, made or removed; only this may be executed and read. The
// regular file at descriptor 0, if there is one, stays readable.
struct FileRules {
  std::vector<std::string> executable;
  std::vector<std::string> readable;
};
base::Result<void> restrict_files(const FileRules& rules);
// The loader and the libraries, fonts and data of poppler, where they exist.
std::vector<std::string> tool_readable();
// The program interpreters that must be executable with a program.
std::vector<std::string> loaders();

// seccomp allow-lists. The worker's: no exec, socket, fork, writing; a breach kills it. Looking for
// a file finds nothing.
base::Result<void> restrict_calls_of_worker();
// The tool's: read-only opens, no socket, no fork. Writing opens fail, the rest kills.
base::Result<void> restrict_calls_of_tool();

}  // namespace ocr::detail
