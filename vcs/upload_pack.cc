#include "vcs/upload_pack.h"

#include <algorithm>
#include <mutex>

#include "base/text.h"
#include "vcs/detail/closure_cache.h"
#include "vcs/detail/fetch_answer.h"
#include "vcs/detail/fetch_request.h"
#include "vcs/detail/fetch_session.h"
#include "vcs/detail/visible_refs.h"

namespace vcs {

using base::Code;
using base::Error;
using base::Result;

namespace {

constexpr std::string_view kServiceLine = "# service=git-upload-pack\n";
constexpr size_t kMaxCapabilities = 64;

Error refuse(std::string what) {
  return Error{Code::invalid, std::move(what)};
}

std::string capabilities_v0(const UploadPolicy& policy, const Head& head) {
  std::string out =
      "multi_ack thin-pack side-band side-band-64k ofs-delta shallow deepen-since deepen-not "
      "deepen-relative no-progress include-tag multi_ack_detailed allow-reachable-sha1-in-want "
      "no-done";
  if (head.id) out += " symref=HEAD:" + head.target;
  return out + " filter object-format=sha1 agent=" + policy.agent;
}

std::string capabilities_v2(const UploadPolicy& policy) {
  std::string out;
  for (const std::string& line :
       {std::string("version 2"), "agent=" + policy.agent, std::string("ls-refs=unborn"),
        std::string("fetch=shallow wait-for-done filter ref-in-want"), std::string("server-option"),
        std::string("object-format=sha1")}) {
    append_pkt(out, line + '\n');
  }
  append_flush(out);
  return out;
}

// A request of v2: a command, capabilities, and the command's own lines.
struct CommandV2 {
  std::string name;
  std::vector<std::string_view> arguments;
};

Result<void> read_capability_v2(CommandV2& command, std::string_view line) {
  if (line.starts_with("command=")) {
    if (!command.name.empty()) return refuse("command named twice");
    command.name = line.substr(sizeof("command=") - 1);
  } else if (line.starts_with("object-format=")) {
    if (line != "object-format=sha1") return refuse("mismatched object format; this is sha1");
  } else if (!line.starts_with("agent=") && !line.starts_with("server-option=")) {
    return refuse("unknown capability '" + std::string(line.substr(0, 100)) + "'");
  }
  return {};
}

// Nothing for an empty request.
Result<std::optional<CommandV2>> parse_command_v2(std::string_view body, size_t max_arguments) {
  PktReader reader(body);
  CommandV2 command;
  bool in_arguments = false;
  size_t capabilities = 0;
  while (const auto packet = TRY(reader.next())) {
    if (packet->is_flush()) break;
    if (packet->is_delimiter()) {
      if (in_arguments) return refuse("expected flush after the arguments");
      in_arguments = true;
    } else if (!packet->is_data()) {
      return refuse("unexpected packet");
    } else if (in_arguments) {
      if (command.arguments.size() == max_arguments) return refuse("too many arguments");
      command.arguments.push_back(packet->line());
    } else {
      if (++capabilities > kMaxCapabilities) return refuse("too many capabilities");
      TRY(read_capability_v2(command, packet->line()));
    }
  }
  if (command.name.empty() && capabilities == 0 && !in_arguments) return std::optional<CommandV2>();
  if (command.name.empty()) return refuse("no command requested");
  return std::optional(std::move(command));
}

// git, too, sends all refs if there are more prefixes than it cares to compare.
LsRefsRequest keep_prefixes(LsRefsRequest request, size_t max_prefixes) {
  if (request.prefixes.size() >= max_prefixes) request.prefixes.clear();
  return request;
}

Result<LsRefsRequest> parse_ls_refs(const CommandV2& command) {
  constexpr std::string_view kPrefix = "ref-prefix ";
  LsRefsRequest request;
  for (const std::string_view line : command.arguments) {
    if (line == "peel") {
      request.peel = true;
    } else if (line == "symrefs") {
      request.symrefs = true;
    } else if (line == "unborn") {
      request.unborn = true;
    } else if (line.starts_with(kPrefix)) {
      request.prefixes.emplace_back(line.substr(kPrefix.size()));
    } else {
      return refuse("unexpected line: '" + std::string(line.substr(0, 100)) + "'");
    }
  }
  return request;
}

Result<FetchRequest> parse_fetch_v2(const CommandV2& command, const UploadPolicy& policy) {
  FetchRequest request;
  for (const std::string_view line : command.arguments) {
    TRY(read_fetch_line(request, line, policy));
  }
  if (request.depth > 0 && (request.deepen_since || !request.deepen_not.empty())) {
    return refuse("deepen and deepen-since (or deepen-not) cannot be used together");
  }
  return request;
}

}  // namespace

WireVersion wire_version_of(std::string_view git_protocol) {
  WireVersion highest = WireVersion::v0;
  for (const std::string_view word : base::split(git_protocol, ':')) {
    if (word == "version=1") highest = std::max(highest, WireVersion::v1);
    if (word == "version=2") highest = std::max(highest, WireVersion::v2);
  }
  return highest;
}

bool is_hidden(const UploadPolicy& policy, std::string_view ref) {
  return std::any_of(policy.hidden_prefixes.begin(), policy.hidden_prefixes.end(),
                     [&](const std::string& prefix) { return ref.starts_with(prefix); });
}

struct UploadPack::State {
  State(std::shared_ptr<Repository> opened, UploadPolicy rules)
      : repository(std::move(opened)),
        policy(std::move(rules)),
        table(repository->shallow_commits()) {}

  std::shared_ptr<Repository> repository;
  UploadPolicy policy;
  CommitTable table;
  ClosureCache closures{table};
  std::mutex mutex;  // of visible
  std::shared_ptr<const VisibleRefs> visible;

  std::shared_ptr<const VisibleRefs> refs(ShownRefs shown) {
    if (!shown.empty()) {
      return std::make_shared<const VisibleRefs>(
          VisibleRefs::of(repository->refs(), policy, shown));
    }
    const std::lock_guard lock(mutex);
    if (!visible || visible->version != repository->refs().version()) {
      visible = std::make_shared<const VisibleRefs>(VisibleRefs::of(repository->refs(), policy));
    }
    return visible;
  }
  // Refs first: the view taken after them holds what they name.
  FetchSession session(const FetchRequest& request, ShownRefs shown) {
    auto seen = refs(shown);
    return FetchSession(repository->view(), std::move(seen), table, closures, request);
  }
  Result<void> serve_v0(std::string_view body, const Sink& out, ShownRefs shown);
  Result<void> serve_v2(std::string_view body, const Sink& out, ShownRefs shown);
  Result<void> fetch_v2(const CommandV2& command, const Sink& out, ShownRefs shown);
};

Result<void> UploadPack::State::serve_v0(std::string_view body, const Sink& out, ShownRefs shown) {
  const auto request = parse_fetch_v0(body, policy);
  if (!request.ok()) return report_error(request.error(), out);
  FetchSession fetch = session(*request, shown);
  return answer_fetch_v0(fetch, *request, out);
}

Result<void> UploadPack::State::fetch_v2(const CommandV2& command, const Sink& out,
                                         ShownRefs shown) {
  const auto request = parse_fetch_v2(command, policy);
  if (!request.ok()) return report_error(request.error(), out);
  FetchSession fetch = session(*request, shown);
  return answer_fetch_v2(fetch, *request, out);
}

Result<void> UploadPack::State::serve_v2(std::string_view body, const Sink& out, ShownRefs shown) {
  const auto command = parse_command_v2(body, policy.max_wants + policy.max_haves);
  if (!command.ok()) return report_error(command.error(), out);
  if (!*command) return {};
  if ((*command)->name == "fetch") return fetch_v2(**command, out, shown);
  if ((*command)->name != "ls-refs") {
    return report_error(refuse("invalid command '" + (*command)->name.substr(0, 100) + "'"), out);
  }
  auto request = parse_ls_refs(**command);
  if (!request.ok()) return report_error(request.error(), out);
  return out(print_ls_refs(*refs(shown),
                           keep_prefixes(std::move(request).value(), policy.max_ref_prefixes)));
}

UploadPack::UploadPack(std::shared_ptr<Repository> repository, UploadPolicy policy)
    : state_(std::make_unique<State>(std::move(repository), std::move(policy))) {}
UploadPack::~UploadPack() = default;

Result<std::string> UploadPack::advertise(WireVersion version, ShownRefs shown) const {
  if (version == WireVersion::v2) return capabilities_v2(state_->policy);
  std::string out;
  append_pkt(out, kServiceLine);
  append_flush(out);
  if (version == WireVersion::v1) append_pkt(out, "version 1\n");
  const auto refs = state_->refs(shown);
  out += print_advertisement(*refs, capabilities_v0(state_->policy, refs->head), true,
                             state_->repository->shallow_commits());
  return out;
}

Result<void> UploadPack::serve(WireVersion version, std::string_view request, const Sink& out,
                               ShownRefs shown) const {
  if (version == WireVersion::v2) return state_->serve_v2(request, out, shown);
  return state_->serve_v0(request, out, shown);
}

}  // namespace vcs
