// What a stock Git LFS client asks of a server beside smart HTTP (docs/git-lfs.md). Its objects are
// those of the byte store, found by SHA-256: what a project sees there it may name in a pointer,
// whoever brought the bytes. What is sent here stays until it is collected (server/flow/collect.h),
// unless a push names it within the time of grace. Rights are the DVC remote's
// (server/flow/dvc_remote.h).
//
//   const auto known = TRY(look_up_lfs(services, project, Sight::all, pointers));
//   const auto sent = TRY(rely_on_lfs(services, actor, pointers));   // for who is going to push
//   TRY(judge_attachments(services, actor, commits, objects, complaints));
//
// Safe from any thread.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "corpus/lfs_pointer.h"
#include "server/flow/dvc_remote.h"
#include "server/flow/push_judge.h"

namespace server {

// Whether the project takes part: a setting.
bool uses_lfs(const storage::Project& project);
inline constexpr char kLfsIsOff[] =
    "Git LFS is off in this project; its managers turn it on in the settings (git_lfs)";

enum class LfsState {
  there,
  missing,    // or out of sight
  withdrawn,  // only withdrawn releases have it
  resized,    // another size than the pointer says
};
struct LfsObject {
  LfsState state = LfsState::missing;
  storage::BlobName name = {};  // in the store, if it is there
};
// What each pointer leads to, in their order.
Result<std::vector<LfsObject>> look_up_lfs(Services& services, const storage::Project& project,
                                           Sight sight,
                                           std::span<const corpus::LfsPointer> pointers);

// The name of the bytes in the store; nothing if the project does not see them.
Result<std::optional<storage::BlobName>> find_lfs_object(Services& services,
                                                         const storage::Project& project,
                                                         const base::Sha256& sha256);

// The same for who pushes: those that are there need not be sent, and stay until the push has come
// (rely_on of dvc_remote.h).
Result<std::vector<LfsObject>> rely_on_lfs(Services& services, const Actor& actor,
                                           std::span<const corpus::LfsPointer> pointers);

// Every pointer that a commit brings must have its bytes here: whoever checks the commit out later
// would stand before a file that nobody has.
Result<void> judge_attachments(Services& services, const Actor& actor,
                               std::span<const vcs::NewCommit> commits,
                               const vcs::ObjectReader& objects, Complaints& complaints);

}  // namespace server
