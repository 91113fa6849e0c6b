// Reads the raw text of commits, tags and trees, without trusting a byte of it. Views point into
// the given content. Formats: git's gitformat documentation and Documentation/user-manual.
#pragma once

#include <algorithm>
#include <optional>
#include <string_view>

#include "vcs/object_id.h"

namespace vcs {

struct RawEntry {
  std::string_view mode;  // octal digits as stored
  std::string_view name;
  ObjectId id;
};

// Takes "mode SP name NUL id" off the front; nothing if it is not there in full.
inline std::optional<RawEntry> take_entry(std::string_view& tree) {
  const size_t nul = tree.find('\0');
  if (nul == std::string_view::npos || tree.size() - nul - 1 < ObjectId::kSize) return std::nullopt;
  const std::string_view head = tree.substr(0, nul);
  const size_t space = head.find(' ');
  if (space == std::string_view::npos || space == 0) return std::nullopt;
  RawEntry entry{head.substr(0, space), head.substr(space + 1), {}};
  std::copy_n(tree.data() + nul + 1, ObjectId::kSize, entry.id.bytes.begin());
  tree.remove_prefix(nul + 1 + ObjectId::kSize);
  return entry;
}

// The header lines of a commit or tag, up to the blank line before the message.
class HeaderReader {
 public:
  explicit HeaderReader(std::string_view content) : rest_(content) {}

  // The next line without its '\n'; nothing at the blank line, at the end, or if it is cut off.
  std::optional<std::string_view> take_line() {
    const size_t end = rest_.find('\n');
    if (end == std::string_view::npos || end == 0) return std::nullopt;
    const std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return line;
  }

  bool next_is(std::string_view key) const {
    return rest_.size() > key.size() && rest_.starts_with(key) && rest_[key.size()] == ' ';
  }

  // The value of the next line if it has this key.
  std::optional<std::string_view> take(std::string_view key) {
    if (!next_is(key)) return std::nullopt;
    const auto line = take_line();
    if (!line) return std::nullopt;
    return line->substr(key.size() + 1);
  }

  // Whether the lines ended properly: with a blank line, or with the content.
  bool is_terminated() const { return rest_.empty() || rest_.front() == '\n'; }
  std::string_view message() const { return rest_.empty() ? rest_ : rest_.substr(1); }

 private:
  std::string_view rest_;
};

}  // namespace vcs
