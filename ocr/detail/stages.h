// The hidden verbs: what a child of ours is told on its command line, and does with it.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "ocr/sandbox.h"

namespace ocr::detail {

inline constexpr char kToolStage[] = "sandbox-exec";  // SPEC -- PROGRAM ARGUMENT...
inline constexpr char kWorkerStage[] = "ocr-worker";  // SPEC
inline constexpr char kProbeStage[] = "sandbox-probe";

// The worker's warm-up and limits.
struct WorkerPlan {
  std::string languages;
  std::string tessdata;
  std::string detector;  // file of the line detector; empty: none
  SandboxLimits limits;
  SandboxMode mode = SandboxMode::full;
};
std::string print_worker_stage(const WorkerPlan& plan);
base::Result<WorkerPlan> parse_worker_stage(std::string_view text);

struct ToolPlan {
  std::vector<std::string> readable;
  uint64_t file_bytes = 0;  // how far the file for its answer may be written, if that is one
  SandboxLimits limits;
  SandboxMode mode = SandboxMode::full;
};
std::string print_tool_stage(const ToolRun& run);
base::Result<ToolPlan> parse_tool_stage(std::string_view text);

// Serves requests at descriptor 3 until it closes; ocr/detail/worker_main.cc.
int run_worker(const WorkerPlan& plan, const HiddenVerbs& verbs);

}  // namespace ocr::detail
