// MD5 and SHA-256 of a stream in one pass. MD5 is the slower one (no instruction for it), so for
// long streams it runs on a thread of its own, fed through a small ring of buffers; short ones are
// hashed in place and start no thread. Why: docs/decisions/0021-hash-on-two-threads.md.
//
// Belongs to one thread. Memory: kBuffers * kBufferSize once the thread runs.
#pragma once

#include <memory>

#include "base/digest.h"

namespace storage {

class ParallelHasher {
 public:
  static constexpr size_t kThreadFrom = size_t{2} << 20;
  static constexpr size_t kBufferSize = size_t{256} << 10;
  static constexpr size_t kBuffers = 8;

  ParallelHasher();
  ~ParallelHasher();
  ParallelHasher(const ParallelHasher&) = delete;
  ParallelHasher& operator=(const ParallelHasher&) = delete;

  void update(std::string_view chunk);
  base::ContentHashes finish();  // once

 private:
  class Md5Thread;

  base::Hasher<base::Md5> md5_;  // moves into the thread when that starts
  base::Hasher<base::Sha256> sha256_;
  uint64_t size_ = 0;
  std::unique_ptr<Md5Thread> thread_;
};

}  // namespace storage
