// Who gives an object its name, renews it or takes it away does so alone: between "it is there" and
// "then it is kept" nobody removes it. Names share a few locks; hold one for a system call or two.
#pragma once

#include <array>
#include <mutex>

#include "storage/blob_store.h"

namespace storage {

class NameLocks {
 public:
  std::mutex& of(const BlobName& name) { return locks_[name.md5.bytes[0] % locks_.size()]; }

 private:
  std::array<std::mutex, 64> locks_;
};

}  // namespace storage
