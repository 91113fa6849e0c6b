// The refs of one repository, held in memory, durable on disk in git's own files format: loose
// files under refs/, packed-refs, and HEAD (gitrepository-layout).
//
//   Refs& refs = repository->refs();
//   const std::optional<ObjectId> tip = refs.find("refs/heads/main");
//   TRY(refs.update({{{.name = "refs/heads/main", .expected = tip, .target = commit}}}));
//
// An update of several refs is all or nothing, also over a crash: a journal is written first and
// replayed when the repository is opened. When update() returns, the change is on disk.
// Safe from many threads; one process writes a repository at a time. Errors: Code::conflict if a
// ref is not where the caller expects it or a name clashes with another ("a" against "a/b"),
// Code::invalid for a name that git would refuse.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "vcs/object_reader.h"

namespace vcs {

struct Ref {
  std::string name;  // "refs/heads/main"
  ObjectId target;
  std::optional<ObjectId> peeled;  // what an annotated tag names at last
  bool operator==(const Ref&) const = default;
};

struct RefUpdate {
  std::string name;
  std::optional<ObjectId> expected = {};  // nothing: any value; kNoObject: must not exist
  std::optional<ObjectId> target = {};    // nothing: delete
};

struct Head {
  std::string target;          // the branch that HEAD names, e.g. "refs/heads/main"
  std::optional<ObjectId> id;  // nothing while that branch is unborn
  bool operator==(const Head&) const = default;
};

// As git-check-ref-format(1): at least two components, no "..", no control bytes, no ".lock" ...
// and at most 512 bytes.
bool is_valid_ref_name(std::string_view name);

class Refs {
 public:
  // `objects` peels tags; both must outlive the table. Replays a journal that a crash left and
  // removes stale lock files if `may_write`.
  static base::Result<std::unique_ptr<Refs>> open(const base::Path& repository,
                                                  const ObjectReader& objects, bool may_write);
  ~Refs();

  std::optional<ObjectId> find(std::string_view name) const;
  // Refs whose name begins so, in byte order.
  std::vector<Ref> list(std::string_view prefix = "refs/") const;
  Head head() const;
  // Grows with every change that this process made or noticed: a key for what is derived from refs.
  uint64_t version() const;

  // Compare-and-swap of all, or of none. Two updates of one name are Code::invalid.
  base::Result<void> update(std::span<const RefUpdate> updates);
  base::Result<void> update(const RefUpdate& one) { return update(std::span(&one, 1)); }
  // Points HEAD at a branch, which need not exist yet.
  base::Result<void> set_head(const std::string& branch);

  // Moves loose refs into packed-refs: for maintenance.
  base::Result<void> pack();
  // Reads everything again if another program changed the files.
  base::Result<void> reload_if_changed();

 private:
  struct State;
  explicit Refs(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace vcs
