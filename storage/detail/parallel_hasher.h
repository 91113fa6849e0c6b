// MD5 and SHA-256 of a stream in one pass. For long streams each has a thread of its own, fed
// through a small ring of buffers, so that whoever receives and writes the bytes does not wait for
// them; short ones are hashed in place and start no thread. Why:
// docs/decisions/0021-hash-on-threads-of-their-own.md.
//
// Belongs to one thread. Memory: kBuffers * kBufferSize once the threads run.
#pragma once

#include <memory>

#include "base/digest.h"

namespace storage {

class ParallelHasher {
 public:
  static constexpr size_t kThreadsFrom = size_t{2} << 20;
  static constexpr size_t kBufferSize = size_t{256} << 10;
  static constexpr size_t kBuffers = 16;

  ParallelHasher();
  ~ParallelHasher();
  ParallelHasher(const ParallelHasher&) = delete;
  ParallelHasher& operator=(const ParallelHasher&) = delete;

  void update(std::string_view chunk);
  base::ContentHashes finish();  // once

 private:
  class Threads;

  base::Hasher<base::Md5> md5_;  // both move to the threads when these start
  base::Hasher<base::Sha256> sha256_;
  uint64_t size_ = 0;
  std::unique_ptr<Threads> threads_;
};

}  // namespace storage
