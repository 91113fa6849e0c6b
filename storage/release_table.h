// Releases of a project's datasets: an index of the tags datasets/<name>/v<version>. Derived from
// git except who asked for it; clear() and record() again is what rebuild does.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/digest.h"
#include "storage/database.h"

namespace storage {

struct ReleaseRow {
  ProjectId project = {};
  std::string name = {};         // "claims"
  std::string version = {};      // "1.3.0"
  std::string tag_oid = {};      // hex id of the annotated tag object
  std::string commit = {};       // hex id of the commit in the project's repository
  std::string data_commit = {};  // hex id of the commit in the dataset repository
  base::Sha256 manifest_sha256 = {};
  base::Md5 manifest_md5 = {};
  UserId created_by = {};
  base::Milliseconds created_at = 0;
  int64_t document_count = 0;
  base::Milliseconds expires_at = 0;  // from then on it is gone; 0: it stays
  bool operator==(const ReleaseRow&) const = default;
};

class ReleaseTable {
 public:
  explicit ReleaseTable(Transaction& tx) : tx_(tx) {}

  Result<void> record(const ReleaseRow& release);  // conflict: releases are immutable
  Result<ReleaseRow> find(ProjectId project, std::string_view name, std::string_view version);
  // Newest first.
  Result<std::vector<ReleaseRow>> list(ProjectId project);
  Result<void> clear(ProjectId project);

 private:
  Transaction& tx_;
};

}  // namespace storage
