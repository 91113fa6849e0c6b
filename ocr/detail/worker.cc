#include "ocr/detail/worker.h"

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>

namespace ocr {
namespace {

using Clock = std::chrono::steady_clock;
using detail::Child;
using detail::Frame;

constexpr int kTickMilliseconds = 50;
constexpr int kOutOfMemoryStatus = 3;
constexpr int kWarmUpSeconds = 180;

Ending ending_of_worker(const Child::End& end) {
  if (end.signal == 0 && end.exit_status == kOutOfMemoryStatus) return Ending::out_of_memory;
  return end.signal == 0 ? Ending::crashed : detail::ending_of(end);
}

}  // namespace

Worker::Worker(detail::WorkerPlan plan, Child child, base::UniqueFd socket)
    : plan_(std::move(plan)), child_(std::move(child)), socket_(std::move(socket)) {}

base::Result<std::unique_ptr<Worker>> Worker::start(const detail::WorkerPlan& plan) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    return base::system_error("socketpair", "");
  }
  base::UniqueFd ours(ends[0]);
  // A worker that does not listen is no reason to wait for ever.
  const timeval patience = {plan.limits.wall_seconds, 0};
  if (setsockopt(ours.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience)) != 0) {
    return base::system_error("setsockopt", "");
  }
  base::UniqueFd theirs(ends[1]);
  Child child = TRY(Child::start({detail::kWorkerStage, detail::print_worker_stage(plan)},
                                 {.control = theirs.get()}));
  theirs.reset();  // else nobody would hear that the worker ended before it said a word
  std::unique_ptr<Worker> worker(new Worker(plan, std::move(child), std::move(ours)));
  TRY(worker->greet());
  return worker;
}

base::Result<void> Worker::greet() {
  deadline_ = Clock::now() + std::chrono::seconds(kWarmUpSeconds);
  const auto frame = next();
  if (!frame.ok()) {
    return base::Error{base::Code::internal,
                       "a decode worker did not start: " + frame.error().what};
  }
  if (const std::string* why = frame->json.find_string("refused")) {
    return base::Error{base::Code::denied, *why};
  }
  cpu_at_last_ask_ = child_.cpu_seconds();
  return {};
}

base::Result<void> Worker::ask(const base::Json& request, int input) {
  if (!healthy()) return base::Error{base::Code::internal, "the worker is gone"};
  ++requests_;
  child_.allow_cpu(plan_.limits.cpu_seconds);
  deadline_ = Clock::now() + std::chrono::seconds(plan_.limits.wall_seconds);
  if (!detail::send_frame(socket_.get(), request, {}, input).ok()) return bury_unheard();
  return {};
}

base::Result<void> Worker::tell(const base::Json& more) {
  if (!healthy()) return base::Error{base::Code::internal, "the worker is gone"};
  if (!detail::send_frame(socket_.get(), more, {}).ok()) return bury_unheard();
  return {};
}

base::Result<Frame> Worker::next(const std::function<bool()>& cancelled) {
  std::string header(detail::kFrameHeader, '\0');
  TRY(fill(header.data(), header.size(), cancelled));
  const auto sizes = detail::parse_frame_header(header);
  if (!sizes.ok() || sizes->bytes > plan_.limits.output_bytes) return bury(Ending::broke_rules);
  Frame frame;
  std::string text(sizes->json, '\0');
  TRY(fill(text.data(), text.size(), cancelled));
  frame.bytes.resize(sizes->bytes);
  TRY(fill(frame.bytes.data(), frame.bytes.size(), cancelled));
  auto json = base::parse_json(text, {.depth = 8, .bytes = detail::kJsonCap});
  if (!json.ok() || !json->is_object()) return bury(Ending::broke_rules);
  frame.json = std::move(*json);
  return frame;
}

base::Result<void> Worker::fill(char* into, size_t size, const std::function<bool()>& cancelled) {
  size_t have = 0;
  while (have < size) {
    const ssize_t got = ::recv(socket_.get(), into + have, size - have, MSG_DONTWAIT);
    if (got > 0) {
      have += static_cast<size_t>(got);
      continue;
    }
    if (got == 0) return bury_dead();
    if (errno == EINTR) continue;
    if (errno != EAGAIN) return bury_dead();
    TRY(wait_readable(cancelled));
  }
  return {};
}

base::Result<void> Worker::wait_readable(const std::function<bool()>& cancelled) {
  while (true) {
    pollfd polled = {socket_.get(), POLLIN, 0};
    if (poll(&polled, 1, kTickMilliseconds) > 0) return {};
    if (Clock::now() > deadline_) return bury(Ending::out_of_time);
    if (child_.resident_bytes() > plan_.limits.resident_bytes) return bury(Ending::out_of_memory);
    if (cancelled && cancelled()) return bury(Ending::cancelled);
  }
}

base::Error Worker::bury(Ending ending) {
  cpu_at_burial_ = child_.reap(true).cpu_seconds;
  ending_ = ending;
  return detail::error_of(ending);
}

// It took no more of the request: it is dead, or it does not listen.
base::Error Worker::bury_unheard() {
  return errno == EAGAIN || errno == EWOULDBLOCK ? bury(Ending::out_of_time) : bury_dead();
}

// It closed its side: why, its end tells.
base::Error Worker::bury_dead() {
  const Child::End end = child_.reap(false);
  cpu_at_burial_ = end.cpu_seconds;
  ending_ = ending_of_worker(end);
  return detail::error_of(ending_);
}

double Worker::take_cpu_seconds() {
  const double now = healthy() ? child_.cpu_seconds() : cpu_at_burial_;
  return now - std::exchange(cpu_at_last_ask_, now);
}

namespace detail {

Failure failure_of(Ending ending) {
  const std::string what = "the page could not be read: " + error_of(ending).what;
  switch (ending) {
    case Ending::out_of_time:
    case Ending::out_of_cpu:
      return {kTimeout, what};
    case Ending::out_of_memory:
      return {kMemory, what};
    case Ending::too_much_output:
      return {kTooLarge, what};
    case Ending::exited:
      return {kDamaged, what};
    default:
      return {kCrashed, what};
  }
}

}  // namespace detail

}  // namespace ocr
