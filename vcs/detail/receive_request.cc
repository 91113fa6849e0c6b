#include "vcs/detail/receive_request.h"

#include <algorithm>

#include "base/text.h"

namespace vcs {
namespace {

using base::Code;
using base::Error;
using base::Result;

constexpr size_t kIdDigits = ObjectId::kSize * 2;

Error malformed(const char* what) {
  return Error{Code::invalid, what};
}

// Nothing at a flush; the end of the body is an error, since each list ends with a flush.
Result<std::optional<Packet>> next_line(PktStream& packets) {
  const auto packet = TRY(packets.next());
  if (!packet) return malformed("the request ends too early");
  if (packet->is_flush()) return std::optional<Packet>();
  if (!packet->is_data()) return malformed("a packet that does not belong in a push");
  return packet;
}

Result<void> take_capability(std::string_view word, ReceiveRequest& request) {
  if (word == "report-status") request.report_status = true;
  if (word == "report-status-v2") request.report_status_v2 = true;
  if (word == "side-band-64k") request.side_band = true;
  if (word == "atomic") request.atomic = true;
  if (word == "quiet") request.quiet = true;
  if (word == "push-options") request.push_options = true;
  if (word.starts_with("object-format=") && word != "object-format=sha1") {
    return malformed("only SHA-1 repositories are served");
  }
  return {};
}

// "<old> <new> <ref>"; whether the name is a good one is for a later answer to say.
Result<RefCommand> parse_command(std::string_view line) {
  const bool is_shaped =
      line.size() > 2 * kIdDigits + 2 && line[kIdDigits] == ' ' && line[2 * kIdDigits + 1] == ' ';
  if (!is_shaped) return malformed("malformed command");
  RefCommand command;
  command.before = TRY(ObjectId::from_hex(line.substr(0, kIdDigits)));
  command.after = TRY(ObjectId::from_hex(line.substr(kIdDigits + 1, kIdDigits)));
  command.ref = line.substr(2 * kIdDigits + 2);
  if (command.ref.size() > 1024) return malformed("a ref name is too long");
  if (command.creates() && command.deletes()) return malformed("a command that does nothing");
  return command;
}

Result<void> take_shallow(std::string_view line, const ReceiveLimits& limits,
                          ReceiveRequest& request) {
  if (request.shallow.size() == limits.max_shallow_lines) {
    return Error{Code::limit, "too many shallow lines"};
  }
  request.shallow.push_back(TRY(ObjectId::from_hex(line.substr(8))));
  return {};
}

Result<void> take_command(std::string_view line, const ReceiveLimits& limits,
                          ReceiveRequest& request) {
  const size_t nul = line.find('\0');
  if (nul != std::string_view::npos && request.commands.empty()) {
    for (const std::string_view word : base::split(base::trim(line.substr(nul + 1)), ' ')) {
      TRY(take_capability(word, request));
    }
  }
  if (request.commands.size() == limits.max_commands) {
    return Error{Code::limit,
                 "more than " + std::to_string(limits.max_commands) + " refs in one push"};
  }
  request.commands.push_back(TRY(parse_command(line.substr(0, nul))));
  return {};
}

Result<void> read_commands(PktStream& packets, const ReceiveLimits& limits,
                           ReceiveRequest& request) {
  while (const auto packet = TRY(next_line(packets))) {
    const std::string_view line = packet->line();
    if (line.starts_with("shallow ") && request.commands.empty()) {
      TRY(take_shallow(line, limits, request));
    } else if (line.starts_with("push-cert")) {
      return malformed("push certificates are not taken");
    } else {
      TRY(take_command(line, limits, request));
    }
  }
  return {};
}

Result<void> read_options(PktStream& packets, const ReceiveLimits& limits,
                          ReceiveRequest& request) {
  while (const auto packet = TRY(next_line(packets))) {
    const std::string_view option = packet->line();
    if (request.options.size() == limits.max_push_options ||
        option.size() > limits.max_option_bytes) {
      return Error{Code::limit, "too many or too long push options"};
    }
    if (!base::is_utf8(option)) return malformed("a push option is not UTF-8");
    request.options.emplace_back(option);
  }
  return {};
}

}  // namespace

bool ReceiveRequest::has_pack() const {
  return std::any_of(commands.begin(), commands.end(),
                     [](const RefCommand& command) { return !command.deletes(); });
}

Result<void> read_receive_request(PktStream& packets, const ReceiveLimits& limits,
                                  ReceiveRequest& request) {
  TRY(read_commands(packets, limits, request));
  if (request.push_options && !request.commands.empty()) {
    TRY(read_options(packets, limits, request));
  }
  return {};
}

}  // namespace vcs
