// DVC's `.dir` object: the list of a directory's files, one JSON array, byte for byte as the dvc
// client serialises it, for its md5 is the directory's address (docs/formats/dvc.md).
//
//   DvcTree tree;
//   tree.entries.push_back({md5, "a/0001.png"});
//   std::string bytes = TRY(print_dvc_tree(std::move(tree)));   // sorts, checks
//   base::Md5 address = base::md5_of(bytes);                    // stored as files/md5/xx/y...y.dir
//
// DvcTreeWriter prints a tree of any size in constant memory; splice_dvc_tree makes a tree of one
// of which little has changed. Pure, safe from any thread; a writer belongs to one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/result.h"

namespace dataset {

struct DvcTreeEntry {
  base::Md5 md5;
  std::string path;  // relative, '/' between names; UTF-8

  bool operator==(const DvcTreeEntry&) const = default;
};

struct DvcTree {
  std::vector<DvcTreeEntry> entries;  // sorted by path, bytewise (equals code point order)

  bool operator==(const DvcTree&) const = default;
};

struct DvcTreeLimits {
  size_t bytes = 64u << 20;
  size_t entries = 1'000'000;
  size_t path_bytes = 4096;
};

// Refused as Code::invalid: a path that is absolute, empty, has an empty, "." or ".." name, a
// backslash or a NUL, or is not UTF-8.
base::Result<void> check_dvc_path(std::string_view path);

// Sorts; two entries of one path are Code::invalid, as is one path that is a directory of another.
base::Result<std::string> print_dvc_tree(DvcTree tree);

// Reads a stranger's bytes: any JSON spelling of the list, in any order, with exactly the keys
// md5 and relpath. The result is sorted. Beyond a limit: Code::limit.
base::Result<DvcTree> parse_dvc_tree(std::string_view text, const DvcTreeLimits& limits = {});

// Whether the text is byte for byte what print_dvc_tree makes of it.
bool is_canonical_dvc_tree(std::string_view text, const DvcTree& tree);

// The entries' hashes that are not stored, at most `most` of them, in order and without repeats.
// A `.dir` may be accepted only if there are none: clients take it as proof of all its files.
std::vector<base::Md5> missing_children(const DvcTree& tree,
                                        const std::function<bool(const base::Md5&)>& is_stored,
                                        size_t most = 10);

// Where an object lies below a store's or remote's root: "files/md5/d7/5171...e[.dir]".
enum class DvcObjectKind { file, directory };
std::string dvc_object_path(const base::Md5& md5, DvcObjectKind kind);

// Prints entry by entry; they must come in ascending order of path.
class DvcTreeWriter {
 public:
  using Sink = std::function<base::Result<void>(std::string_view chunk)>;
  explicit DvcTreeWriter(Sink sink) : sink_(std::move(sink)) {}

  base::Result<void> add(const base::Md5& md5, std::string_view path, uint64_t size);

  struct Written {
    base::Md5 md5;  // of the object
    uint64_t nfiles = 0;
    uint64_t size = 0;  // sum of the files
  };
  base::Result<Written> finish();

 private:
  base::Result<void> emit(std::string_view text);

  Sink sink_;
  base::Hasher<base::Md5> hasher_;
  std::string previous_;
  Written written_;
};

// What lies below one directory of a tree from now on.
struct DvcTreeChange {
  std::string directory;                 // the first name of its paths
  std::vector<DvcTreeEntry> files = {};  // all below it, sorted; none: the directory goes
};

struct SplicedTree {
  base::Md5 md5;                 // of the object
  std::vector<base::Md5> files;  // in its order
};

// Prints the tree with these changes: the other entries are passed on as they stand, so that it
// costs a look at each. The changes ascend by directory; first names are all of one length, so that
// their order is that of the paths. Code::invalid for a text that DvcTreeWriter would not print,
// or whose paths have escapes.
base::Result<SplicedTree> splice_dvc_tree(std::string_view tree,
                                          std::span<const DvcTreeChange> changes,
                                          const DvcTreeWriter::Sink& sink);

}  // namespace dataset
