#include "corpus/detail/json_lines.h"

#include <cstdint>
#include <string>

#include "base/text.h"
#include "corpus/annotation.h"

namespace corpus::detail {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

std::string at_most(std::string_view what, size_t count, std::string_view unit) {
  return std::string(what) + " more than " + std::to_string(count) + " " + std::string(unit);
}

}  // namespace

void for_each_json_line(std::string_view text, const LineLimits& limits, Diagnostics& problems,
                        const std::function<void(base::Json)>& take) {
  if (text.size() > limits.file_bytes) {
    return problems.add({}, at_most("the file has", limits.file_bytes, "bytes"));
  }
  if (text.starts_with(kByteOrderMark)) {
    problems.add({1, 1}, "the file begins with a byte order mark; save it as plain UTF-8");
    text.remove_prefix(kByteOrderMark.size());
  }
  uint32_t number = 0;
  size_t values = 0;
  for (size_t start = 0; start < text.size();) {
    const size_t end = std::min(text.find('\n', start), text.size());
    const std::string_view line = text.substr(start, end - start);
    start = end + 1;
    ++number;
    if (base::trim(line).empty()) continue;
    if (++values > limits.lines) {
      return problems.add({number, 1}, at_most("the file has", limits.lines, "entries"));
    }
    if (line.size() > limits.line_bytes) {
      problems.add({number, 1}, at_most("the line has", limits.line_bytes, "bytes"));
      continue;
    }
    auto json =
        base::parse_json(line, {.depth = kMaxJsonDepth, .bytes = limits.line_bytes}, {number, 1});
    if (json.ok()) {
      take(std::move(json).value());
    } else {
      problems.add(json.error());
    }
  }
}

base::Result<std::string> within_limits(std::string text, size_t lines, const LineLimits& limits) {
  const auto beyond = [](size_t most, const std::string& of_what) {
    return base::Error{base::Code::limit, "a file holds at most " + std::to_string(most) + of_what};
  };
  if (lines > limits.lines) return beyond(limits.lines, " entries, not " + std::to_string(lines));
  if (text.size() > limits.file_bytes) return beyond(limits.file_bytes, " bytes");
  return text;
}

}  // namespace corpus::detail
