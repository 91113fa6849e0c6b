#include "storage/detail/parallel_hasher.h"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace storage {

// A ring of buffers that the owner fills and two threads read, each at its own pace. A buffer is
// free again when both have read it.
class ParallelHasher::Threads {
 public:
  Threads(base::Hasher<base::Md5> md5, base::Hasher<base::Sha256> sha256)
      : md5_(std::move(md5)), sha256_(std::move(sha256)) {
    for (std::string& buffer : ring_) buffer.reserve(kBufferSize);
    threads_[0] = std::thread([this] { run(md5_, read_[0]); });
    threads_[1] = std::thread([this] { run(sha256_, read_[1]); });
  }
  ~Threads() { join(); }

  void update(std::string_view chunk) {
    while (!chunk.empty()) {
      std::string& buffer = free_buffer();
      const std::string_view part = chunk.substr(0, kBufferSize - buffer.size());
      buffer.append(part);
      chunk.remove_prefix(part.size());
      if (buffer.size() == kBufferSize) pass_on();
    }
  }

  std::pair<base::Md5, base::Sha256> finish() {
    if (!free_buffer().empty()) pass_on();
    join();
    return {md5_.finish(), sha256_.finish()};
  }

 private:
  // The one that is being filled; empty when it is taken up.
  std::string& free_buffer() {
    std::string& buffer = ring_[filled_ % kBuffers];
    if (taken_ == filled_) {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return filled_ - std::min(read_[0], read_[1]) < kBuffers; });
      buffer.clear();
      ++taken_;
    }
    return buffer;
  }

  void pass_on() {
    const std::lock_guard lock(mutex_);
    ++filled_;
    changed_.notify_all();
  }

  void join() {
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
      changed_.notify_all();
    }
    for (std::thread& thread : threads_) {
      if (thread.joinable()) thread.join();
    }
  }

  template <typename Hasher>
  void run(Hasher& hasher, size_t& read) {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [&] { return ended_ || read < filled_; });
      if (read == filled_) return;
      const std::string& buffer = ring_[read % kBuffers];
      lock.unlock();
      hasher.update(buffer);
      lock.lock();
      ++read;
      changed_.notify_all();
    }
  }

  base::Hasher<base::Md5> md5_;  // each its thread's until that is joined
  base::Hasher<base::Sha256> sha256_;
  std::array<std::string, kBuffers> ring_;
  std::mutex mutex_;
  std::condition_variable changed_;
  size_t taken_ = 0;  // buffers that the owner has begun to fill
  size_t filled_ = 0;
  std::array<size_t, 2> read_ = {};
  bool ended_ = false;
  std::array<std::thread, 2> threads_;
};

ParallelHasher::ParallelHasher() = default;
ParallelHasher::~ParallelHasher() = default;

void ParallelHasher::update(std::string_view chunk) {
  size_ += chunk.size();
  if (threads_ == nullptr && size_ >= kThreadsFrom) {
    threads_ = std::make_unique<Threads>(std::move(md5_), std::move(sha256_));
  }
  if (threads_ != nullptr) {
    threads_->update(chunk);
  } else {
    md5_.update(chunk);
    sha256_.update(chunk);
  }
}

base::ContentHashes ParallelHasher::finish() {
  if (threads_ == nullptr) return {md5_.finish(), sha256_.finish(), size_};
  const auto [md5, sha256] = threads_->finish();
  return {md5, sha256, size_};
}

}  // namespace storage
