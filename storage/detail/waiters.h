// Waiting for a change that another thread of this process makes, or, checked every second, another
// process. Safe from any thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "base/clock.h"

namespace storage {

class Waiters {
 public:
  // Take the ticket first, then look; wait() returns at once if notify() came in between.
  uint64_t ticket();
  void notify();
  void interrupt();  // for ever
  bool interrupted();
  // Until notified, interrupted, the deadline, or a second has passed.
  void wait(uint64_t ticket, std::chrono::steady_clock::time_point deadline);

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  uint64_t generation_ = 0;
  bool interrupted_ = false;
};

}  // namespace storage
