// Applies edits of files to a tree: reads and rewrites only the directories on the edited paths.
//
//   ObjectOverlay objects(repository);
//   const EditedTree edited = TRY(apply_edits(objects, snapshot.tree(), edits));
//   const Snapshot after(objects, edited.root);    // what it would be; nothing is written
//
// Belongs to one thread, as the overlay does.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>

#include "base/result.h"
#include "vcs/object_reader.h"

namespace vcs {

// A file's new content, or the blob that holds it already; without either the file goes.
// Directories come and go with their files.
struct Edit {
  std::string path;
  std::optional<std::string> content = {};
  std::optional<ObjectId> blob = {};

  bool deletes() const { return !content && !blob; }
  bool operator==(const Edit&) const = default;
};

struct EditedTree {
  ObjectId root;  // an empty project has the empty tree
  std::map<std::string, ObjectId> blobs;
};

// Adds new blobs and trees to `objects`. `root` may be kNoObject: nothing there yet. The order of
// edits does not matter; a path may be given once. Deleting what is not there changes nothing.
// Code::invalid for a bad or repeated path, Code::conflict between a file and a directory.
base::Result<EditedTree> apply_edits(ObjectOverlay& objects, const ObjectId& root,
                                     std::span<const Edit> edits);

}  // namespace vcs
