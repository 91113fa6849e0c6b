// How contents get their names in the directory store: alone for each name, together for the disk.
//
// Who gives an object its name, renews it or takes it away holds the lock of that name: between "it
// is there" and "then it is kept" nobody removes it. Names share a few locks; hold one for a system
// call or two.
//
// Contents that come at the same time are flushed and named by one thread for all, so that they
// share the commits of the file system's journal: the first fsync pays, the others find it done.
// Safe from many threads.
#pragma once

#include <array>
#include <mutex>
#include <optional>
#include <span>

#include "base/batch_line.h"
#include "storage/blob_store.h"

namespace storage {

class LocalBlobWriter;

// A sealed content that wants its name; `recorded` as BlobWriter::publish takes it.
struct NamingRequest {
  LocalBlobWriter& writer;
  std::optional<base::Sha256> recorded = {};
  Result<void> outcome = {};
};

// All of them: durable where the outcome is ok.
void name_together(std::span<NamingRequest* const> requests);

class Naming {
 public:
  std::mutex& lock_of(const BlobName& name) { return locks_[name.md5.bytes[0] % locks_.size()]; }
  // Returns when it is done, by whatever thread.
  void pass(NamingRequest& request);

 private:
  std::array<std::mutex, 64> locks_;
  base::BatchLine<NamingRequest> line_;
};

}  // namespace storage
