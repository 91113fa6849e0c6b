// Objects in files of their own (objects/ab/cdef...), read with our own bounded inflate: a file cut
// short by a crash is an error here, not an endless loop. Immutable, safe from many threads.
#pragma once

#include <utility>

#include "base/file.h"
#include "base/result.h"
#include "vcs/object_reader.h"

namespace vcs {

class LooseObjects {
 public:
  explicit LooseObjects(base::Path directory) : directory_(std::move(directory)) {}

  bool contains(const ObjectId& id) const;
  base::Result<Object> read(const ObjectId& id, uint64_t limit) const;
  base::Result<ObjectHeader> header(const ObjectId& id) const;

 private:
  base::Path path_of(const ObjectId& id) const;
  base::Path directory_;
};

}  // namespace vcs
