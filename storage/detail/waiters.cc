#include "storage/detail/waiters.h"

#include <algorithm>

namespace storage {

uint64_t Waiters::ticket() {
  const std::lock_guard lock(mutex_);
  return generation_;
}

void Waiters::notify() {
  const std::lock_guard lock(mutex_);
  ++generation_;
  changed_.notify_all();
}

void Waiters::interrupt() {
  const std::lock_guard lock(mutex_);
  interrupted_ = true;
  changed_.notify_all();
}

bool Waiters::interrupted() {
  const std::lock_guard lock(mutex_);
  return interrupted_;
}

void Waiters::wait(uint64_t ticket, std::chrono::steady_clock::time_point deadline) {
  const auto until = std::min(deadline, std::chrono::steady_clock::now() + std::chrono::seconds(1));
  std::unique_lock lock(mutex_);
  changed_.wait_until(lock, until, [&] { return interrupted_ || generation_ != ticket; });
}

}  // namespace storage
