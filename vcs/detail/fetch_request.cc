#include "vcs/detail/fetch_request.h"

#include <limits>

#include "base/text.h"

namespace vcs {

using base::Code;
using base::Error;
using base::Result;

namespace {

constexpr size_t kMaxDeepenNot = 100;

Error refuse(std::string what) {
  return Error{Code::invalid, std::move(what)};
}

std::string shown(std::string_view line) {
  return std::string(line.substr(0, 100));
}

Result<void> add_id(std::vector<ObjectId>& ids, std::string_view hex, size_t limit,
                    std::string_view line) {
  if (ids.size() >= limit) return Error{Code::limit, "too many lines like '" + shown(line) + "'"};
  auto id = ObjectId::from_hex(hex);
  if (!id.ok()) return refuse("protocol error, expected an object id: '" + shown(line) + "'");
  ids.push_back(*id);
  return {};
}

Result<void> add_ref(FetchRequest& request, std::string_view name, size_t limit) {
  if (request.want_refs.size() >= limit) return Error{Code::limit, "too many refs are wanted"};
  if (request.want_refs.emplace(name).second) return {};
  return refuse("duplicate want-ref " + shown(name));
}

Result<int64_t> positive(std::string_view number, std::string_view line) {
  const auto value = base::parse_integer(number);
  if (!value || *value <= 0 || *value > std::numeric_limits<int32_t>::max() * int64_t{1024}) {
    return refuse("invalid number: '" + shown(line) + "'");
  }
  return *value;
}

Result<void> read_depth(FetchRequest& request, std::string_view number, std::string_view line) {
  const int64_t depth = TRY(positive(number, line));
  request.depth = static_cast<uint32_t>(std::min<int64_t>(depth, INT32_MAX));
  return {};
}

// The part after "<key> " if the line has that key.
std::optional<std::string_view> value_of(std::string_view line, std::string_view key) {
  if (line.size() <= key.size() || !line.starts_with(key) || line[key.size()] != ' ') {
    return std::nullopt;
  }
  return line.substr(key.size() + 1);
}

bool read_flag(FetchRequest& request, std::string_view word) {
  if (word == "done") {
    request.done = true;
  } else if (word == "wait-for-done") {
    request.wait_for_done = true;
  } else if (word == "no-progress") {
    request.no_progress = true;
  } else if (word == "include-tag") {
    request.include_tag = true;
  } else if (word == "ofs-delta") {
    request.ofs_delta = true;
  } else if (word == "deepen-relative") {
    request.deepen_relative = true;
  } else {
    // A pack without deltas against what the client has is what thin-pack allows, not demands.
    return word == "thin-pack";
  }
  return true;
}

void read_capability_v0(FetchRequest& request, std::string_view word) {
  if (word == "multi_ack_detailed") {
    request.acks = AckMode::detailed;
  } else if (word == "multi_ack") {
    if (request.acks == AckMode::single) request.acks = AckMode::multi;
  } else if (word == "no-done") {
    request.no_done = true;
  } else if (word == "side-band-64k") {
    request.band = Band::large;
  } else if (word == "side-band") {
    if (request.band == Band::none) request.band = Band::small;
  } else if (word != "done" && word != "wait-for-done") {
    (void)read_flag(request, word);  // unknown ones are the client's own business
  }
}

// "want <id> capabilities": the first want carries them.
Result<void> read_want_v0(FetchRequest& request, std::string_view line,
                          const UploadPolicy& policy) {
  const size_t space = line.find(' ', sizeof("want ") - 1);
  TRY(read_fetch_line(request, line.substr(0, space), policy));
  if (space == std::string_view::npos) return {};
  for (const std::string_view word : base::split(line.substr(space + 1), ' ')) {
    read_capability_v0(request, word);
  }
  return {};
}

Result<void> read_needs_v0(FetchRequest& request, PktReader& reader, const UploadPolicy& policy) {
  while (const auto packet = TRY(reader.next())) {
    if (!packet->is_data()) return {};
    const std::string_view line = packet->line();
    if (line.starts_with("want ")) {
      TRY(read_want_v0(request, line, policy));
    } else if (line.starts_with("have ") || line == "done") {
      return refuse("protocol error, unexpected '" + shown(line) + "'");
    } else {
      TRY(read_fetch_line(request, line, policy));
    }
  }
  return {};
}

Result<void> read_negotiation_v0(FetchRequest& request, PktReader& reader,
                                 const UploadPolicy& policy) {
  while (const auto packet = TRY(reader.next())) {
    request.has_negotiation = true;
    if (!packet->is_data()) return {};
    const std::string_view line = packet->line();
    if (line == "done") {
      request.done = true;
      return {};
    }
    if (!line.starts_with("have ")) {
      return refuse("expected SHA1 list, got '" + shown(line) + "'");
    }
    TRY(read_fetch_line(request, line, policy));
  }
  return {};
}

}  // namespace

Result<void> read_fetch_line(FetchRequest& request, std::string_view line,
                             const UploadPolicy& policy) {
  if (const auto id = value_of(line, "want")) {
    return add_id(request.wants, *id, policy.max_wants, line);
  }
  if (const auto name = value_of(line, "want-ref"))
    return add_ref(request, *name, policy.max_wants);
  if (const auto id = value_of(line, "have")) {
    return add_id(request.haves, *id, policy.max_haves, line);
  }
  if (const auto id = value_of(line, "shallow")) {
    return add_id(request.shallows, *id, policy.max_haves, line);
  }
  if (const auto number = value_of(line, "deepen")) return read_depth(request, *number, line);
  if (const auto moment = value_of(line, "deepen-since")) {
    request.deepen_since = TRY(positive(*moment, line));
    return {};
  }
  if (const auto ref = value_of(line, "deepen-not")) {
    if (request.deepen_not.size() >= kMaxDeepenNot) return refuse("too many deepen-not lines");
    request.deepen_not.emplace_back(*ref);
    return {};
  }
  if (const auto spec = value_of(line, "filter")) {
    request.filter = TRY(parse_filter(*spec));
    return {};
  }
  if (read_flag(request, line)) return {};
  return refuse("unexpected line: '" + shown(line) + "'");
}

Result<FetchRequest> parse_fetch_v0(std::string_view body, const UploadPolicy& policy) {
  FetchRequest request;
  PktReader reader(body);
  TRY(read_needs_v0(request, reader, policy));
  if (request.depth > 0 && (request.deepen_since || !request.deepen_not.empty())) {
    return refuse("deepen and deepen-since (or deepen-not) cannot be used together");
  }
  TRY(read_negotiation_v0(request, reader, policy));
  return request;
}

}  // namespace vcs
