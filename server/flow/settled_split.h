// A split as the last release left it, and what has come since. Where documents are that were there
// then needs no look at any other; new ones find their place by a look at those alone that they
// share a group with, directly or through others.
//
//   SettledSplit split = TRY(SettledSplit::open(project, commit, "default"));
//   if (TRY(split.place(services, added)))                 // else all must be evaluated: split.h
//     const auto locked = TRY(split.record(removed));      // nothing: likewise
//   split.part_of(document)
//
// The same as lock_split() would give, in places and in git. Under the project's release_mutex; the
// project must outlive it. Belongs to one thread.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "corpus/splits.h"
#include "dataset/manifest.h"
#include "dataset/split.h"
#include "server/flow/services.h"
#include "vcs/snapshot.h"
#include "vcs/tree_edit.h"

namespace server {

class SettledSplit {
 public:
  // Main at that commit. Code::not_found: no such split.
  static Result<SettledSplit> open(OpenProject& project, const vcs::ObjectId& commit,
                                   const std::string& name);

  const corpus::Split& split() const { return split_; }
  // As recorded, else where the rule's hash says. Of documents that have come since only after
  // place().
  Result<std::string> part_of(const corpus::Document& document) const;

  // Finds places for documents that have come since. False if others have a say in it, too (strata,
  // exact shares, near duplicates), if very many hang together with them, if one of them cannot be
  // read, or if the index is not at this commit.
  Result<bool> place(Services& services, const std::vector<corpus::DocumentId>& added);

  // Writes down what place() found, locked where the rule says so, and takes out what is gone. The
  // commit that holds it; nothing if main has moved on.
  Result<std::optional<vcs::ObjectId>> record(const std::vector<corpus::DocumentId>& removed);

 private:
  SettledSplit(OpenProject& project, vcs::ObjectId commit, vcs::Snapshot snapshot, std::string name,
               corpus::Split split)
      : project_(&project),
        commit_(commit),
        snapshot_(std::move(snapshot)),
        name_(std::move(name)),
        split_(std::move(split)) {}

  Result<std::vector<corpus::Placement>> placements_in(const std::string& path) const;
  Result<bool> add_connected(storage::Transaction& tx, const std::set<corpus::DocumentId>& added,
                             std::vector<dataset::SplitMember>& members,
                             dataset::Placements& placed) const;
  Result<std::vector<vcs::Edit>> edits(const std::vector<corpus::DocumentId>& removed) const;

  OpenProject* project_;
  vcs::ObjectId commit_;
  vcs::Snapshot snapshot_;
  std::string name_;
  corpus::Split split_;
  dataset::Placements added_;                        // where place() has put them
  std::vector<corpus::Placement> exceptions_added_;  // of these, those to be recorded
};

}  // namespace server
