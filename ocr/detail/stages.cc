#include "ocr/detail/stages.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/json.h"
#include "ocr/detail/child.h"
#include "ocr/detail/confinement.h"
#include "ocr/detail/launcher.h"

namespace ocr::detail {
namespace {

constexpr int kControl = 3;

base::Json limits_json(const SandboxLimits& limits) {
  return base::Json::object({{"memory", limits.memory_bytes},
                             {"resident", limits.resident_bytes},
                             {"cpu", limits.cpu_seconds},
                             {"wall", limits.wall_seconds},
                             {"output", limits.output_bytes},
                             {"niceness", limits.niceness}});
}

SandboxLimits limits_of(const base::Json& json) {
  const SandboxLimits usual;
  const auto number = [&](const char* key, uint64_t fallback) {
    return static_cast<uint64_t>(json.integer_or(key, static_cast<int64_t>(fallback)));
  };
  SandboxLimits limits;
  limits.memory_bytes = number("memory", usual.memory_bytes);
  limits.resident_bytes = number("resident", usual.resident_bytes);
  limits.cpu_seconds = static_cast<int>(json.integer_or("cpu", usual.cpu_seconds));
  limits.wall_seconds = static_cast<int>(json.integer_or("wall", usual.wall_seconds));
  limits.output_bytes = number("output", usual.output_bytes);
  limits.niceness = static_cast<int>(json.integer_or("niceness", usual.niceness));
  return limits;
}

const char* print_mode(SandboxMode mode) {
  return mode == SandboxMode::full ? "full" : "seccomp-only";
}

SandboxMode mode_of(const base::Json& json) {
  return json.string_or("mode", "full") == "full" ? SandboxMode::full : SandboxMode::seccomp_only;
}

base::Json limits_member(const base::Json& json) {
  const base::Json* limits = json.find("limits");
  return limits == nullptr ? base::Json() : *limits;
}

// The limit counts from the beginning of the file, the run's answer from where it stands.
uint64_t file_bytes_of(const ToolRun& run) {
  if (run.answer_to < 0) return 0;
  const off_t place = lseek(run.answer_to, 0, SEEK_CUR);
  return static_cast<uint64_t>(std::max<off_t>(place, 0)) + run.limits.output_bytes;
}

// Tells the parent why the tool never began, then stops.
int stop(const std::string& why) {
  (void)base::write_all(kControl, why);
  return 125;
}

base::Result<void> confine_tool(const ToolPlan& plan, const std::string& program) {
  TRY(restrict_resources(plan.limits, false, plan.file_bytes));
  if (plan.mode == SandboxMode::full) {
    FileRules rules{loaders(), tool_readable()};
    rules.executable.push_back(program);
    rules.readable.insert(rules.readable.end(), plan.readable.begin(), plan.readable.end());
    TRY(restrict_files(rules));
  }
  return restrict_calls_of_tool();
}

// argv: glossator sandbox-exec SPEC -- PROGRAM ARGUMENT...
int run_tool_stage(int argc, char** argv) {
  if (argc < 5) return stop("wrong use");
  const auto plan = parse_tool_stage(argv[2]);
  if (!plan.ok()) return stop(plan.error().what);
  fcntl(kControl, F_SETFD, FD_CLOEXEC);
  const auto confined = confine_tool(*plan, argv[4]);
  if (!confined.ok()) return stop(confined.error().what);
  execv(argv[4], argv + 4);
  return stop(std::string("starting ") + argv[4] + ": " + std::strerror(errno));
}

int run_worker_stage(int argc, char** argv, const HiddenVerbs& verbs) {
  if (argc < 3) return 2;
  const auto plan = parse_worker_stage(argv[2]);
  return plan.ok() ? run_worker(*plan, verbs) : 2;
}

// Tries each layer and tells the parent as three letters: n, l, s.
int run_probe_stage() {
  std::string works;
  if (restrict_resources({}, false).ok()) works += "r";
  if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1) works += "n";
  if (restrict_files({}).ok()) works += "l";
  if (restrict_calls_of_tool().ok()) works += "s";
  (void)base::write_all(kControl, works);
  _exit(0);
}

}  // namespace

std::string print_worker_stage(const WorkerPlan& plan) {
  return base::Json::object({{"languages", plan.languages},
                             {"tessdata", plan.tessdata},
                             {"detector", plan.detector},
                             {"limits", limits_json(plan.limits)},
                             {"mode", print_mode(plan.mode)}})
      .print();
}

base::Result<WorkerPlan> parse_worker_stage(std::string_view text) {
  const base::Json json = TRY(base::parse_json(text));
  return WorkerPlan{json.string_or("languages", "eng"), json.string_or("tessdata", ""),
                    json.string_or("detector", ""), limits_of(limits_member(json)), mode_of(json)};
}

std::string print_tool_stage(const ToolRun& run) {
  base::Json readable = base::Json::array();
  for (const std::string& path : run.readable) readable.push(path);
  return base::Json::object({{"readable", std::move(readable)},
                             {"file_bytes", file_bytes_of(run)},
                             {"limits", limits_json(run.limits)},
                             {"mode", print_mode(run.mode)}})
      .print();
}

base::Result<ToolPlan> parse_tool_stage(std::string_view text) {
  const base::Json json = TRY(base::parse_json(text));
  ToolPlan plan{{},
                static_cast<uint64_t>(json.integer_or("file_bytes", 0)),
                limits_of(limits_member(json)),
                mode_of(json)};
  if (const auto* readable = json.find_array("readable")) {
    for (const base::Json& path : *readable) {
      if (path.as_string() != nullptr) plan.readable.push_back(*path.as_string());
    }
  }
  return plan;
}

}  // namespace ocr::detail

namespace ocr {

std::optional<int> run_hidden_verb(int argc, char** argv, const HiddenVerbs& verbs) {
  const std::string_view verb = argc < 2 ? "" : argv[1];
  const bool tool = verb == detail::kToolStage;
  const bool worker = verb == detail::kWorkerStage;
  if (!tool && !worker && verb != detail::kProbeStage) return std::nullopt;
  detail::die_with_parent(detail::kControl);
  if (tool) return detail::run_tool_stage(argc, argv);
  if (worker) return detail::run_worker_stage(argc, argv, verbs);
  return detail::run_probe_stage();
}

SandboxLayers probe_sandbox() {
  SandboxLayers layers;
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return layers;
  const base::UniqueFd read_end(ends[0]);
  base::UniqueFd write_end(ends[1]);
  auto child = detail::Child::start({detail::kProbeStage}, {.control = write_end.get()});
  write_end.reset();
  if (!child.ok()) return layers;
  const std::string works = base::read_all(read_end.get(), 64).value_or("");
  child->reap(false);
  const auto has = [&](char layer) { return works.find(layer) != std::string::npos; };
#ifndef GLOSSATOR_SANITIZED
  layers.resource_limits = has('r');
#endif
  layers.no_new_privileges = has('n');
  layers.landlock_abi = has('l') ? detail::landlock_abi() : 0;
  layers.seccomp = has('s');
  return layers;
}

}  // namespace ocr
