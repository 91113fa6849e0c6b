#include "vcs/diff.h"

#include <string>

#include "vcs/commit.h"

namespace vcs {

using base::Code;
using base::Error;
using base::Result;

namespace {

constexpr int kMaxDepth = 256;

using Entry = std::optional<TreeEntryView>;

int compare(const Entry& a, const Entry& b) {
  if (!a || !b) return a ? -1 : 1;
  return compare_tree_names(a->name, a->is_tree(), b->name, b->is_tree());
}

bool equal(const Entry& a, const Entry& b) {
  return a && b && a->id == b->id && a->mode == b->mode;
}

std::optional<FileState> file_state(const Entry& entry) {
  if (!entry || entry->is_tree()) return std::nullopt;
  return FileState{entry->mode, entry->id};
}

ObjectId tree_id(const Entry& entry) {
  return entry && entry->is_tree() ? entry->id : kNoObject;
}

class TreeDiff {
 public:
  TreeDiff(const ObjectReader& objects, const VisitChange& visit)
      : objects_(objects), visit_(visit) {}

  Result<bool> compare_trees(const ObjectId& before, const ObjectId& after, int depth) {
    if (before == after) return true;
    if (depth > kMaxDepth) return Error{Code::limit, "directories are nested too deeply"};
    const std::string old_content = TRY(content_of(before));
    const std::string new_content = TRY(content_of(after));
    TreeCursor old_cursor(old_content), new_cursor(new_content);
    Entry a = TRY(old_cursor.next()), b = TRY(new_cursor.next());
    while (a || b) {
      const int order = compare(a, b);
      const Entry before_entry = order <= 0 ? a : Entry();
      const Entry after_entry = order >= 0 ? b : Entry();
      if (!TRY(report(before_entry, after_entry, depth))) return false;
      if (order <= 0) a = TRY(old_cursor.next());
      if (order >= 0) b = TRY(new_cursor.next());
    }
    return true;
  }

 private:
  Result<std::string> content_of(const ObjectId& tree) const {
    if (tree == kNoObject) return std::string();
    return read_object_of(objects_, ObjectKind::tree, tree);
  }

  // Two entries of one name, of which one may be missing.
  Result<bool> report(const Entry& before, const Entry& after, int depth) {
    if (equal(before, after)) return true;
    const size_t length = path_.size();
    if (!path_.empty()) path_ += '/';
    path_ += before ? before->name : after->name;
    const Change change{path_, file_state(before), file_state(after)};
    bool go_on = true;
    if (change.before || change.after) go_on = TRY(visit_(change));
    if (go_on) go_on = TRY(compare_trees(tree_id(before), tree_id(after), depth + 1));
    path_.resize(length);
    return go_on;
  }

  const ObjectReader& objects_;
  const VisitChange& visit_;
  std::string path_;
};

Result<ObjectId> tree_of(const ObjectReader& objects, const ObjectId& commit) {
  if (commit == kNoObject) return kNoObject;
  return TRY(read_commit(objects, commit)).tree;
}

}  // namespace

Result<void> diff_trees(const ObjectReader& objects, const ObjectId& before, const ObjectId& after,
                        const VisitChange& visit) {
  TRY(TreeDiff(objects, visit).compare_trees(before, after, 0));
  return {};
}

Result<void> diff_commits(const ObjectReader& objects, const ObjectId& before,
                          const ObjectId& after, const VisitChange& visit) {
  return diff_trees(objects, TRY(tree_of(objects, before)), TRY(tree_of(objects, after)), visit);
}

}  // namespace vcs
