#include "vcs/detail/push_answer.h"

#include <chrono>

#include "base/text.h"

namespace vcs {
namespace {

using base::Result;

constexpr auto kHeartbeat = std::chrono::seconds(5);
constexpr size_t kMaxReason = 500;

// A report's line is one packet: no line ends inside, and not too long.
std::string one_line(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, kMaxReason)) {
    const auto byte = static_cast<unsigned char>(c);
    out += byte < 0x20 || byte == 0x7f ? ' ' : c;
  }
  return out;
}

void append_result(std::string& out, const PushedRef& pushed, bool is_v2) {
  const std::string ref = one_line(pushed.command.ref);
  if (!pushed.is_sound()) {
    append_pkt(out, "ng " + ref + " " + one_line(pushed.refusal) + "\n");
    return;
  }
  append_pkt(out, "ok " + ref + "\n");
  const bool is_redirected = pushed.target != pushed.command.ref;
  const bool is_elsewhere = pushed.joined && pushed.stated != pushed.command.before;
  if (!is_v2 || !(is_redirected || is_elsewhere)) return;
  if (is_redirected) append_pkt(out, "option refname " + pushed.target + "\n");
  const ObjectId& before = is_redirected ? pushed.target_before : pushed.command.before;
  append_pkt(out, "option old-oid " + before.hex() + "\n");
  append_pkt(out, "option new-oid " + pushed.command.after.hex() + "\n");
}

}  // namespace

std::string print_report(const ReceiveRequest& request, std::string_view unpack,
                         std::span<const PushedRef> pushed) {
  std::string out;
  if (!request.report_status && !request.report_status_v2) return out;
  append_pkt(out, "unpack " + one_line(unpack) + "\n");
  for (const PushedRef& one : pushed) append_result(out, one, request.report_status_v2);
  append_flush(out);
  return out;
}

std::string as_terminal_lines(std::string_view text) {
  std::string out;
  for (const std::string_view line : base::split(text, '\n')) {
    for (const char c : line) {
      const auto byte = static_cast<unsigned char>(c);
      if (byte >= 0x20 ? byte != 0x7f : c == '\t') out += c;
    }
    out += '\n';
  }
  return out;
}

PushAnswer::PushAnswer(const Sink& out, const ReceiveRequest& request)
    : out_(out), request_(request), bands_(out) {}

PushAnswer::~PushAnswer() {
  stop();
}

void PushAnswer::keep_alive() {
  if (!request_.side_band || heart_.joinable()) return;
  heart_ = std::thread([this] { beat(); });
}

void PushAnswer::beat() {
  std::unique_lock lock(mutex_);
  while (!over_.wait_for(lock, kHeartbeat, [this] { return is_over_; })) {
    if (!bands_.keep_alive().ok()) return;  // the client has gone; finish() will notice
  }
}

void PushAnswer::stop() {
  {
    const std::lock_guard lock(mutex_);
    is_over_ = true;
  }
  over_.notify_all();
  if (heart_.joinable()) heart_.join();
}

Result<void> PushAnswer::say(std::string_view text) {
  if (!request_.side_band || text.empty()) return {};
  const std::lock_guard lock(mutex_);
  return bands_.progress(as_terminal_lines(text));
}

Result<void> PushAnswer::finish(std::string_view report) {
  stop();
  if (!request_.side_band) return report.empty() ? Result<void>() : out_(report);
  TRY(bands_.data(report));
  return bands_.finish();
}

Result<void> answer_malformed(const Sink& out, const ReceiveRequest& request,
                              std::string_view what) {
  std::string text = "error: " + one_line(what) + "\n";
  if (request.side_band) return SidebandWriter(out).fatal(text);
  std::string packet;
  append_pkt(packet, "ERR " + one_line(what) + "\n");
  return out(packet);
}

}  // namespace vcs
