#include "ocr/sandbox.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "base/json.h"
#include "ocr/detail/child.h"
#include "ocr/detail/confinement.h"
#include "ocr/detail/stages.h"

namespace ocr {
namespace {

using detail::Child;
using Clock = std::chrono::steady_clock;

constexpr size_t kComplaintsCap = 4096;
constexpr int kTickMilliseconds = 50;

struct Pipe {
  base::UniqueFd read_end;
  base::UniqueFd write_end;
};

base::Result<Pipe> make_pipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return base::system_error("pipe", "");
  return Pipe{base::UniqueFd(ends[0]), base::UniqueFd(ends[1])};
}

// A stream that is read as it comes, kept up to a cap.
struct Drain {
  base::UniqueFd fd;
  std::string kept = {};
  std::string chunk = {};  // not on the stack: threads of the HTTP server have small ones
  uint64_t seen = 0;
  uint64_t cap = 0;

  bool open() const { return static_cast<bool>(fd); }
  bool overflowed() const { return seen > cap; }
  void read_some() {
    chunk.resize(size_t{1} << 16);
    const ssize_t got = ::read(fd.get(), chunk.data(), chunk.size());
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (got <= 0) return fd.reset();
    const uint64_t room = cap > kept.size() ? cap - kept.size() : 0;
    kept.append(chunk, 0, std::min<uint64_t>(static_cast<uint64_t>(got), room));
    seen += static_cast<uint64_t>(got);
  }
};

// One run, watched until it ends or must be ended.
class Run {
 public:
  Run(const ToolRun& plan, Child child, Pipe out, Pipe err, Pipe control)
      : plan_(plan), child_(std::move(child)), end_signal_(child_.end_signal()) {
    out_.fd = std::move(out.read_end);
    out_.cap = plan.limits.output_bytes;
    err_.fd = std::move(err.read_end);
    err_.cap = kComplaintsCap;
    control_.fd = std::move(control.read_end);
    control_.cap = kComplaintsCap;
  }

  base::Result<ToolOutput> watch() {
    const auto deadline = Clock::now() + std::chrono::seconds(plan_.limits.wall_seconds);
    while (out_.open() || control_.open() || !ended_) {
      read_what_came();
      if (const auto ending = overstepped(deadline)) {
        child_.reap(true);
        return detail::error_of(*ending).within(program_name());
      }
    }
    return finish();
  }

 private:
  void read_what_came() {
    Drain* drains[] = {&out_, &err_, &control_};
    pollfd polled[4];
    for (int i = 0; i < 3; ++i) polled[i] = {drains[i]->fd.get(), POLLIN, 0};
    polled[3] = {ended_ ? -1 : end_signal_.get(), POLLIN, 0};
    if (poll(polled, 4, kTickMilliseconds) <= 0) return;
    for (int i = 0; i < 3; ++i) {
      if (polled[i].revents != 0) drains[i]->read_some();
    }
    if (polled[3].revents != 0) ended_ = true;
  }

  std::optional<Ending> overstepped(Clock::time_point deadline) {
    if (out_.overflowed()) return Ending::too_much_output;
    if (Clock::now() > deadline) return Ending::out_of_time;
    if (Clock::now() < next_look_) return std::nullopt;
    next_look_ = Clock::now() + std::chrono::milliseconds(kTickMilliseconds);
    if (child_.resident_bytes() > plan_.limits.resident_bytes) return Ending::out_of_memory;
    if (plan_.cancelled && plan_.cancelled()) return Ending::cancelled;
    return std::nullopt;
  }

  base::Result<ToolOutput> finish() {
    const Child::End end = child_.reap(false);
    if (!control_.kept.empty()) return base::Error{base::Code::denied, "sandbox: " + control_.kept};
    if (end.signal != 0) {
      const bool cpu = end.cpu_seconds + 0.5 >= plan_.limits.cpu_seconds;
      return detail::error_of(cpu ? Ending::out_of_cpu : detail::ending_of(end))
          .within(program_name());
    }
    if (err_.open()) err_.read_some();
    return ToolOutput{end.exit_status, std::move(out_.kept), std::move(err_.kept), end.cpu_seconds};
  }

  std::string program_name() const { return plan_.program.substr(plan_.program.rfind('/') + 1); }

  const ToolRun& plan_;
  Child child_;
  base::UniqueFd end_signal_;
  bool ended_ = false;
  Drain out_;
  Drain err_;
  Drain control_;
  Clock::time_point next_look_ = Clock::now();
};

base::Result<Child> start_tool(const ToolRun& run, const Pipe& out, const Pipe& err,
                               const Pipe& control) {
  std::vector<std::string> arguments = {detail::kToolStage, detail::print_tool_stage(run), "--",
                                        run.program};
  arguments.insert(arguments.end(), run.arguments.begin(), run.arguments.end());
  return Child::start(arguments, {.in = run.input,
                                  .out = run.answer_to >= 0 ? run.answer_to : out.write_end.get(),
                                  .err = err.write_end.get(),
                                  .control = control.write_end.get()});
}

}  // namespace

const char* name_of(Ending ending) {
  switch (ending) {
    case Ending::exited:
      return "exited";
    case Ending::out_of_time:
      return "out_of_time";
    case Ending::out_of_cpu:
      return "out_of_cpu";
    case Ending::out_of_memory:
      return "out_of_memory";
    case Ending::too_much_output:
      return "too_much_output";
    case Ending::broke_rules:
      return "broke_rules";
    case Ending::crashed:
      return "crashed";
    case Ending::cancelled:
      return "cancelled";
  }
  return "";
}

base::Result<ToolOutput> run_tool(const ToolRun& run) {
  Pipe out = TRY(make_pipe());
  Pipe err = TRY(make_pipe());
  Pipe control = TRY(make_pipe());
  Child child = TRY(start_tool(run, out, err, control));
  out.write_end.reset();
  err.write_end.reset();
  control.write_end.reset();
  return Run(run, std::move(child), std::move(out), std::move(err), std::move(control)).watch();
}

}  // namespace ocr
