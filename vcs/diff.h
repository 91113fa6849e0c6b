// What changed between two trees. Equal subtrees are never entered, so the cost follows the change.
//
//   TRY(diff_trees(repository, old_tree, new_tree, [&](const Change& change) -> Result<bool> {
//     if (!change.before) ...   // added: change.after holds mode and id
//     return true;
//   }));
//
// Streams; holds one tree per level. kNoObject stands for the empty tree. Safe from many threads as
// far as the reader is.
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "vcs/object_reader.h"
#include "vcs/tree.h"

namespace vcs {

struct FileState {
  uint32_t mode = kModeFile;
  ObjectId id;
  bool operator==(const FileState&) const = default;
};

struct Change {
  std::string_view path;  // valid during the call
  std::optional<FileState> before;
  std::optional<FileState> after;
};

// False stops without an error.
using VisitChange = std::function<base::Result<bool>(const Change&)>;

// Reports each changed file (not directory) in git's order; a file that became a directory is
// reported as a deletion and additions.
base::Result<void> diff_trees(const ObjectReader& objects, const ObjectId& before,
                              const ObjectId& after, const VisitChange& visit);
// The same for two commits; kNoObject stands for "before the first commit".
base::Result<void> diff_commits(const ObjectReader& objects, const ObjectId& before,
                                const ObjectId& after, const VisitChange& visit);

}  // namespace vcs
