#include "server/http/detail/path_pattern.h"

#include <algorithm>

#include "base/text.h"

namespace server::http::detail {
namespace {

base::Error bad(std::string_view path, std::string_view why) {
  return {base::Code::invalid, "the path " + std::string(path) + ": " + std::string(why), {}};
}

bool is_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

base::Result<Segment> parse_segment(std::string_view path, std::string_view text) {
  const size_t open = text.find('{');
  if (open == text.npos) {
    if (text.find('}') != text.npos) return bad(path, "'}' without '{'");
    return Segment{Segment::Kind::word, {}, std::string(text), {}};
  }
  const size_t close = text.find('}', open);
  if (close == text.npos) return bad(path, "'{' without '}'");
  std::string_view name = text.substr(open + 1, close - open - 1);
  const bool takes_rest = name.size() > 3 && name.substr(name.size() - 3) == "...";
  if (takes_rest) name.remove_suffix(3);
  if (!is_name(name)) return bad(path, "a parameter's name is not [a-z0-9_]+");
  const std::string_view after = text.substr(close + 1);
  if (after.find_first_of("{}") != after.npos) return bad(path, "two parameters in a segment");
  if (takes_rest && text.size() != name.size() + 5) return bad(path, "a word around a rest");
  return Segment{takes_rest ? Segment::Kind::rest : Segment::Kind::parameter, std::string(name),
                 std::string(text.substr(0, open)), std::string(after)};
}

bool repeats_name(const std::vector<Segment>& segments) {
  for (size_t i = 0; i < segments.size(); ++i) {
    if (segments[i].name.empty()) continue;
    for (size_t j = i + 1; j < segments.size(); ++j) {
      if (segments[i].name == segments[j].name) return true;
    }
  }
  return false;
}

// Words first, then the longest words around a parameter.
int rank_of(const Segment& segment) {
  switch (segment.kind) {
    case Segment::Kind::word:
      return 1'000'000;
    case Segment::Kind::parameter:
      return 1 + static_cast<int>(segment.before.size() + segment.after.size());
    case Segment::Kind::rest:
      break;
  }
  return 0;
}

}  // namespace

base::Result<std::vector<Segment>> parse_pattern(std::string_view path) {
  if (path.empty() || path[0] != '/') return bad(path, "it does not begin with '/'");
  std::vector<Segment> segments;
  for (const std::string_view text : base::split(path.substr(1), '/')) {
    if (!segments.empty() && segments.back().kind == Segment::Kind::rest) {
      return bad(path, "a rest that is not the last segment");
    }
    segments.push_back(TRY(parse_segment(path, text)));
  }
  if (repeats_name(segments)) return bad(path, "a parameter is named twice");
  return segments;
}

bool takes(const Segment& segment, std::string_view piece) {
  if (segment.kind == Segment::Kind::word) return piece == segment.before;
  if (segment.kind == Segment::Kind::rest) return true;
  const size_t around = segment.before.size() + segment.after.size();
  return piece.size() > around && piece.substr(0, segment.before.size()) == segment.before &&
         piece.substr(piece.size() - segment.after.size()) == segment.after;
}

PathParameters parameters_of(const std::vector<Segment>& pattern,
                             const std::vector<std::string_view>& pieces) {
  PathParameters out;
  for (size_t i = 0; i < pattern.size(); ++i) {
    const Segment& segment = pattern[i];
    if (segment.kind == Segment::Kind::word) continue;
    const std::string_view piece = pieces[i];
    const char* const end = segment.kind == Segment::Kind::rest
                                ? pieces.back().data() + pieces.back().size()
                                : piece.data() + piece.size() - segment.after.size();
    out[segment.name] = std::string(piece.data() + segment.before.size(), end);
  }
  return out;
}

bool more_specific(const std::vector<Segment>& a, const std::vector<Segment>& b) {
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    if (rank_of(a[i]) != rank_of(b[i])) return rank_of(a[i]) > rank_of(b[i]);
  }
  return a.size() > b.size();
}

bool same_shape(const std::vector<Segment>& a, const std::vector<Segment>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x.kind == y.kind && x.before == y.before && x.after == y.after;
  });
}

}  // namespace server::http::detail
