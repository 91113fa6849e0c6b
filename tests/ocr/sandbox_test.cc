#include "ocr/sandbox.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <filesystem>

#include "ocr/detail/memory_file.h"
#include "tests/ocr/attacks.h"
#include "tests/support/result_matchers.h"

namespace ocr {
namespace {

// This very program as the confined tool.
ToolRun attacker(const std::string& name) {
  ToolRun run;
  run.program = std::filesystem::read_symlink("/proc/self/exe").string();
  run.arguments = {"attack", name};
#ifdef GLOSSATOR_SANITIZED
  run.readable = {"/proc"};  // the sanitizer in this program reads its own memory map
#endif
  run.limits.cpu_seconds = 2;
  run.limits.wall_seconds = 10;
  return run;
}

// Either the answer of the attack, or "stopped".
std::string outcome_of(const ToolRun& run) {
  const auto result = run_tool(run);
  return result.ok() ? result->output : "stopped";
}

bool succeeds(const std::string& name) {
  return outcome_of(attacker(name)) == "succeeded";
}

TEST(SandboxedTool, RunsWhatIsHarmless) {
  EXPECT_EQ(outcome_of(attacker("nothing")), "succeeded");
}

TEST(SandboxedTool, OpensNoForeignFile) {
  EXPECT_FALSE(succeeds("open"));
}
TEST(SandboxedTool, WritesNoFile) {
  EXPECT_FALSE(succeeds("write"));
}
TEST(SandboxedTool, FillsNoDisk) {
  EXPECT_FALSE(succeeds("fill"));
}
TEST(SandboxedTool, ReachesNoNetwork) {
  EXPECT_EQ(outcome_of(attacker("connect")), "stopped");
}
TEST(SandboxedTool, StartsNoProcess) {
  EXPECT_EQ(outcome_of(attacker("fork")), "stopped");
}
TEST(SandboxedTool, ExecutesNothingElse) {
  EXPECT_FALSE(succeeds("exec"));
}
TEST(SandboxedTool, SignalsNobody) {
  EXPECT_EQ(outcome_of(attacker("kill")), "stopped");
}
TEST(SandboxedTool, TracesNobody) {
  EXPECT_EQ(outcome_of(attacker("ptrace")), "stopped");
}

TEST(SandboxedTool, EntersTheKernelByNoOtherDoor) {
  for (const char* door : {"mount", "io_uring", "bpf", "keys", "userfaultfd", "namespace"}) {
    EXPECT_EQ(outcome_of(attacker(door)), "stopped") << door;
  }
}

TEST(SandboxedTool, GetsNoMoreMemoryThanAllowed) {
  ToolRun run = attacker("allocate");
  run.limits.memory_bytes = uint64_t{1} << 30;
  run.limits.resident_bytes = uint64_t{512} << 20;
  EXPECT_NE(outcome_of(run), "succeeded");
}

TEST(SandboxedTool, LoopsNoLongerThanItsCpuTime) {
  ToolRun run = attacker("loop");
  run.limits.cpu_seconds = 1;
  EXPECT_EQ(test::code_of(run_tool(run)), base::Code::limit);
}

TEST(SandboxedTool, SleepsNoLongerThanItsWallTime) {
  ToolRun run = attacker("sleep");
  run.limits.wall_seconds = 1;
  EXPECT_EQ(test::code_of(run_tool(run)), base::Code::limit);
}

TEST(SandboxedTool, FloodsNobody) {
  ToolRun run = attacker("flood");
  run.limits.output_bytes = 1 << 20;
  EXPECT_EQ(test::code_of(run_tool(run)), base::Code::limit);
}

TEST(SandboxedTool, AnswersIntoMemoryThatItIsGiven) {
  detail::MemoryFile file = TAKE(detail::MemoryFile::create());
  ASSERT_OK(base::write_all(file.descriptor(), "before, "));
  ToolRun run = attacker("nothing");
  run.answer_to = file.descriptor();
  EXPECT_EQ(TAKE(run_tool(run)).output, "");
  EXPECT_EQ(TAKE(file.written()), "before, succeeded");
}

TEST(SandboxedTool, FloodsNoMemory) {
  detail::MemoryFile file = TAKE(detail::MemoryFile::create());
  ASSERT_OK(base::write_all(file.descriptor(), "before, "));
  ToolRun run = attacker("flood");
  run.answer_to = file.descriptor();
  run.limits.output_bytes = 1 << 20;
  EXPECT_EQ(test::code_of(run_tool(run)), base::Code::limit);
  EXPECT_LE(TAKE(file.written()).size(), 8U + (1U << 20));
}

TEST(SandboxedTool, CrashesAlone) {
  EXPECT_EQ(test::code_of(run_tool(attacker("crash"))), base::Code::invalid);
}

TEST(SandboxedTool, IsToldToStopWhenCancelled) {
  ToolRun run = attacker("sleep");
  run.cancelled = [] { return true; };
  EXPECT_EQ(test::code_of(run_tool(run)), base::Code::conflict);
}

TEST(SandboxedTool, ReadsItsInputByDescriptor) {
  const base::UniqueFd input(memfd_create("input", MFD_CLOEXEC));
  ASSERT_OK(base::write_all(input.get(), "not a PDF"));
  ToolRun run;
  run.program = "/usr/bin/pdfinfo";
  run.arguments = {kToolInput};
  run.input = input.get();
  const ToolOutput output = TAKE(run_tool(run));
  EXPECT_EQ(output.exit_status, 1);
  EXPECT_NE(output.complaints.find("May not be a PDF file"), std::string::npos)
      << output.complaints;
}

TEST(SandboxedTool, SaysThatAProgramIsMissing) {
  ToolRun run;
  run.program = "/usr/bin/no-such-program";
  EXPECT_EQ(test::code_of(run_tool(run)), base::Code::denied);
}

TEST(Sandbox, TellsItsLayers) {
  const SandboxLayers layers = probe_sandbox();
  EXPECT_TRUE(layers.seccomp);
  EXPECT_TRUE(layers.no_new_privileges);
}

}  // namespace
}  // namespace ocr
