#include "vcs/detail/object_walk.h"

#include <memory>
#include <utility>

namespace vcs {

using base::Code;
using base::Error;
using base::Result;

namespace {

constexpr uint32_t kMaxDepth = 2048;
constexpr size_t kMaxBases = 8;
constexpr size_t kTickEvery = 64;

// A tree that is compared with: its content and how far the comparison has come.
struct BaseTree {
  std::shared_ptr<const Object> object;
  TreeCursor cursor;
  std::optional<TreeEntryView> entry;

  explicit BaseTree(std::shared_ptr<const Object> tree)
      : object(std::move(tree)), cursor(object->content) {}

  Result<void> advance() {
    entry = TRY(cursor.next());
    return {};
  }
  // Moves to the first entry that is not before `wanted`.
  Result<void> seek(const TreeEntryView& wanted) {
    while (entry &&
           compare_tree_names(entry->name, entry->is_tree(), wanted.name, wanted.is_tree()) < 0) {
      TRY(advance());
    }
    return {};
  }
  bool has_name(std::string_view name) const { return entry && entry->name == name; }
};

}  // namespace

Result<void> ObjectWalk::add_commits(const CommitWalk& walk, std::span<const ObjectId> commits) {
  // Parents first: what a tree shares with its parent's is in the set or at the client by then, so
  // that a tree met again is known to be complete.
  for (size_t left = commits.size(); left > 0; --left) {
    if (tick_ && left % kTickEvery == 0) TRY(tick_());
    TRY(add_commit(walk, commits[left - 1]));
  }
  return {};
}

Result<void> ObjectWalk::add_commit(const CommitWalk& walk, const ObjectId& commit) {
  TRY(out_.insert(commit));
  if (is_too_deep(0)) return {};
  const SharedLinks links = TRY(commits_.get(commit));
  Bases bases;
  for (const ObjectId& parent : links->parents) {
    if (bases.size() == kMaxBases) break;
    if (walk.is_at_client(parent)) bases.push_back(TRY(commits_.get(parent))->tree);
  }
  return add_tree(links->tree, bases, 1);
}

Result<void> ObjectWalk::add_named(const ObjectId& id) {
  const ObjectHeader header = TRY(commits_.objects().header(id));
  if (header.kind == ObjectKind::tree && !is_too_deep(0)) return add_tree(id, {}, 0);
  TRY(out_.insert(id));
  return {};
}

Result<bool> ObjectWalk::enter(const ObjectId& tree, uint32_t depth) {
  const bool is_new = TRY(out_.insert(tree));
  if (filter_.ignores_paths()) return is_new;
  const auto [known, is_first] = least_depth_.try_emplace(tree, depth);
  if (!is_first && known->second <= depth) return false;
  known->second = depth;
  return true;
}

Result<void> ObjectWalk::add_tree(const ObjectId& tree, const Bases& bases, uint32_t depth) {
  if (depth > kMaxDepth) return Error{Code::limit, "directories are nested too deeply"};
  for (const ObjectId& base : bases) {
    if (base == tree) return {};
  }
  if (!TRY(enter(tree, depth))) return {};
  const auto object = TRY(commits_.objects().read_shared(tree));
  if (object->kind != ObjectKind::tree) {
    return Error{Code::internal, "object " + tree.hex() + " is no tree"};
  }
  return add_entries(object->content, bases, depth);
}

Result<void> ObjectWalk::add_entries(std::string_view content, const Bases& bases, uint32_t depth) {
  std::vector<BaseTree> base_trees;
  base_trees.reserve(bases.size());
  for (const ObjectId& base : bases) {
    base_trees.emplace_back(TRY(commits_.objects().read_shared(base)));
    TRY(base_trees.back().advance());
  }
  Bases below;
  TreeCursor cursor(content);
  while (const auto entry = TRY(cursor.next())) {
    bool known = false;
    below.clear();
    for (BaseTree& base : base_trees) {
      TRY(base.seek(*entry));
      if (!base.has_name(entry->name)) continue;
      known = known || base.entry->id == entry->id;
      if (base.entry->is_tree()) below.push_back(base.entry->id);
    }
    if (!known) TRY(add_entry(*entry, below, depth));
  }
  return {};
}

Result<void> ObjectWalk::add_entry(const TreeEntryView& entry, const Bases& bases, uint32_t depth) {
  if (entry.is_submodule() || is_too_deep(depth)) return {};
  if (entry.is_tree()) return add_tree(entry.id, bases, depth + 1);
  return add_blob(entry.id);
}

Result<void> ObjectWalk::add_blob(const ObjectId& blob) {
  if (filter_.blob_limit) {
    if (*filter_.blob_limit == 0) return {};
    if (TRY(commits_.objects().header(blob)).size >= *filter_.blob_limit) return {};
  }
  TRY(out_.insert(blob));
  return {};
}

}  // namespace vcs
