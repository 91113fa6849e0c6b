#include "vcs/tree.h"

#include <algorithm>
#include <cstdio>

namespace vcs {

using base::Code;
using base::Error;
using base::Result;

namespace {

Error malformed() {
  return Error{Code::invalid, "a tree object is malformed"};
}

std::optional<uint32_t> parse_mode(std::string_view digits) {
  if (digits.empty() || digits.size() > 7) return std::nullopt;
  uint32_t mode = 0;
  for (const char c : digits) {
    if (c < '0' || c > '7') return std::nullopt;
    mode = mode << 3 | static_cast<uint32_t>(c - '0');
  }
  return mode;
}

std::string octal(uint32_t mode) {
  char digits[16];
  const int length = std::snprintf(digits, sizeof(digits), "%o", mode);
  return std::string(digits, static_cast<size_t>(length));
}

}  // namespace

Result<std::optional<TreeEntryView>> TreeCursor::next() {
  if (rest_.empty()) return std::optional<TreeEntryView>();
  const size_t space = rest_.substr(0, 8).find(' ');
  if (space == std::string_view::npos) return malformed();
  const size_t nul = rest_.find('\0', space);
  if (nul == std::string_view::npos || nul == space + 1) return malformed();
  if (rest_.size() - nul - 1 < ObjectId::kSize) return malformed();
  const auto mode = parse_mode(rest_.substr(0, space));
  if (!mode) return malformed();
  TreeEntryView entry{*mode, rest_.substr(space + 1, nul - space - 1), {}};
  std::copy_n(rest_.begin() + nul + 1, ObjectId::kSize, entry.id.bytes.begin());
  rest_.remove_prefix(nul + 1 + ObjectId::kSize);
  return std::optional(entry);
}

Result<std::vector<TreeEntry>> parse_tree(std::string_view content) {
  std::vector<TreeEntry> entries;
  TreeCursor cursor(content);
  while (const auto entry = TRY(cursor.next())) {
    entries.push_back({entry->mode, std::string(entry->name), entry->id});
  }
  return entries;
}

Result<std::optional<TreeEntryView>> find_in_tree(std::string_view content, std::string_view name) {
  TreeCursor cursor(content);
  while (const auto entry = TRY(cursor.next())) {
    if (entry->name == name) return entry;
  }
  return std::optional<TreeEntryView>();
}

int compare_tree_names(std::string_view a, bool a_is_tree, std::string_view b, bool b_is_tree) {
  const size_t common = std::min(a.size(), b.size());
  const int order = a.substr(0, common).compare(b.substr(0, common));
  if (order != 0) return order;
  const auto next = [common](std::string_view name, bool is_tree) -> int {
    if (name.size() > common) return static_cast<unsigned char>(name[common]);
    return is_tree ? '/' : 0;
  };
  return next(a, a_is_tree) - next(b, b_is_tree);
}

std::string print_tree(std::vector<TreeEntry> entries) {
  std::sort(entries.begin(), entries.end(), [](const TreeEntry& a, const TreeEntry& b) {
    return compare_tree_names(a.name, a.is_tree(), b.name, b.is_tree()) < 0;
  });
  std::string out;
  for (const TreeEntry& entry : entries) {
    out += octal(entry.mode) + ' ' + entry.name;
    out += '\0';
    out.append(reinterpret_cast<const char*>(entry.id.bytes.data()), ObjectId::kSize);
  }
  return out;
}

}  // namespace vcs
