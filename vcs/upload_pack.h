// Serves clone and fetch: git's upload-pack, protocol v0, v1 and v2, over stateless HTTP
// (gitprotocol-http, gitprotocol-v2, gitprotocol-pack).
//
//   UploadPack upload_pack(repository, policy);                     // one per repository, kept
//   const WireVersion version = wire_version_of(git_protocol_header);
//   body = TRY(upload_pack.advertise(version));                     // GET info/refs
//   TRY(upload_pack.serve(version, request_body, sink));            // POST git-upload-pack
//
// Bodies come in de-chunked and gunzipped (vcs/compression.h). Packs are made by copying entries as
// they are stored, once for all who ask for the same (vcs/fetch_cache.h); there is no delta search,
// and memory follows the number of objects sent, not their bytes. A client sees only what visible
// refs reach. What the client did wrong is answered on the wire (an ERR packet) and serve()
// succeeds; serve() fails only when the sink does or the store is damaged. Safe from many threads.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "vcs/fetch_cache.h"
#include "vcs/pkt_line.h"
#include "vcs/repository.h"

namespace vcs {

enum class WireVersion { v0, v1, v2 };

// From the Git-Protocol header, e.g. "version=2:x=y"; the highest known version, v0 if there is
// none.
WireVersion wire_version_of(std::string_view git_protocol);

struct UploadPolicy {
  // Refs under these prefixes do not exist for clients: "refs/readings/".
  std::vector<std::string> hidden_prefixes = {};
  std::string agent = "glossator";
  // Packs shared with other clients and repositories; null: with the other clients of this one.
  std::shared_ptr<FetchCache> cache = nullptr;
  size_t max_wants = 1000000;  // by id, and by name
  size_t max_haves = 200000;
  size_t max_ref_prefixes = 65536;
};

bool is_hidden(const UploadPolicy& policy, std::string_view ref);

// Hidden refs, by their full names, that this one client may see all the same.
using ShownRefs = std::span<const std::string>;

struct FetchClient {
  ShownRefs shown = {};
  std::string_view name = {};  // who is counted when packs are made; may be empty
};

class UploadPack {
 public:
  UploadPack(std::shared_ptr<Repository> repository, UploadPolicy policy);
  ~UploadPack();

  // The body of GET info/refs?service=git-upload-pack, "# service" line included where v0 has it.
  base::Result<std::string> advertise(WireVersion version, ShownRefs shown = {}) const;
  // Answers one POST. v0 and v1 share the request format.
  base::Result<void> serve(WireVersion version, std::string_view request, const Sink& out,
                           const FetchClient& client = {}) const;

  // Walks what clones would have to walk, and writes the result down for the next process, in
  // objects/info/reachable of the repository (vcs/detail/closure_file.h). For the one process that
  // writes the repository, in the background: at the start, and whenever packs were replaced.
  // Nothing depends on it but time: it ends early once `is_over` says so.
  base::Result<void> prepare(const std::function<bool()>& is_over = {}) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vcs
