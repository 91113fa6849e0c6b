#include "vcs/detail/object_walk.h"

#include <memory>
#include <utility>

#include "base/text.h"

namespace vcs {

using base::Code;
using base::Error;
using base::Result;

namespace {

constexpr int kMaxDepth = 2048;
constexpr size_t kMaxBases = 8;
constexpr size_t kTickEvery = 64;

Result<uint64_t> parse_size(std::string_view text) {
  const Error bad{Code::invalid, "the limit of a blob filter is no size"};
  if (text.empty()) return bad;
  uint64_t unit = 1;
  switch (text.back()) {
    case 'k':
    case 'K':
      unit = uint64_t{1} << 10;
      break;
    case 'm':
    case 'M':
      unit = uint64_t{1} << 20;
      break;
    case 'g':
    case 'G':
      unit = uint64_t{1} << 30;
      break;
    default:
      break;
  }
  if (unit > 1) text.remove_suffix(1);
  const auto number = base::parse_integer(text);
  if (!number || *number < 0 || *number > (int64_t{1} << 40)) return bad;
  return static_cast<uint64_t>(*number) * unit;
}

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

Result<ObjectFilter> parse_filter(std::string_view spec) {
  constexpr std::string_view kLimit = "blob:limit=";
  ObjectFilter filter;
  if (spec == "blob:none") {
    filter.blob_limit = 0;
  } else if (spec == "tree:0") {
    filter.no_trees = true;
    filter.blob_limit = 0;
  } else if (spec.starts_with(kLimit)) {
    filter.blob_limit = TRY(parse_size(spec.substr(kLimit.size())));
  } else {
    return Error{Code::invalid, "filter '" + std::string(spec.substr(0, 100)) +
                                    "' is not supported; use blob:none, blob:limit or tree:0"};
  }
  return filter;
}

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
  if (filter_.no_trees) return {};
  const SharedLinks links = TRY(commits_.get(commit));
  Bases bases;
  for (const ObjectId& parent : links->parents) {
    if (bases.size() == kMaxBases) break;
    if (walk.is_at_client(parent)) bases.push_back(TRY(commits_.get(parent))->tree);
  }
  return add_tree(links->tree, bases, 0);
}

Result<void> ObjectWalk::add_named(const ObjectId& id) {
  const ObjectHeader header = TRY(commits_.objects().header(id));
  if (header.kind == ObjectKind::tree) {
    if (!filter_.no_trees) return add_tree(id, {}, 0);
  }
  TRY(out_.insert(id));
  return {};
}

Result<void> ObjectWalk::add_tree(const ObjectId& tree, const Bases& bases, int depth) {
  if (depth > kMaxDepth) return Error{Code::limit, "directories are nested too deeply"};
  for (const ObjectId& base : bases) {
    if (base == tree) return {};
  }
  if (!TRY(out_.insert(tree))) return {};
  const auto object = TRY(commits_.objects().read_shared(tree));
  if (object->kind != ObjectKind::tree) {
    return Error{Code::internal, "object " + tree.hex() + " is no tree"};
  }
  return add_entries(object->content, bases, depth);
}

Result<void> ObjectWalk::add_entries(std::string_view content, const Bases& bases, int depth) {
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

Result<void> ObjectWalk::add_entry(const TreeEntryView& entry, const Bases& bases, int depth) {
  if (entry.is_submodule()) return {};
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
