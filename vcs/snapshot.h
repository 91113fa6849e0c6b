// The files of one revision, read one directory at a time: no call holds more than a path's trees.
//
//   const Snapshot snapshot = TRY(Snapshot::at_commit(repository, commit));
//   const std::string schema = TRY(snapshot.read("schema.json"));
//   TRY(snapshot.walk("documents/", [&](std::string_view path, const TreeEntry& entry) {...}));
//
// Paths have no leading or trailing '/'; "" is the root. The reader must outlive the snapshot.
// Immutable, safe from many threads as far as the reader is. A path that is not there is
// Code::not_found.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "vcs/object_reader.h"
#include "vcs/tree.h"

namespace vcs {

class Snapshot {
 public:
  // False stops the walk without an error.
  using Visit = std::function<base::Result<bool>(std::string_view path, const TreeEntry& entry)>;

  static base::Result<Snapshot> at_commit(const ObjectReader& objects, const ObjectId& commit);
  Snapshot(const ObjectReader& objects, const ObjectId& tree) : objects_(&objects), tree_(tree) {}
  // Of a repository without any commit.
  static Snapshot empty(const ObjectReader& objects) { return Snapshot(objects, kNoObject); }

  const ObjectId& tree() const { return tree_; }
  // A directory as a snapshot of its own, for who reads several files in it; not_found if it is not
  // there or no directory.
  base::Result<Snapshot> below(std::string_view directory) const;

  base::Result<std::string> read(std::string_view path, uint64_t limit = kObjectLimit) const;
  // The content of a file whose entry is known.
  base::Result<std::string> read_file(const TreeEntry& entry, uint64_t limit = kObjectLimit) const;
  // Mode and id of a file or directory; nothing if the path is not there.
  base::Result<std::optional<TreeEntry>> entry(std::string_view path) const;
  // The entries of a directory; not_found if it is not there or no directory.
  base::Result<std::vector<TreeEntry>> list(std::string_view directory) const;
  // Visits every file below a directory (or the one file) in git's order; directories are entered,
  // not visited. Visits nothing if the path is not there.
  base::Result<void> walk(std::string_view prefix, const Visit& visit) const;

 private:
  const ObjectReader* objects_;
  ObjectId tree_;
};

}  // namespace vcs
