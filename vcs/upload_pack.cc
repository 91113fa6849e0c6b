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
        cache(policy.cache ? policy.cache : std::make_shared<FetchCache>(FetchLimits())),
        table(repository->shallow_commits()),
        closures(table, repository->path() / "objects" / "info" / "reachable") {}
  ~State() { cache->forget(name()); }

  std::shared_ptr<Repository> repository;
  UploadPolicy policy;
  std::shared_ptr<FetchCache> cache;
  CommitTable table;
  ClosureCache closures;
  std::mutex mutex;  // of these
  std::shared_ptr<const VisibleRefs> visible;
  std::shared_ptr<const ObjectView> last_view;
  LsRefsAnswers ls_refs;

  std::string name() const { return repository->path().string(); }

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
  // What is kept for clients would hold packs that are gone, on disk and in memory.
  std::shared_ptr<const ObjectView> view() {
    auto now = repository->view();
    const std::lock_guard lock(mutex);
    if (last_view == now) return now;
    if (last_view && are_gone(last_view->packs(), *now)) cache->forget(name());
    last_view = now;
    return now;
  }
  // Refs first: the view taken after them holds what they name.
  FetchSession session(const FetchRequest& request, ShownRefs shown) {
    auto seen = refs(shown);
    return FetchSession(view(), std::move(seen), table, closures, request);
  }
  PackMaker maker(const FetchClient& client) { return {*cache, name(), std::string(client.name)}; }
  Result<void> serve_v0(std::string_view body, const Sink& out, const FetchClient& client);
  Result<void> serve_v2(std::string_view body, const Sink& out, const FetchClient& client);
  Result<void> fetch_v2(const CommandV2& command, const Sink& out, const FetchClient& client);
  Result<void> list_refs(const CommandV2& command, const Sink& out, ShownRefs shown);
};

Result<void> UploadPack::State::serve_v0(std::string_view body, const Sink& out,
                                         const FetchClient& client) {
  const auto request = parse_fetch_v0(body, policy);
  if (!request.ok()) return report_error(request.error(), out);
  FetchSession fetch = session(*request, client.shown);
  return answer_fetch_v0(fetch, *request, maker(client), out);
}

Result<void> UploadPack::State::fetch_v2(const CommandV2& command, const Sink& out,
                                         const FetchClient& client) {
  const auto request = parse_fetch_v2(command, policy);
  if (!request.ok()) return report_error(request.error(), out);
  FetchSession fetch = session(*request, client.shown);
  return answer_fetch_v2(fetch, *request, maker(client), out);
}

Result<void> UploadPack::State::list_refs(const CommandV2& command, const Sink& out,
                                          ShownRefs shown) {
  auto request = parse_ls_refs(command);
  if (!request.ok()) return report_error(request.error(), out);
  LsRefsRequest wanted = keep_prefixes(std::move(request).value(), policy.max_ref_prefixes);
  const auto seen = refs(shown);
  if (!shown.empty()) return out(print_ls_refs(*seen, std::move(wanted)));
  return out(*ls_refs.find(*seen, std::move(wanted)));
}

Result<void> UploadPack::State::serve_v2(std::string_view body, const Sink& out,
                                         const FetchClient& client) {
  const auto command = parse_command_v2(body, policy.max_wants + policy.max_haves);
  if (!command.ok()) return report_error(command.error(), out);
  if (!*command) return {};
  if ((*command)->name == "fetch") return fetch_v2(**command, out, client);
  if ((*command)->name == "ls-refs") return list_refs(**command, out, client.shown);
  return report_error(refuse("invalid command '" + (*command)->name.substr(0, 100) + "'"), out);
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
                               const FetchClient& client) const {
  if (version == WireVersion::v2) return state_->serve_v2(request, out, client);
  return state_->serve_v0(request, out, client);
}

Result<void> UploadPack::prepare(const std::function<bool()>& is_over) const {
  const auto tick = [&]() -> Result<void> {
    if (is_over && is_over()) return Error{Code::busy, "the server is stopping"};
    return {};
  };
  const auto seen = state_->refs({});
  const auto view = state_->view();
  TRY(state_->closures.find_and_save(view, seen->tip_list(), tick));
  return {};
}

}  // namespace vcs
