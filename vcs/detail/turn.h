// A mutex that can be waited for for a while: std::timed_mutex, but made of parts that gcc 12's
// thread sanitizer knows. Lockable by std::unique_lock and std::lock_guard. Safe from many threads.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace vcs {

class Turn {
 public:
  void lock() {
    std::unique_lock lock(mutex_);
    free_.wait(lock, [&] { return !taken_; });
    taken_ = true;
  }
  bool try_lock_for(std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    if (!free_.wait_for(lock, patience, [&] { return !taken_; })) return false;
    return taken_ = true;
  }
  void unlock() {
    const std::lock_guard lock(mutex_);
    taken_ = false;
    free_.notify_one();
  }

 private:
  std::mutex mutex_;
  std::condition_variable free_;
  bool taken_ = false;
};

}  // namespace vcs
