// What a partial clone leaves out (git's rev-list --filter, gitprotocol-v2). Objects that a want
// names are never left out.
//
//   const ObjectFilter filter = TRY(parse_filter("combine:blob:limit=4k+tree:3"));
//
// Served are blob:none, blob:limit=<n>[kmg], tree:<depth>, and combine: of these, which leaves out
// what any of them does. Pure values and functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "vcs/object_reader.h"

namespace vcs {

struct ObjectFilter {
  std::optional<uint64_t> blob_limit;  // blobs of so many bytes or more; 0: all
  // Files and directories so many levels below a commit, or more; its root directory is level 0.
  std::optional<uint32_t> tree_depth;

  // Whether an object's own kind and size decide, wherever it lies.
  bool ignores_paths() const { return tree_depth.value_or(0) == 0; }
  // By kind and size alone.
  bool leaves_out(const ObjectHeader& header) const;
  bool operator==(const ObjectFilter&) const = default;
};

// Code::invalid for filters that are not served and for malformed ones.
base::Result<ObjectFilter> parse_filter(std::string_view spec);

}  // namespace vcs
