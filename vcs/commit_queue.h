// Turns edits into commits, many at a time. Whoever finds nobody at work leads: takes all requests
// that wait for the branch, chains one commit each (authorship is kept), writes one small pack and
// moves the ref once, then wakes everybody. So a hundred waiting saves cost the syncs of one.
//
//   CommitQueue queue(*repository);
//   const CommitResult saved = TRY(queue.commit({
//       .branch = "refs/heads/main", .author = who, .committer = server, .message = "Label page 3",
//       .make = [&](const Snapshot& tip) -> base::Result<std::vector<Edit>> {
//         return std::vector<Edit>{{path, merged_with(tip)}};
//       }}));
//   // durable here: pack, index, directory and ref are synced
//
// `make` sees the newest state, other requests of the same batch included: merges belong inside.
// It may be called again if a push moves the branch meanwhile, and on another waiter's thread; it
// must not use the queue itself. If it fails, only its own request does, with its error.
// The repository must outlive the queue. Safe from many threads.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "vcs/commit.h"
#include "vcs/durable_step.h"
#include "vcs/repository.h"
#include "vcs/snapshot.h"
#include "vcs/tree_edit.h"

namespace vcs {

using MakeEdits = std::function<base::Result<std::vector<Edit>>(const Snapshot& tip)>;
// For commits made elsewhere, as a push brings them: adds the objects that are still missing and
// says where the branch goes, the tip itself or a descendant of it.
using Advance = std::function<base::Result<ObjectId>(ObjectOverlay& objects, const ObjectId& tip)>;

struct CommitRequest {
  std::string branch = "refs/heads/main";  // the full name; an unborn one gets its first commit
  Signature author;                        // times are the caller's
  Signature committer;
  std::string message;
  MakeEdits make;
  // Parents after the tip, for a merge: such a commit is made even if no file changes.
  std::vector<ObjectId> other_parents = {};
  // Instead of `make`, and under the same rules; nothing else but the branch is then looked at.
  Advance advance = {};
};

struct CommitResult {
  ObjectId commit;      // the branch's tip if nothing changed; kNoObject if it is still unborn
  bool is_new = false;  // whether the branch moved
  std::map<std::string, ObjectId> blobs;  // of every file that the edits wrote, also unchanged ones
  bool operator==(const CommitResult&) const = default;
};

class CommitQueue {
 public:
  explicit CommitQueue(Repository& repository, StepObserver observer = {});
  ~CommitQueue();  // nobody may be waiting
  CommitQueue(const CommitQueue&) = delete;
  CommitQueue& operator=(const CommitQueue&) = delete;

  // Blocks until the commit is durable or refused. Code::invalid for an edit whose path no tree may
  // hold, Code::conflict where a file is in the way of a directory, Code::busy if the branch keeps
  // moving; else the error of `make` or of the disk.
  base::Result<CommitResult> commit(CommitRequest request);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vcs
