// The shape of git objects that strangers send: what `git fsck --strict` would refuse, and more.
// A repository stores what later reaches every clone, so nothing dangerous to a client gets in.
//
//   const base::Result<void> verdict = check_object(ObjectKind::tree, content);
//   if (!verdict.ok()) refuse(verdict.error().what);   // "tree entry \"..\" is a reserved name"
//
// Beyond fsck: only files (100644) and directories (40000), no symbolic link, gitlink or
// executable; every spelling of .git on HFS+ and NTFS, names with control characters, backslash or
// colon, names of one directory that differ in case only; identities and messages that are not
// UTF-8. The list of fsck: git/git fsck.h; the rules here hold whatever git's own severities are.
//
// Pure functions, safe from any thread. Errors are Code::invalid, or Code::limit for sizes.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/result.h"
#include "vcs/object_id.h"

namespace vcs {

struct ObjectRules {
  size_t max_blob_bytes = size_t{32} << 20;
  size_t max_tree_bytes = size_t{8} << 20;
  size_t max_tree_entries = 65'536;
  size_t max_commit_bytes = size_t{256} << 10;  // of commits and tags
  size_t max_commit_parents = 16;
  size_t max_name_bytes = 255;
};

base::Result<void> check_object(ObjectKind kind, std::string_view content,
                                const ObjectRules& rules = {});

// The single checks, for content whose kind is known.
base::Result<void> check_tree(std::string_view content, const ObjectRules& rules = {});
base::Result<void> check_commit(std::string_view content, const ObjectRules& rules = {});
base::Result<void> check_tag(std::string_view content, const ObjectRules& rules = {});

// A name inside a directory: what a file of a project may be called on any system.
base::Result<void> check_entry_name(std::string_view name, size_t max_bytes = 255);
// "Name <address> 1700000000 +0100", without the line's end.
base::Result<void> check_identity(std::string_view identity);

// Whether a file system that folds case, ignores code points (HFS+) or has short names and streams
// (NTFS) takes the name for .git.
bool looks_like_dot_git(std::string_view name);
// The same for .gitmodules, which git reads settings of submodules from.
bool looks_like_dot_gitmodules(std::string_view name);

}  // namespace vcs
