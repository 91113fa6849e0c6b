// A bare git repository on disk, opened once per process and shared by all threads.
//
//   TRY(Repository::create(path));
//   const auto repository = TRY(Repository::open(path));
//   const Commit tip = TRY(read_commit(*repository, id));
//   Snapshot snapshot = TRY(Snapshot::at_commit(*repository, id));
//
// Reading takes no lock beyond the copy of one pointer: packs are mapped into an immutable view
// that is swapped when packs come or go, so a reader keeps what it began with. Objects come from
// our own bounded pack and loose-object readers; the repository stays a plain one that stock git
// reads. Everything here is safe from many threads. One process at a time may hold it for writing.
#pragma once

#include <memory>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "vcs/object_reader.h"
#include "vcs/refs.h"

namespace vcs {

class ObjectView;  // vcs/detail/object_view.h

enum class Access { read_only, read_write };

class Repository : public ObjectReader {
 public:
  // A new bare repository with HEAD on `branch` (unborn). Code::conflict if there is one already.
  static base::Result<void> create(const base::Path& path, std::string_view branch = "main");
  static base::Result<std::shared_ptr<Repository>> open(const base::Path& path,
                                                        Access access = Access::read_write);
  ~Repository() override;

  const base::Path& path() const { return path_; }
  base::Path pack_directory() const { return path_ / "objects" / "pack"; }

  base::Result<Object> read(const ObjectId& id, uint64_t limit = kObjectLimit) const override;
  base::Result<ObjectHeader> header(const ObjectId& id) const override;
  bool contains(const ObjectId& id) const override;

  // Commits whose parents were never fetched: not empty only if this is a shallow clone of another
  // repository (git's technical/shallow). Read once, when it is opened.
  const std::vector<ObjectId>& shallow_commits() const { return shallow_commits_; }

  Refs& refs() { return *refs_; }
  const Refs& refs() const { return *refs_; }

  // A pack was put into pack_directory(), e.g. "pack-0123...": it is visible when this returns.
  // Call it before the refs that need it are updated.
  base::Result<void> pack_added(std::string_view name);
  // Looks at the pack directory again, after packs came or went.
  base::Result<void> refresh();

  size_t pack_count() const;
  // The objects as of now, for a walk that must not see them change.
  std::shared_ptr<const ObjectView> view() const;

  // Held by whoever moves a ref, from before it looks at objects until the ref has moved: meanwhile
  // no object goes for good, so that what it found is still there when a ref names it.
  std::shared_lock<std::shared_mutex> hold_objects() const;
  // For expiry: taken only while nobody holds objects.
  std::unique_lock<std::shared_mutex> try_to_prune() const;

  // For maintenance: these packs are about to be replaced, and nobody else shall replace them. Null
  // if somebody is at one of them. The claim ends with the last copy of the pointer.
  std::shared_ptr<const void> claim_packs(const std::vector<std::string>& names);
  std::set<std::string> claimed_packs() const;

 private:
  struct State;
  explicit Repository(base::Path path);
  base::Path path_;
  std::unique_ptr<State> state_;
  std::unique_ptr<Refs> refs_;
  std::vector<ObjectId> shallow_commits_;
};

}  // namespace vcs
