// Collects new objects in memory and writes them as one small pack with its index. The only way
// by which objects of our own making reach a repository: never as loose files, which cost a sync
// each and which a crash can tear.
//
//   PackWriter writer;
//   const ObjectId blob = writer.add(ObjectKind::blob, content);
//   const ObjectId tree = writer.add(ObjectKind::tree, print_tree({{kModeFile, "a.txt", blob}}));
//   TRY(writer.write(*repository));                        // durable when it returns
//
// An object that was edited from one of the same pack is stored as a delta of it, in chains that
// are kept short: of a hundred saves that wait together each makes its own root directory, and one
// entry of it is new. An object added twice is stored once. Belongs to one thread.
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
#include "vcs/object_reader.h"
#include "vcs/repository.h"

namespace vcs {

class PackWriter {
 public:
  // The id that git gives the content; the object is kept for `write`.
  ObjectId add(ObjectKind kind, std::string_view content);
  // The same for an object whose id is known. It becomes a delta if what it is like was added.
  void add(const NewObject& object);

  bool empty() const { return entries_.empty(); }
  size_t object_count() const { return entries_.size(); }
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
  struct Entry {
    Entry(const ObjectId& named, ObjectKind is, std::string holds)
        : id(named), kind(is), content(std::move(holds)) {}

    ObjectId id;
    ObjectKind kind;
    std::string content;
    std::optional<size_t> base;  // of a delta: its place in entries_
    int depth = 0;               // deltas on the way to a whole object
    size_t size = 0;             // of what is packed, inflated
    std::string packed;          // the content or the delta, compressed
  };
  void add(Entry entry, const ObjectId& like);
  bool make_delta(Entry& entry, const ObjectId& like) const;

  std::vector<Entry> entries_;
  std::unordered_map<ObjectId, size_t> places_;
  size_t byte_count_ = 0;
};

}  // namespace vcs
