// Collects new objects in memory and writes them as one small pack with its index. The only way
// by which objects of our own making reach a repository: never as loose files, which cost a sync
// each and which a crash can tear.
//
//   PackWriter writer;
//   const ObjectId blob = writer.add(ObjectKind::blob, content);
//   const ObjectId tree = writer.add(ObjectKind::tree, print_tree({{kModeFile, "a.txt", blob}}));
//   TRY(writer.write(*repository));                        // durable when it returns
//
// Entries are whole objects compressed with zlib, without deltas: roll-up and the reader's copier
// treat them like any other. An object added twice is stored once. Belongs to one thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "vcs/durable_step.h"
#include "vcs/object_id.h"
#include "vcs/repository.h"

namespace vcs {

class PackWriter {
 public:
  // The id that git gives the content; the object is kept for `write`.
  ObjectId add(ObjectKind kind, std::string_view content);
  // The same for an object whose id is known.
  void add(const ObjectId& id, ObjectKind kind, std::string_view content);

  bool empty() const { return objects_.empty(); }
  size_t object_count() const { return objects_.size(); }
  // Compressed bytes of all entries.
  size_t byte_count() const { return byte_count_; }

  // The content of an object that was added, for those who build upon it before it is written.
  std::optional<std::string_view> find(const ObjectId& id) const;

  // Writes and syncs pack-<trailer>.pack and .idx below `directory` and empties the writer; says
  // "pack-<trailer>". Without objects there is nothing to write: no file, an empty name.
  base::Result<std::string> write(const base::Path& directory, const StepObserver& observer = {});
  // The same into the repository, which sees the objects from then on.
  base::Result<void> write(Repository& repository, const StepObserver& observer = {});

 private:
  struct Object {
    ObjectId id;
    ObjectKind kind;
    std::string content;
    std::string entry;  // as it will lie in the pack
  };
  std::vector<Object> objects_;
  std::unordered_map<ObjectId, size_t> places_;
  size_t byte_count_ = 0;
};

}  // namespace vcs
