// A route's path template, cut into segments: words, one parameter with words around it, or a last
// parameter that takes the rest. Plain values.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/http/router.h"

namespace server::http::detail {

struct Segment {
  enum class Kind { word, parameter, rest } kind = Kind::word;
  std::string name;    // of the parameter
  std::string before;  // the word, or what stands before the parameter
  std::string after;
  bool operator==(const Segment&) const = default;
};

// Code::invalid for a malformed template or a parameter that is named twice.
base::Result<std::vector<Segment>> parse_pattern(std::string_view path);

// Whether the segment may take this piece of a path; a parameter takes at least one byte.
bool takes(const Segment& segment, std::string_view piece);

// The parameters of a path that the pattern matches.
PathParameters parameters_of(const std::vector<Segment>& pattern,
                             const std::vector<std::string_view>& pieces);

// Orders patterns by how much they say: words before affixed before bare parameters before rests.
// True if `a` is to be tried before `b`.
bool more_specific(const std::vector<Segment>& a, const std::vector<Segment>& b);

// Equal up to the parameters' names: two such routes of one method would be ambiguous.
bool same_shape(const std::vector<Segment>& a, const std::vector<Segment>& b);

}  // namespace server::http::detail
