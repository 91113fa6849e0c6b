// The shape of history in memory: each commit's tree, parents and date, read once and shared by all
// requests. What a commit says never changes, so entries are never stale. Safe from many threads.
#pragma once

#include <cstdint>
#include <memory>
#include <shared_mutex>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "vcs/detail/object_view.h"

namespace vcs {

struct CommitLinks {
  ObjectId tree;
  std::vector<ObjectId> parents;
  int64_t time = 0;  // the committer's, in seconds
};
using SharedLinks = std::shared_ptr<const CommitLinks>;

class CommitTable {
 public:
  // `ends` are the commits whose parents a shallow repository lacks: they count as having none.
  explicit CommitTable(std::span<const ObjectId> ends = {}) : ends_(ends.begin(), ends.end()) {}
  const std::unordered_set<ObjectId>& ends() const { return ends_; }

  // Code::not_found if there is no such object, Code::invalid if it is no commit.
  base::Result<SharedLinks> find(const ObjectView& objects, const ObjectId& commit);

 private:
  const std::unordered_set<ObjectId> ends_;
  std::shared_mutex mutex_;
  std::unordered_map<ObjectId, SharedLinks> known_;
};

// The commits that one request sees.
class CommitSource {
 public:
  CommitSource(const ObjectView& objects, CommitTable& table)
      : objects_(&objects), table_(&table) {}
  base::Result<SharedLinks> get(const ObjectId& commit) const {
    return table_->find(*objects_, commit);
  }
  const ObjectView& objects() const { return *objects_; }
  // Where the history of a shallow repository ends.
  const std::unordered_set<ObjectId>& ends() const { return table_->ends(); }

 private:
  const ObjectView* objects_;
  CommitTable* table_;
};

}  // namespace vcs
