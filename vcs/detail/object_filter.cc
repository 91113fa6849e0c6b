#include "vcs/detail/object_filter.h"

#include <algorithm>
#include <charconv>
#include <string>

#include "base/text.h"

namespace vcs {

using base::Code;
using base::Error;
using base::Result;

namespace {

constexpr std::string_view kCombine = "combine:";
constexpr size_t kMaxCombined = 16;

Error refuse(std::string_view spec) {
  return Error{Code::invalid, "filter '" + std::string(spec.substr(0, 100)) +
                                  "' is not served; there are blob:none, blob:limit=<n>, "
                                  "tree:<n> and combine: of these"};
}

uint64_t unit_of(char letter) {
  switch (letter) {
    case 'k':
    case 'K':
      return uint64_t{1} << 10;
    case 'm':
    case 'M':
      return uint64_t{1} << 20;
    case 'g':
    case 'G':
      return uint64_t{1} << 30;
    default:
      return 1;
  }
}

std::optional<uint64_t> parse_size(std::string_view text) {
  if (text.empty()) return std::nullopt;
  const uint64_t unit = unit_of(text.back());
  if (unit > 1) text.remove_suffix(1);
  const auto number = base::parse_integer(text);
  if (!number || *number < 0 || *number > (int64_t{1} << 40)) return std::nullopt;
  return static_cast<uint64_t>(*number) * unit;
}

// git writes the parts of a combined filter with %XX for what could be mistaken.
Result<std::string> percent_decoded(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    if (text.front() != '%') {
      out += text.front();
      text.remove_prefix(1);
      continue;
    }
    unsigned byte = 0;
    const char* const digits = text.data() + 1;
    if (text.size() < 3) return refuse(text);
    if (std::from_chars(digits, digits + 2, byte, 16).ptr != digits + 2) return refuse(text);
    out += static_cast<char>(byte);
    text.remove_prefix(3);
  }
  return out;
}

Result<ObjectFilter> parse_one(std::string_view spec) {
  constexpr std::string_view kLimit = "blob:limit=", kTree = "tree:";
  ObjectFilter filter;
  if (spec == "blob:none") {
    filter.blob_limit = 0;
  } else if (spec.starts_with(kLimit)) {
    filter.blob_limit = parse_size(spec.substr(kLimit.size()));
    if (!filter.blob_limit) return refuse(spec);
  } else if (spec.starts_with(kTree)) {
    const auto depth = base::parse_integer(spec.substr(kTree.size()));
    if (!depth || *depth < 0) return refuse(spec);
    filter.tree_depth = static_cast<uint32_t>(std::min<int64_t>(*depth, UINT32_MAX));
  } else {
    return refuse(spec);
  }
  return filter;
}

template <typename T>
void keep_lesser(std::optional<T>& mine, const std::optional<T>& other) {
  if (other) mine = std::min(mine.value_or(*other), *other);
}

}  // namespace

bool ObjectFilter::leaves_out(const ObjectHeader& header) const {
  const bool no_trees = tree_depth == 0u;
  if (header.kind == ObjectKind::tree) return no_trees;
  if (header.kind != ObjectKind::blob) return false;
  return no_trees || (blob_limit && header.size >= *blob_limit);
}

Result<ObjectFilter> parse_filter(std::string_view spec) {
  if (!spec.starts_with(kCombine)) return parse_one(spec);
  const auto parts = base::split(spec.substr(kCombine.size()), '+');
  if (parts.size() > kMaxCombined) return Error{Code::limit, "too many filters are combined"};
  ObjectFilter combined;
  for (const std::string_view part : parts) {
    const ObjectFilter one = TRY(parse_one(TRY(percent_decoded(part))));
    keep_lesser(combined.blob_limit, one.blob_limit);
    keep_lesser(combined.tree_depth, one.tree_depth);
  }
  return combined;
}

}  // namespace vcs
