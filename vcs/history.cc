#include "vcs/history.h"

#include <queue>
#include <set>

#include "vcs/snapshot.h"

namespace vcs {
namespace {

using base::Result;

// Commits from the newest on, each once. The caller says which parents to go on with, so that a
// side that changed nothing is never entered.
class Walk {
 public:
  explicit Walk(const ObjectReader& objects) : objects_(objects) {}

  Result<void> push(const ObjectId& id) {
    if (!seen_.insert(id).second) return {};
    queue_.push({id, TRY(read_commit(objects_, id))});
    return {};
  }
  std::optional<HistoryEntry> pop() {
    if (queue_.empty()) return std::nullopt;
    HistoryEntry entry = queue_.top();
    queue_.pop();
    return entry;
  }

 private:
  struct Older {
    bool operator()(const HistoryEntry& a, const HistoryEntry& b) const {
      if (a.commit.committer.time != b.commit.committer.time) {
        return a.commit.committer.time < b.commit.committer.time;
      }
      return a.id < b.id;
    }
  };
  const ObjectReader& objects_;
  std::set<ObjectId> seen_;
  std::priority_queue<HistoryEntry, std::vector<HistoryEntry>, Older> queue_;
};

Result<std::optional<TreeEntry>> entry_at(const ObjectReader& objects, const ObjectId& commit,
                                          std::string_view path) {
  const Snapshot snapshot = TRY(Snapshot::at_commit(objects, commit));
  if (path.empty()) return std::optional(TreeEntry{kModeTree, "", snapshot.tree()});
  return snapshot.entry(path);
}

// The first parent in which `value` is as it is in the commit.
template <typename Value, typename ValueAt>
Result<std::optional<ObjectId>> parent_with(const HistoryEntry& entry, const Value& value,
                                            const ValueAt& value_at) {
  for (const ObjectId& parent : entry.commit.parents) {
    if (TRY(value_at(parent)) == value) return std::optional(parent);
  }
  return std::optional<ObjectId>();
}

}  // namespace

Result<HistoryPage> history_of(const ObjectReader& objects, const HistoryQuery& query) {
  const auto value_at = [&](const ObjectId& id) { return entry_at(objects, id, query.path); };
  HistoryPage page;
  Walk walk(objects);
  TRY(walk.push(query.start));
  // A page goes on behind the last one's last entry: the walk is the same again up to there.
  bool skipping = query.after.has_value();
  for (size_t walked = 0; walked < query.walk_limit; ++walked) {
    const auto entry = walk.pop();
    if (!entry) return page;
    const auto value = TRY(value_at(entry->id));
    if (const auto same = TRY(parent_with(*entry, value, value_at))) {
      TRY(walk.push(*same));
      continue;
    }
    for (const ObjectId& parent : entry->commit.parents) TRY(walk.push(parent));
    if (entry->commit.parents.empty() && !value) continue;
    if (skipping) {
      skipping = entry->id != *query.after;
      continue;
    }
    if (page.entries.size() == query.limit) {
      page.next = page.entries.back().id;
      return page;
    }
    page.entries.push_back(*entry);
  }
  if (!page.entries.empty()) page.next = page.entries.back().id;
  return page;
}

Result<std::optional<HistoryEntry>> blame_value(const ObjectReader& objects, const ObjectId& start,
                                                std::string_view path,
                                                const ExtractValue& extract) {
  const auto value_at = [&](const ObjectId& id) -> Result<std::optional<std::string>> {
    const Snapshot snapshot = TRY(Snapshot::at_commit(objects, id));
    if (!TRY(snapshot.entry(path))) return std::optional<std::string>();
    const auto value = extract(TRY(snapshot.read(path)));
    return value.ok() ? *value : std::nullopt;
  };
  const auto value = TRY(value_at(start));
  if (!value) return std::optional<HistoryEntry>();
  HistoryEntry entry{start, TRY(read_commit(objects, start))};
  while (const auto parent = TRY(parent_with(entry, value, value_at))) {
    entry = {*parent, TRY(read_commit(objects, *parent))};
  }
  return std::optional(entry);
}

}  // namespace vcs
