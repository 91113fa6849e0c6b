// Git's files format of refs (gitrepository-layout, git-pack-refs): what is read at start-up, and
// the bytes that are written. The table in refs.cc decides what to write when.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "vcs/refs.h"

namespace vcs {

struct StoredRef {
  ObjectId target;
  std::optional<ObjectId> peeled = {};
  bool loose = false;   // there is a file of its own
  bool packed = false;  // packed-refs has a line, perhaps an older one
};
using RefMap = std::map<std::string, StoredRef, std::less<>>;

struct LoadedRefs {
  RefMap refs;
  std::string head;                     // the branch that HEAD names
  std::vector<base::Path> lock_files;   // left over, or another program's
  std::vector<base::Path> directories;  // whose change means that refs changed
};

// Symbolic refs other than HEAD are passed over.
base::Result<LoadedRefs> load_refs(const base::Path& repository);

// "# pack-refs with: ..." and a line per ref, peeled values included.
std::string print_packed_refs(const RefMap& refs);

// The journal of an update of several refs: lines "<id> <name>", closed by their SHA-1.
std::string print_ref_journal(std::span<const RefUpdate> updates);
base::Result<std::vector<RefUpdate>> parse_ref_journal(std::string_view text);

base::Path ref_journal_path(const base::Path& repository);

}  // namespace vcs
