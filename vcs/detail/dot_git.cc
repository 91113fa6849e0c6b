// Names that a file system takes for .git or .gitmodules. The rules: git/git utf8.c
// (next_hfs_char), path.c (is_ntfs_dotgit, is_ntfs_dot_generic).
#include <string>

#include "vcs/object_check.h"

namespace vcs {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string lower(std::string_view text) {
  std::string out;
  for (const char c : text) out += lower(c);
  return out;
}

// Code points that HFS+ leaves out when it compares names.
bool is_ignored_by_hfs(uint32_t point) {
  return (point >= 0x200c && point <= 0x200f) || (point >= 0x202a && point <= 0x202e) ||
         (point >= 0x206a && point <= 0x206f) || point == 0xfeff;
}

// All ignored code points are three bytes long in UTF-8.
uint32_t three_byte_point(std::string_view at) {
  if (at.size() < 3 || (at[0] & 0xf0) != 0xe0) return 0;
  return uint32_t(at[0] & 0x0f) << 12 | uint32_t(at[1] & 0x3f) << 6 | uint32_t(at[2] & 0x3f);
}

std::string without_ignored(std::string_view name) {
  std::string out;
  while (!name.empty()) {
    if (is_ignored_by_hfs(three_byte_point(name))) {
      name.remove_prefix(3);
      continue;
    }
    out += name.front();
    name.remove_prefix(1);
  }
  return out;
}

// What NTFS drops or cuts: "name. .", "name::$INDEX_ALLOCATION", "name\child".
std::string_view without_ntfs_tail(std::string_view name) {
  name = name.substr(0, name.find_first_of(":\\"));
  const size_t end = name.find_last_not_of(" .");
  return end == std::string_view::npos ? std::string_view() : name.substr(0, end + 1);
}

bool is_digit_run(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// 8.3 names: GITMOD~1 to ~4, and the hashed form GI7EBA~n or GI7EB~nn that later twins get.
bool is_short_gitmodules(std::string_view name) {
  if (name.size() != 8) return false;
  const size_t tilde = name.find('~');
  if (tilde == std::string_view::npos || !is_digit_run(name.substr(tilde + 1))) return false;
  return std::string_view("gitmodules").starts_with(name.substr(0, tilde)) ||
         std::string_view("gi7eba").starts_with(name.substr(0, tilde));
}

}  // namespace

bool looks_like_dot_git(std::string_view name) {
  const std::string folded = lower(without_ignored(name));
  const std::string_view ntfs = without_ntfs_tail(folded);
  return folded == ".git" || ntfs == ".git" || ntfs == "git~1";
}

bool looks_like_dot_gitmodules(std::string_view name) {
  const std::string folded = lower(without_ignored(name));
  const std::string_view ntfs = without_ntfs_tail(folded);
  return folded == ".gitmodules" || ntfs == ".gitmodules" || is_short_gitmodules(ntfs);
}

}  // namespace vcs
