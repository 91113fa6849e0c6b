// What a fetch asks for, in either protocol: v0 puts flags behind the first want, v2 gives each a
// line of its own (gitprotocol-pack, gitprotocol-v2). Parsing is bounded; what is wrong is
// Code::invalid with the words that go to the client.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "vcs/detail/object_walk.h"
#include "vcs/pkt_line.h"
#include "vcs/upload_pack.h"

namespace vcs {

enum class AckMode { single, multi, detailed };
enum class Band { none, small, large };

struct FetchRequest {
  std::vector<ObjectId> wants;
  std::set<std::string> want_refs;  // full names, v2 only
  std::vector<ObjectId> haves;
  std::vector<ObjectId> shallows;
  uint32_t depth = 0;
  bool deepen_relative = false;
  std::optional<int64_t> deepen_since;
  std::vector<std::string> deepen_not;
  ObjectFilter filter;
  bool done = false;
  bool wait_for_done = false;
  bool no_progress = false;
  bool include_tag = false;
  bool ofs_delta = false;
  // v0 only
  bool no_done = false;
  AckMode acks = AckMode::single;
  Band band = Band::none;
  bool has_negotiation = false;  // anything came after the wants

  bool wants_anything() const { return !wants.empty() || !want_refs.empty(); }
  bool changes_depth() const { return depth > 0 || deepen_since || !deepen_not.empty(); }
};

// One line of v2's fetch arguments; v0's lines before its first flush are among these.
base::Result<void> read_fetch_line(FetchRequest& request, std::string_view line,
                                   const UploadPolicy& policy);
// A whole request of v0 or v1.
base::Result<FetchRequest> parse_fetch_v0(std::string_view body, const UploadPolicy& policy);

}  // namespace vcs
