// The durable half of a ref update: new files are written whole and synced under lock names first,
// so that a full disk fails before anything changed; then they are put in place. An update of more
// than one ref is journaled in between. Belongs to one thread, under the table's lock.
#pragma once

#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "vcs/detail/ref_files.h"

namespace vcs {

class RefTransaction {
 public:
  explicit RefTransaction(base::Path repository) : repository_(std::move(repository)) {}
  ~RefTransaction();  // takes back what was prepared and not committed
  RefTransaction(const RefTransaction&) = delete;
  RefTransaction& operator=(const RefTransaction&) = delete;

  // Locks and writes one loose ref.
  base::Result<void> prepare_write(const std::string& name, const ObjectId& target);
  // The loose file goes; it may be missing.
  void prepare_remove(const std::string& name);
  base::Result<void> prepare_packed_refs(std::string_view content);
  base::Result<void> prepare_head(const std::string& branch);

  // Puts everything in place. `journaled` is what a crash in between completes; empty for one step.
  base::Result<void> commit(std::span<const RefUpdate> journaled);

 private:
  struct Step {
    base::Path lock;
    base::Path path;
  };
  base::Result<void> prepare(const base::Path& path, std::string_view content);
  base::Result<void> apply();

  base::Path repository_;
  std::vector<Step> writes_;
  std::vector<base::Path> removals_;
};

// Completes an update that a crash interrupted; fine if there is none.
base::Result<void> replay_ref_journal(const base::Path& repository);

}  // namespace vcs
