// A Glossator server as its clients see it: where it is, who we are there, and what its answers
// mean. Everything below server/client/ runs on somebody else's machine: it knows the public API
// and formats, and nothing of the server's inside.
//
//   const Remote remote({.url = "https://host", .token = TRY(read_token(token_file))});
//   base::HttpClient client = remote.connect();             // one for each thread
//   const base::Json me = TRY(ask_json(client, {.url = remote.api("/me")}));
//
// Values; safe from any thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/http_client.h"
#include "base/json.h"
#include "dataset/manifest.h"

namespace server::client {

using base::Result;

struct RemoteOptions {
  std::string url = {};  // "https://host"
  std::string token = {};
  base::Path authorities = {};  // PEM file; empty: the system's
};

// The first line of the file, or of the environment's GLOSSATOR_TOKEN if no file is named. A token
// is never taken from the command line, where every user of the machine could read it.
Result<std::string> read_token(const base::Path& file);

class Remote {
 public:
  explicit Remote(RemoteOptions options);

  base::HttpClient connect() const;
  const std::string& url() const { return options_.url; }  // without a slash at its end
  std::string api(std::string_view path) const {
    return options_.url + "/api/v1" + std::string(path);
  }
  // Of a project named as organisation/project.
  std::string project(std::string_view project, std::string_view path) const {
    return api("/projects/" + std::string(project) + std::string(path));
  }

 private:
  RemoteOptions options_;
};

// What a refusal means, in the server's own words where it gave some: busy where trying again may
// help (429, 502 to 504), denied for 401 and 403.
base::Error error_of(const base::HttpAnswer& answer);
// Any answer but a 2xx is its error.
Result<base::Json> ask_json(base::HttpClient& client, const base::HttpRequest& request);

// Runs `attempt` again while it fails with Code::busy: at once after progress, else a little later
// each time, five times in all. `progress` counts whatever the attempts move; it may be empty.
Result<void> persist(const std::function<Result<void>()>& attempt,
                     const std::function<uint64_t()>& progress = {});

// A release of a project's dataset.
struct RemoteRelease {
  std::string name;
  std::string version;
  base::Sha256 manifest_sha256;
  std::string path() const { return "/releases/" + name + "/" + version; }
};

// "claims@1.3.0", or "claims" for its newest version that stands.
Result<RemoteRelease> find_release(const Remote& remote, base::HttpClient& client,
                                   const std::string& project, const std::string& wanted);

// "acme/claims", or invalid.
Result<void> check_project(std::string_view project);

}  // namespace server::client
