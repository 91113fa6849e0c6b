#include "tests/conformance/served_repository.h"

#include <unistd.h>

#include <filesystem>

#include "base/text.h"
#include "tests/conformance/command.h"

namespace conformance {

using base::Code;
using base::Error;
using base::Path;
using base::Result;

namespace {

CommandRun git(const Path& repository, std::vector<std::string> arguments) {
  std::vector<std::string> words = {"git", "--git-dir=."};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return run_command({repository, std::move(words), {{"GIT_CONFIG_GLOBAL", "/dev/null"}}});
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  for (const std::string_view line : base::split(text, '\n')) lines.emplace_back(line);
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

std::string command_line(const vcs::RefCommand& command, const std::string& ref) {
  return command.before.hex() + ' ' + command.after.hex() + ' ' + ref + '\n';
}

using Environment = std::vector<std::pair<std::string, std::string>>;

Environment option_variables(std::span<const std::string> options) {
  Environment out = {{"GIT_DIR", "."}};
  if (options.empty()) return out;
  out.emplace_back("GIT_PUSH_OPTION_COUNT", std::to_string(options.size()));
  for (size_t i = 0; i < options.size(); ++i) {
    out.emplace_back("GIT_PUSH_OPTION_" + std::to_string(i), options[i]);
  }
  return out;
}

}  // namespace

Result<std::shared_ptr<ServedRepository>> ServedRepository::open(const Path& path) {
  for (const Path& candidate : {path / ".git", Path(path.string() + ".git"), path}) {
    if (!std::filesystem::exists(candidate / "HEAD")) continue;
    std::shared_ptr<ServedRepository> served(new ServedRepository(candidate));
    TRY(served->load());
    return served;
  }
  return Error{Code::not_found, "there is no repository at " + path.string()};
}

Result<void> ServedRepository::load() {
  read_configuration();
  // The store reads no alternates, so it gets its own copy of what they hold.
  const Path alternates = path_ / "objects" / "info" / "alternates";
  if (std::filesystem::exists(alternates)) {
    if (git(path_, {"repack", "-adq"}).status != 0) return Error{Code::io, "git repack failed"};
    TRY(base::remove_file(alternates));
  }
  repository_ = TRY(vcs::Repository::open(path_));
  upload_pack_ = std::make_unique<vcs::UploadPack>(repository_, upload_policy());
  receive_pack_ = std::make_unique<vcs::ReceivePack>(repository_, receive_policy());
  return {};
}

void ServedRepository::read_configuration() {
  const CommandRun listed = git(path_, {"config", "--list", "-z"});
  for (const std::string_view entry : base::split(listed.output, '\0')) {
    const size_t end = entry.find('\n');
    const std::string_view value = end == entry.npos ? "true" : entry.substr(end + 1);
    configuration_.emplace(entry.substr(0, end), value);
  }
}

std::vector<std::string> ServedRepository::all(const std::string& key) const {
  std::vector<std::string> values;
  const auto [first, last] = configuration_.equal_range(key);
  for (auto it = first; it != last; ++it) values.push_back(it->second);
  return values;
}

bool ServedRepository::is_true(const std::string& key, bool otherwise) const {
  const auto values = all(key);
  if (values.empty()) return otherwise;
  const std::string& value = values.back();
  return value == "true" || value == "1" || value == "yes" || value == "on";
}

vcs::UploadPolicy ServedRepository::upload_policy() const {
  vcs::UploadPolicy policy;
  policy.hidden_prefixes = all("transfer.hiderefs");
  for (std::string& prefix : all("uploadpack.hiderefs")) {
    policy.hidden_prefixes.push_back(std::move(prefix));
  }
  return policy;
}

vcs::ReceivePolicy ServedRepository::receive_policy() const {
  vcs::ReceivePolicy policy;
  policy.hidden_prefixes = all("transfer.hiderefs");
  for (std::string& prefix : all("receive.hiderefs")) {
    policy.hidden_prefixes.push_back(std::move(prefix));
  }
  policy.offers_options = is_true("receive.advertisepushoptions", false);
  policy.may_delete = !is_true("receive.denydeletes", false);
  policy.may_rewrite = !is_true("receive.denynonfastforwards", false);
  return policy;
}

ServedRepository::HookRun ServedRepository::run_hook(const std::string& name,
                                                     std::span<const std::string> options,
                                                     std::vector<std::string> arguments,
                                                     std::string input) const {
  const Path hook = path_ / "hooks" / name;
  if (::access(hook.c_str(), X_OK) != 0) return {};
  std::vector<std::string> words = {"./hooks/" + name};
  words.insert(words.end(), arguments.begin(), arguments.end());
  const CommandRun run =
      run_command({path_, std::move(words), option_variables(options), std::move(input)}, true);
  return {run.status != 0, lines_of(run.output)};
}

vcs::Verdict ServedRepository::run_hooks_before(const vcs::PushView& push) const {
  std::string all_commands;
  for (const vcs::RefCommand& command : push.commands) {
    all_commands += command_line(command, command.ref);
  }
  const HookRun before = run_hook("pre-receive", push.options, {}, all_commands);
  vcs::Verdict verdict;
  verdict.lines = before.lines;
  for (const vcs::RefCommand& command : push.commands) {
    if (before.declined) {
      verdict.refused[command.ref] = "pre-receive hook declined";
      continue;
    }
    const HookRun update = run_hook("update", push.options,
                                    {command.ref, command.before.hex(), command.after.hex()}, "");
    verdict.lines.insert(verdict.lines.end(), update.lines.begin(), update.lines.end());
    if (!update.declined) continue;
    verdict.lines.push_back("error: hook declined to update " + command.ref);
    verdict.refused[command.ref] = "hook declined";
  }
  return verdict;
}

Result<void> ServedRepository::push(const vcs::Source& body, const vcs::Sink& out) const {
  std::vector<std::string> options;
  const auto validate = [&](const vcs::PushView& push) {
    options.assign(push.options.begin(), push.options.end());
    return run_hooks_before(push);
  };
  const auto accepted = [&](std::span<const vcs::AcceptedUpdate> updates) {
    std::string all_commands;
    for (const vcs::AcceptedUpdate& one : updates) {
      all_commands += command_line(one.command, one.ref);
    }
    return run_hook("post-receive", options, {}, all_commands).lines;
  };
  return receive_pack_->serve(body, {validate, accepted}, out);
}

}  // namespace conformance
