#include "vcs/tree_edit.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/text.h"
#include "vcs/object_check.h"
#include "vcs/tree.h"

namespace vcs {
namespace {

using base::Code;
using base::Error;
using base::Result;

constexpr size_t kMaxPathBytes = 1024;
constexpr size_t kMaxPathDepth = 32;

// The edits, arranged as the directories that they touch.
struct Branch {
  const Edit* edit = nullptr;
  std::map<std::string, Branch, std::less<>> below;
};

using Entries = std::map<std::string, TreeEntry, std::less<>>;

Result<void> check_path(std::string_view path, std::span<const std::string_view> names) {
  if (path.size() > kMaxPathBytes || names.size() > kMaxPathDepth) {
    return Error{Code::limit, "path is too long or too deep"};
  }
  for (const std::string_view name : names) TRY(check_entry_name(name));
  return {};
}

Result<void> plant(Branch& root, const Edit& edit) {
  const auto names = base::split(edit.path, '/');
  TRY(check_path(edit.path, names));
  Branch* at = &root;
  for (const std::string_view name : names) at = &at->below[std::string(name)];
  if (at->edit) return Error{Code::invalid, "two edits of one path: " + edit.path};
  at->edit = &edit;
  return {};
}

class TreeEditor {
 public:
  TreeEditor(ObjectOverlay& objects, EditedTree& out) : objects_(objects), out_(out) {}

  // The new id of the directory; nothing if no file is left in it.
  Result<std::optional<ObjectId>> edit_directory(const std::optional<ObjectId>& tree,
                                                 const Branch& branch) {
    const std::string content = TRY(read(tree));
    if (only_replaces(content, branch)) return replace_entries(content, tree, branch);
    Entries entries;
    for (TreeEntry& entry : TRY(parse_tree(content))) entries[entry.name] = std::move(entry);
    for (const auto& [name, below] : branch.below) TRY(edit_entry(entries, name, below));
    if (entries.empty()) return std::optional<ObjectId>();
    std::vector<TreeEntry> items;
    for (auto& [name, entry] : entries) items.push_back(std::move(entry));
    return add(print_tree(std::move(items)), tree);
  }

 private:
  Result<std::string> read(const std::optional<ObjectId>& tree) {
    if (!tree) return std::string();
    return read_object_of(objects_, ObjectKind::tree, *tree);
  }

  // Whether files are only given new content, and directories edited, that are there already: most
  // saves. Then the order of the entries stays as it is.
  static bool only_replaces(std::string_view content, const Branch& branch) {
    return std::all_of(branch.below.begin(), branch.below.end(), [&](const auto& child) {
      const auto found = find_in_tree(content, child.first);
      if (!found.ok() || !*found) return false;
      const Branch& below = child.second;
      if (!below.edit) return (*found)->is_tree();
      return below.below.empty() && !below.edit->deletes() && (*found)->mode == kModeFile;
    });
  }

  std::optional<ObjectId> add(std::string content, const std::optional<ObjectId>& before) {
    return objects_.add(ObjectKind::tree, std::move(content), before.value_or(kNoObject));
  }

  Result<std::optional<ObjectId>> replace_entries(std::string content,
                                                  const std::optional<ObjectId>& before,
                                                  const Branch& branch) {
    for (const auto& [name, below] : branch.below) {
      const auto entry = *TRY(find_in_tree(content, name));
      const auto id = TRY(below.edit ? write_blob(*below.edit) : edit_directory(entry.id, below));
      if (id) {
        const auto end_of_name =
            static_cast<size_t>(entry.name.data() - content.data()) + entry.name.size();
        content.replace(end_of_name + 1, ObjectId::kSize, base::as_text(id->bytes));
      } else {
        content = TRY(without(content, name));
      }
    }
    if (content.empty()) return std::optional<ObjectId>();
    return add(std::move(content), before);
  }

  static Result<std::string> without(std::string_view content, std::string_view name) {
    std::vector<TreeEntry> entries = TRY(parse_tree(content));
    std::erase_if(entries, [&](const TreeEntry& entry) { return entry.name == name; });
    return print_tree(std::move(entries));
  }

  Result<std::optional<ObjectId>> write_blob(const Edit& edit) {
    const ObjectId blob = edit.blob ? *edit.blob : objects_.add(ObjectKind::blob, *edit.content);
    out_.blobs[edit.path] = blob;
    return std::optional(blob);
  }

  Result<void> edit_entry(Entries& entries, const std::string& name, const Branch& branch) {
    if (!branch.below.empty()) TRY(edit_below(entries, name, branch));
    if (!branch.edit) return {};
    if (!branch.edit->deletes()) return write_file(entries, name, *branch.edit);
    return delete_file(entries, name, branch);
  }

  // What lies below a name that is, or becomes, a directory.
  Result<void> edit_below(Entries& entries, const std::string& name, const Branch& branch) {
    const auto found = entries.find(name);
    const bool is_file = found != entries.end() && !found->second.is_tree();
    const bool goes = branch.edit && branch.edit->deletes();
    std::optional<ObjectId> tree;
    if (found != entries.end() && !is_file) tree = found->second.id;
    const auto edited = TRY(edit_directory(tree, branch));
    if (is_file && !goes) {
      if (!edited) return {};  // deletions only: there was nothing below a file
      return Error{Code::conflict, "a file is in the way of the directory " + name};
    }
    entries.erase(name);
    if (edited) entries[name] = TreeEntry{kModeTree, name, *edited};
    return {};
  }

  Result<void> write_file(Entries& entries, const std::string& name, const Edit& edit) {
    const auto found = entries.find(name);
    if (found != entries.end() && found->second.is_tree()) {
      return Error{Code::conflict, "a directory is in the way of the file " + edit.path};
    }
    const auto blob = TRY(write_blob(edit));
    entries[name] = TreeEntry{kModeFile, name, *blob};
    return {};
  }

  Result<void> delete_file(Entries& entries, const std::string& name, const Branch& branch) {
    const auto found = entries.find(name);
    if (found == entries.end()) return {};
    if (!found->second.is_tree()) {
      entries.erase(found);
      return {};
    }
    if (!branch.below.empty()) return {};  // a file gave way to the directory that now has its name
    return Error{Code::conflict, branch.edit->path + " is a directory, not a file"};
  }

  ObjectOverlay& objects_;
  EditedTree& out_;
};

}  // namespace

Result<EditedTree> apply_edits(ObjectOverlay& objects, const ObjectId& root,
                               std::span<const Edit> edits) {
  Branch top;
  for (const Edit& edit : edits) TRY(plant(top, edit));
  EditedTree out;
  std::optional<ObjectId> tree;
  if (root != kNoObject) tree = root;
  const auto edited = TRY(TreeEditor(objects, out).edit_directory(tree, top));
  out.root = edited ? *edited : objects.add(ObjectKind::tree, "");
  return out;
}

}  // namespace vcs
