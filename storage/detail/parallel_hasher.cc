#include "storage/detail/parallel_hasher.h"

#include <array>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace storage {

// A ring: the owner fills the buffer at `filled_`, the thread hashes the one at `hashed_`.
class ParallelHasher::Md5Thread {
 public:
  explicit Md5Thread(base::Hasher<base::Md5> md5) : md5_(std::move(md5)) {
    for (std::string& buffer : ring_) buffer.reserve(kBufferSize);
    thread_ = std::thread([this] { run(); });
  }
  ~Md5Thread() { join(); }

  void update(std::string_view chunk) {
    while (!chunk.empty()) {
      std::string& buffer = free_buffer();
      const std::string_view part = chunk.substr(0, kBufferSize - buffer.size());
      buffer.append(part);
      chunk.remove_prefix(part.size());
      if (buffer.size() == kBufferSize) pass_on();
    }
  }

  base::Md5 finish() {
    if (!free_buffer().empty()) pass_on();
    join();
    return md5_.finish();
  }

 private:
  std::string& free_buffer() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return filled_ - hashed_ < kBuffers; });
    return ring_[filled_ % kBuffers];
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
    if (thread_.joinable()) thread_.join();
  }

  void run() {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [&] { return ended_ || hashed_ < filled_; });
      if (hashed_ == filled_) return;
      std::string& buffer = ring_[hashed_ % kBuffers];
      lock.unlock();
      md5_.update(buffer);
      buffer.clear();
      lock.lock();
      ++hashed_;
      changed_.notify_all();
    }
  }

  base::Hasher<base::Md5> md5_;  // the thread's until it is joined
  std::array<std::string, kBuffers> ring_;
  std::mutex mutex_;
  std::condition_variable changed_;
  size_t filled_ = 0;
  size_t hashed_ = 0;
  bool ended_ = false;
  std::thread thread_;
};

ParallelHasher::ParallelHasher() = default;
ParallelHasher::~ParallelHasher() = default;

void ParallelHasher::update(std::string_view chunk) {
  size_ += chunk.size();
  if (thread_ == nullptr && size_ >= kThreadFrom) {
    thread_ = std::make_unique<Md5Thread>(std::move(md5_));
  }
  if (thread_ != nullptr) {
    thread_->update(chunk);
  } else {
    md5_.update(chunk);
  }
  sha256_.update(chunk);
}

base::ContentHashes ParallelHasher::finish() {
  const base::Md5 md5 = thread_ != nullptr ? thread_->finish() : md5_.finish();
  return {md5, sha256_.finish(), size_};
}

}  // namespace storage
