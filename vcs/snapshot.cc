#include "vcs/snapshot.h"

#include "vcs/commit.h"

namespace vcs {

using base::Code;
using base::Error;
using base::Result;

namespace {

constexpr int kMaxDepth = 256;

Error absent(std::string_view path) {
  return Error{Code::not_found, "there is no " + std::string(path) + " in this revision"};
}

Result<std::string> read_tree(const ObjectReader& objects, const ObjectId& id) {
  if (id == kNoObject) return std::string();
  return read_object_of(objects, ObjectKind::tree, id);
}

// One walk: the path grows and shrinks with the depth.
class Walk {
 public:
  Walk(const ObjectReader& objects, const Snapshot::Visit& visit)
      : objects_(objects), visit_(visit) {}

  Result<bool> enter(std::string& path, const ObjectId& tree, int depth) {
    if (depth > kMaxDepth) return Error{Code::limit, "directories are nested too deeply"};
    const std::string content = TRY(read_tree(objects_, tree));
    TreeCursor cursor(content);
    while (const auto entry = TRY(cursor.next())) {
      const size_t length = path.size();
      if (!path.empty()) path += '/';
      path += entry->name;
      const bool go_on = entry->is_tree() ? TRY(enter(path, entry->id, depth + 1))
                                          : TRY(visit_(path, to_entry(*entry)));
      path.resize(length);
      if (!go_on) return false;
    }
    return true;
  }

 private:
  static TreeEntry to_entry(const TreeEntryView& view) {
    return {view.mode, std::string(view.name), view.id};
  }
  const ObjectReader& objects_;
  const Snapshot::Visit& visit_;
};

}  // namespace

Result<Snapshot> Snapshot::at_commit(const ObjectReader& objects, const ObjectId& commit) {
  return Snapshot(objects, TRY(read_commit(objects, commit)).tree);
}

Result<Snapshot> Snapshot::below(std::string_view directory) const {
  const auto found = TRY(entry(directory));
  if (!found || !found->is_tree()) return absent(directory);
  return Snapshot(*objects_, found->id);
}

Result<std::optional<TreeEntry>> Snapshot::entry(std::string_view path) const {
  TreeEntry current{kModeTree, "", tree_};
  while (!path.empty()) {
    if (!current.is_tree()) return std::optional<TreeEntry>();
    const size_t slash = path.find('/');
    const std::string content = TRY(read_tree(*objects_, current.id));
    const auto found = TRY(find_in_tree(content, path.substr(0, slash)));
    if (!found) return std::optional<TreeEntry>();
    current = {found->mode, std::string(found->name), found->id};
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
  }
  return std::optional(current);
}

Result<std::string> Snapshot::read(std::string_view path, uint64_t limit) const {
  const auto found = TRY(entry(path));
  if (!found || found->is_tree() || found->is_submodule()) return absent(path);
  return read_file(*found, limit);
}

Result<std::string> Snapshot::read_file(const TreeEntry& entry, uint64_t limit) const {
  return read_object_of(*objects_, ObjectKind::blob, entry.id, limit);
}

Result<std::vector<TreeEntry>> Snapshot::list(std::string_view directory) const {
  const auto found = TRY(entry(directory));
  if (!found || !found->is_tree()) return absent(directory);
  return parse_tree(TRY(read_tree(*objects_, found->id)));
}

Result<void> Snapshot::walk(std::string_view prefix, const Visit& visit) const {
  const auto found = TRY(entry(prefix));
  if (!found) return {};
  if (!found->is_tree()) {
    TRY(visit(prefix, *found));
    return {};
  }
  std::string path(prefix);
  TRY(Walk(*objects_, visit).enter(path, found->id, 0));
  return {};
}

}  // namespace vcs
