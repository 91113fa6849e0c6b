// Applies edits of files to a tree: reads and rewrites only the directories on the edited paths.
#pragma once

#include <map>
#include <span>
#include <string>

#include "base/result.h"
#include "vcs/commit_queue.h"
#include "vcs/object_reader.h"

namespace vcs {

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
