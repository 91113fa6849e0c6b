// One directory of a revision, as git stores it: entries "<octal mode> <name>\0<20 bytes>" sorted
// by name, where a directory sorts as if its name ended in '/'.
//
//   for (const TreeEntry& entry : TRY(parse_tree(content))) ...
//   const std::string content = print_tree(entries);
//
// Plain values, safe from any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "vcs/object_id.h"

namespace vcs {

inline constexpr uint32_t kModeTree = 0040000;
inline constexpr uint32_t kModeFile = 0100644;
inline constexpr uint32_t kModeProgram = 0100755;
inline constexpr uint32_t kModeLink = 0120000;
inline constexpr uint32_t kModeCommit = 0160000;  // of a submodule; its object is elsewhere

struct TreeEntry {
  uint32_t mode = kModeFile;
  std::string name;
  ObjectId id;

  bool is_tree() const { return mode == kModeTree; }
  bool is_submodule() const { return mode == kModeCommit; }
  bool operator==(const TreeEntry&) const = default;
};

// A view of an entry inside a tree's content, for walks that must not copy.
struct TreeEntryView {
  uint32_t mode = kModeFile;
  std::string_view name;
  ObjectId id;

  bool is_tree() const { return mode == kModeTree; }
  bool is_submodule() const { return mode == kModeCommit; }
};

// Walks a tree's content front to back; the content must outlive it.
class TreeCursor {
 public:
  explicit TreeCursor(std::string_view content) : rest_(content) {}
  // Nothing at the end; Code::invalid where the content is malformed.
  base::Result<std::optional<TreeEntryView>> next();

 private:
  std::string_view rest_;
};

base::Result<std::vector<TreeEntry>> parse_tree(std::string_view content);
// The entry of this name, if any; stops at the first malformed entry.
base::Result<std::optional<TreeEntryView>> find_in_tree(std::string_view content,
                                                        std::string_view name);
// Sorts as git does, then prints. Names must be unique.
std::string print_tree(std::vector<TreeEntry> entries);

// Git's order of two entries of one directory: negative, zero or positive.
int compare_tree_names(std::string_view a, bool a_is_tree, std::string_view b, bool b_is_tree);

}  // namespace vcs
