#include "server/client/remote.h"

#include <chrono>
#include <cstdlib>
#include <thread>

#include "base/text.h"
#include "corpus/ids.h"

namespace server::client {

using base::Code;
using base::Error;

namespace {

constexpr int kAttempts = 5;
constexpr std::chrono::milliseconds kFirstPause{200};
constexpr size_t kMostTokenBytes = 4096;

Code code_of(int status) {
  switch (status) {
    case 401:
    case 403:
      return Code::denied;
    case 404:
    case 410:
      return Code::not_found;
    case 409:
    case 412:
      return Code::conflict;
    case 413:
      return Code::limit;
    case 429:
    case 502:
    case 503:
    case 504:
      return Code::busy;
    case 507:
      return Code::no_space;
    default:
      return status >= 500 ? Code::internal : Code::invalid;
  }
}

std::string without_slash(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  return url;
}

}  // namespace

Result<std::string> read_token(const base::Path& file) {
  std::string text;
  if (!file.empty()) {
    text = TRY(base::read_file(file, kMostTokenBytes));
  } else if (const char* value = std::getenv("GLOSSATOR_TOKEN")) {
    text = value;
  }
  const std::string token(base::trim(std::string_view(text).substr(0, text.find('\n'))));
  if (token.empty()) {
    return Error{
        Code::invalid,
        "no token: put it into the environment as GLOSSATOR_TOKEN, or into a file and name "
        "that with --token-file"};
  }
  for (const char c : token) {
    if (c <= ' ' || c > '~') return Error{Code::invalid, "the token has characters of no token"};
  }
  return token;
}

Remote::Remote(RemoteOptions options) : options_(std::move(options)) {
  options_.url = without_slash(std::move(options_.url));
}

base::HttpClient Remote::connect() const {
  return base::HttpClient({.token = options_.token, .authorities = options_.authorities});
}

Error error_of(const base::HttpAnswer& answer) {
  const auto problem = base::parse_json(answer.body);
  std::string what = "the server answered " + std::to_string(answer.status);
  if (problem.ok()) {
    const std::string detail = problem->string_or("detail", problem->string_or("title", ""));
    if (!detail.empty()) what += ": " + detail;
  }
  return Error{code_of(answer.status), what};
}

Result<base::Json> ask_json(base::HttpClient& client, const base::HttpRequest& request) {
  const base::HttpAnswer answer = TRY(client.send(request));
  if (!answer.ok()) return error_of(answer);
  if (answer.body.empty()) return base::Json();
  auto json = base::parse_json(answer.body);
  if (!json.ok()) return Error{Code::invalid, "the server's answer is no JSON: is it a Glossator?"};
  return json;
}

Result<void> persist(const std::function<Result<void>()>& attempt,
                     const std::function<uint64_t()>& progress) {
  uint64_t before = progress ? progress() : 0;
  std::chrono::milliseconds pause = kFirstPause;
  for (int left = kAttempts;;) {
    auto outcome = attempt();
    if (outcome.ok() || outcome.error().code != Code::busy) return outcome;
    const uint64_t now = progress ? progress() : 0;
    if (now != before) {
      before = now;
      left = kAttempts;
      pause = kFirstPause;
      continue;  // the line was cut, but it works
    }
    if (--left == 0) return outcome;
    std::this_thread::sleep_for(pause);
    pause *= 2;
  }
}

Result<void> check_project(std::string_view project) {
  const auto parts = base::split(project, '/');
  if (parts.size() != 2) return Error{Code::invalid, "name the project as organisation/project"};
  TRY(corpus::parse_slug(parts[0]));
  TRY(corpus::parse_slug(parts[1]));
  return {};
}

Result<RemoteRelease> find_release(const Remote& remote, base::HttpClient& client,
                                   const std::string& project, const std::string& wanted) {
  const size_t at = wanted.find('@');
  RemoteRelease release{TRY(corpus::parse_slug(wanted.substr(0, at))), "", {}};
  if (at != wanted.npos) {
    release.version = dataset::print_version(TRY(dataset::parse_version(wanted.substr(at + 1))));
  }
  base::Json list;
  TRY(persist([&]() -> Result<void> {
    list = TRY(ask_json(client, {.url = remote.project(project, "/releases")}));
    return {};
  }));
  std::optional<dataset::Version> newest;
  const base::Json::Array* items = list.find_array("items");
  for (const base::Json& item : items ? *items : base::Json::Array()) {
    if (item.string_or("name", "") != release.name) continue;
    const std::string text = item.string_or("version", "");
    if (at != wanted.npos && text != release.version) continue;
    if (at == wanted.npos && item.find("withdrawn") != nullptr) continue;
    const dataset::Version version = TRY(dataset::parse_version(text));
    if (newest && version < *newest) continue;
    newest = version;
    release.manifest_sha256 = TRY(base::Sha256::from_hex(item.string_or("manifest_sha256", "")));
    release.version = text;
  }
  if (newest) return release;
  return Error{Code::not_found, "the project has no release " + wanted};
}

}  // namespace server::client
