#include "vcs/history.h"

#include <algorithm>
#include <queue>
#include <unordered_set>

#include "vcs/tree.h"

namespace vcs {

using base::Result;

namespace {

// What a path is in a tree; nothing if it is not there.
using PathState = std::optional<TreeEntry>;

Result<PathState> child_of(const ObjectReader& objects, const PathState& parent,
                           std::string_view name) {
  if (!parent || !parent->is_tree()) return PathState();
  const std::string content = TRY(read_object_of(objects, ObjectKind::tree, parent->id));
  const auto found = TRY(find_in_tree(content, name));
  if (!found) return PathState();
  return PathState(TreeEntry{found->mode, std::string(found->name), found->id});
}

PathState root_of(const Commit& commit) {
  return TreeEntry{kModeTree, "", commit.tree};
}

std::string_view take_component(std::string_view& path) {
  const size_t slash = path.find('/');
  const std::string_view name = path.substr(0, slash);
  path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
  return name;
}

Result<PathState> state_at(const ObjectReader& objects, const Commit& commit,
                           std::string_view path) {
  PathState state = root_of(commit);
  while (!path.empty() && state) state = TRY(child_of(objects, state, take_component(path)));
  return state;
}

// Goes down in both trees at once and stops where they are equal: most commits
// change other paths.
Result<bool> same_at(const ObjectReader& objects, const Commit& a, const Commit& b,
                     std::string_view path) {
  PathState in_a = root_of(a), in_b = root_of(b);
  while (in_a != in_b && !path.empty()) {
    const std::string_view name = take_component(path);
    in_a = TRY(child_of(objects, in_a, name));
    in_b = TRY(child_of(objects, in_b, name));
  }
  return in_a == in_b;
}

// Commits from the newest on, each once.
class NewestFirst {
 public:
  void push(HistoryEntry entry) {
    if (seen_.insert(entry.id).second) queue_.push(std::move(entry));
  }
  std::optional<HistoryEntry> pop() {
    if (queue_.empty()) return std::nullopt;
    HistoryEntry entry = queue_.top();
    queue_.pop();
    return entry;
  }

 private:
  struct IsOlder {
    bool operator()(const HistoryEntry& a, const HistoryEntry& b) const {
      const int64_t a_time = a.commit.committer.time, b_time = b.commit.committer.time;
      return a_time != b_time ? a_time < b_time : a.id < b.id;
    }
  };
  std::unordered_set<ObjectId> seen_;
  std::priority_queue<HistoryEntry, std::vector<HistoryEntry>, IsOlder> queue_;
};

Result<HistoryEntry> read_entry(const ObjectReader& objects, const ObjectId& id) {
  HistoryEntry entry;
  entry.id = id;
  entry.commit = TRY(read_commit(objects, id));
  return entry;
}

Result<std::vector<HistoryEntry>> parents_of(const ObjectReader& objects, const Commit& commit) {
  std::vector<HistoryEntry> parents;
  for (const ObjectId& id : commit.parents) parents.push_back(TRY(read_entry(objects, id)));
  return parents;
}

// Walks the commits that a path's history consists of, and says of each whether
// it changed the path.
class PathWalk {
 public:
  PathWalk(const ObjectReader& objects, std::string_view path) : objects_(objects), path_(path) {}

  Result<void> start(const ObjectId& id) {
    queue_.push(TRY(read_entry(objects_, id)));
    return {};
  }

  struct Step {
    HistoryEntry entry;
    bool changed = false;
  };
  // Nothing at the end.
  Result<std::optional<Step>> next() {
    auto entry = queue_.pop();
    if (!entry) return std::optional<Step>();
    auto parents = TRY(parents_of(objects_, entry->commit));
    // A side that has the path as it is explains all of it; the other sides are
    // not entered.
    for (HistoryEntry& parent : parents) {
      if (path_.empty() || !TRY(same_at(objects_, entry->commit, parent.commit, path_))) continue;
      queue_.push(std::move(parent));
      return std::optional(Step{std::move(*entry), false});
    }
    const bool changed =
        !parents.empty() || TRY(state_at(objects_, entry->commit, path_)).has_value();
    for (HistoryEntry& parent : parents) queue_.push(std::move(parent));
    return std::optional(Step{std::move(*entry), changed});
  }

 private:
  const ObjectReader& objects_;
  std::string_view path_;
  NewestFirst queue_;
};

// The value in one revision of the file; what cannot be read holds none.
Result<std::optional<std::string>> value_at(const ObjectReader& objects, const Commit& commit,
                                            std::string_view path, const ExtractValue& extract) {
  const PathState state = TRY(state_at(objects, commit, path));
  if (!state || state->is_tree() || state->is_submodule()) return std::optional<std::string>();
  const auto value = extract(TRY(read_object_of(objects, ObjectKind::blob, state->id)));
  return value.ok() ? *value : std::nullopt;
}

}  // namespace

Result<HistoryPage> history_of(const ObjectReader& objects, const HistoryQuery& query) {
  PathWalk walk(objects, query.path);
  TRY(walk.start(query.start));
  HistoryPage page;
  // The walk is the same each time: a page goes on behind the last commit that
  // was looked at.
  bool skipping = query.after.has_value();
  std::optional<ObjectId> last;
  for (size_t walked = 0; walked < query.walk_limit; walked += skipping ? 0 : 1) {
    const auto step = TRY(walk.next());
    if (!step) return page;
    if (skipping) {
      skipping = step->entry.id != *query.after;
      continue;
    }
    if (step->changed && page.entries.size() == query.limit) break;
    last = step->entry.id;
    if (step->changed) page.entries.push_back(step->entry);
  }
  page.next = last;
  return page;
}

Result<std::optional<HistoryEntry>> blame_value(const ObjectReader& objects, const ObjectId& start,
                                                std::string_view path,
                                                const ExtractValue& extract) {
  HistoryEntry entry = TRY(read_entry(objects, start));
  const auto value = TRY(value_at(objects, entry.commit, path, extract));
  if (!value) return std::optional<HistoryEntry>();
  while (true) {
    bool found = false;
    for (HistoryEntry& parent : TRY(parents_of(objects, entry.commit))) {
      // The content is looked into only where the file is another one.
      found = TRY(same_at(objects, entry.commit, parent.commit, path)) ||
              TRY(value_at(objects, parent.commit, path, extract)) == value;
      if (!found) continue;
      entry = std::move(parent);
      break;
    }
    if (!found) return std::optional(entry);
  }
}

}  // namespace vcs
