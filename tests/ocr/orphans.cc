#include "tests/ocr/orphans.h"

#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <string_view>

#include "ocr/detail/child.h"
#include "ocr/detail/stages.h"
#include "ocr/detail/wire.h"

namespace test {
namespace {

using ocr::detail::Child;

base::Result<Child> start_worker(int ours, int theirs) {
  ocr::detail::WorkerPlan plan;
  plan.languages = "eng";
  Child child = TRY(Child::start({ocr::detail::kWorkerStage, ocr::detail::print_worker_stage(plan)},
                                 {.control = theirs}));
  std::string greeting(ocr::detail::kFrameHeader, '\0');
  (void)!::read(ours, greeting.data(), greeting.size());
  TRY(ocr::detail::send_frame(ours, base::Json::object({{"verb", "sleep"}}), {}));
  return child;
}

// Has begun once it says so.
base::Result<Child> start_tool(int ours, int theirs) {
  const std::string program = std::filesystem::read_symlink("/proc/self/exe").string();
  ocr::ToolRun run;
#ifdef GLOSSATOR_SANITIZED
  run.readable = {"/proc"};
#endif
  Child child = TRY(Child::start({ocr::detail::kToolStage, ocr::detail::print_tool_stage(run), "--",
                                  program, "attack", "greet and sleep"},
                                 {.out = theirs, .control = theirs}));
  char letter = 0;
  (void)!::read(ours, &letter, 1);
  return child;
}

}  // namespace

std::optional<int> run_parent_verb(int argc, char** argv) {
  if (argc != 3 || std::string_view(argv[1]) != kParentVerb) return std::nullopt;
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return 1;
  const bool is_tool = std::string_view(argv[2]) == "tool";
  const auto child = is_tool ? start_tool(ends[0], ends[1]) : start_worker(ends[0], ends[1]);
  if (!child.ok()) return 1;
  const pid_t pid = child->pid();
  (void)!::write(1, &pid, sizeof(pid));
  ::pause();
  return 0;
}

}  // namespace test
