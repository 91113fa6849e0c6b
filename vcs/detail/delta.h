// Git's deltas: a base, and instructions that copy from it or insert (gitformat-pack, "deltified
// representation"). Pure functions; a malformed delta is Code::invalid.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace vcs {

struct DeltaSizes {
  uint64_t base = 0;
  uint64_t result = 0;
};

// The longest head of a delta, in bytes: two sizes of up to ten bytes each.
inline constexpr size_t kMaxDeltaHead = 20;

// Makes of `base` a content that differs from it in one place; what both begin and end with is
// copied. Short for a directory in which one entry changed; right, but long, for anything else.
std::string delta_of_one_change(std::string_view base, std::string_view content);

// Takes the two sizes off the front.
base::Result<DeltaSizes> take_delta_sizes(std::string_view& delta);
base::Result<std::string> apply_delta(std::string_view base, std::string_view delta,
                                      uint64_t limit);

}  // namespace vcs
