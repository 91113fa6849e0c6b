// Who moved which ref: the authenticated pusher of every update, beside what the commits claim.
// Original to the database; append-only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "storage/database.h"

namespace storage {

struct RefUpdate {
  ProjectId project = {};
  std::string ref = {};         // "refs/heads/main"
  std::string old_commit = {};  // hex; empty: made
  std::string new_commit = {};  // hex; empty: deleted
  UserId user = {};             // none: the server itself
  TokenId token = {};
  base::Milliseconds at = 0;
  bool operator==(const RefUpdate&) const = default;
};

class PushLog {
 public:
  explicit PushLog(Transaction& tx) : tx_(tx) {}

  Result<void> append(const RefUpdate& update);
  // Newest first.
  Result<std::vector<RefUpdate>> list(ProjectId project, std::string_view ref = {},
                                      size_t limit = 100);
  // Who brought the commit to the ref as its new head; not_found if it came inside a push.
  Result<RefUpdate> find(ProjectId project, std::string_view new_commit);

 private:
  Transaction& tx_;
};

}  // namespace storage
