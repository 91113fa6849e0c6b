// Files with one JSON object a line (annotations.jsonl, comments.jsonl).
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "corpus/diagnostic.h"

namespace corpus::detail {

struct LineLimits {
  size_t file_bytes;
  size_t line_bytes;
  size_t lines;
};

// Hands over each line's value; empty lines, blanks and a CR before the LF are no matter. What is
// no JSON is reported and skipped.
void for_each_json_line(std::string_view text, const LineLimits& limits, Diagnostics& problems,
                        const std::function<void(base::Json)>& take);

// The text of so many lines, or Code::limit: what goes beyond the limits is never written.
base::Result<std::string> within_limits(std::string text, size_t lines, const LineLimits& limits);

}  // namespace corpus::detail
