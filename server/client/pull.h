// A release comes to a machine that trains: its documents, page images, words and annotations, and
// the manifest that names them all. Onto an empty disk or an older release; what is there and right
// stays, what the release does not have goes, if an earlier pull brought it.
//
//   const PullReport report =
//       TRY(pull(remote, {.project = "acme/claims", .release = "claims@1.3.0", .out = "data"}));
//
// Killed at any moment it leaves whole files only; the next pull goes on from there. Below `out`:
//
//   documents/<x>/<document id>/...           as DVC lays them out
//   labels/schema.json, labels/guidelines/...
//   manifest.jsonl                            written last: it is there once all else is
//   .glossator/                               while a pull is under way
//
// Errors: busy where trying again may help (the network, another pull in the same directory),
// denied without the right, internal if the server's bytes are not what the release names.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "server/client/object_fetch.h"
#include "server/client/remote.h"

namespace server::client {

struct PullProgress {
  uint64_t documents = 0;
  uint64_t all_documents = 0;
  uint64_t fetched_bytes = 0;
};

struct PullOptions {
  std::string project = {};  // "acme/claims"
  std::string release = {};  // "claims@1.3.0", or "claims" for the newest
  base::Path out = {};
  std::string digest = {};              // the manifest's SHA-256 if it must be this one
  std::vector<std::string> parts = {};  // of the split; empty: all
  std::vector<std::string> kinds = {};  // of kPullKinds; empty: all
  std::string since = {};               // a version: leave out what it has unchanged
  int connections = 4;
  std::function<void(const PullProgress&)> progress = {};  // now and then, on the caller's thread
};

struct PullReport {
  RemoteRelease release;
  uint64_t documents = 0;
  uint64_t fetched_files = 0;
  uint64_t fetched_bytes = 0;
  uint64_t kept_files = 0;
  uint64_t removed_files = 0;
};

Result<PullReport> pull(const Remote& remote, const PullOptions& options);

}  // namespace server::client
