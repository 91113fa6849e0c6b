// All objects that some tips reach, written down so that the first clone after a start need not
// walk the history. Says which tips these were, and which objects of which packs: one bit each, or
// one byte for a pack of which all belong. And which of them are blobs, since to find that out is
// to look at every entry. Only ever a shortcut: a file that is missing, damaged, or about packs
// that are gone is Code::not_found and costs time.
//
// Format, integers big-endian: "GLCR" and version 1; the numbers of tips, packs and loose objects,
// 4 bytes each; tips; for each pack its trailer, its number of objects (4), the bits of its blobs
// in words of 8 bytes, and 1, or 0 and the bits of those that are reached; loose ids; last, the
// SHA-1 of all before. Ids and hashes are 20 bytes.
#pragma once

#include <memory>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "vcs/detail/object_set.h"

namespace vcs {

struct StoredClosure {
  std::vector<ObjectId> tips;
  ObjectSet objects;
};

base::Result<void> write_closure(const base::Path& file, const StoredClosure& closure);
base::Result<StoredClosure> read_closure(const base::Path& file,
                                         std::shared_ptr<const ObjectView> view);

}  // namespace vcs
