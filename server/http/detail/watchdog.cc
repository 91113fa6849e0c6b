#include "server/http/detail/watchdog.h"

#include <iterator>

namespace server::http::detail {
namespace {

constexpr std::chrono::milliseconds kRound{200};

}  // namespace

Watchdog::Watchdog() : thread_([this] { run(); }) {}

Watchdog::~Watchdog() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

Watchdog::Guard Watchdog::watch(const Client& client, Clock::time_point deadline) {
  const std::lock_guard lock(mutex_);
  watched_.push_back({client, deadline});
  return Guard(*this, std::prev(watched_.end()));
}

void Watchdog::release(List::iterator place) {
  const std::lock_guard lock(mutex_);
  watched_.erase(place);
}

// Under the lock while it cuts: the call that is watched cannot return meanwhile, so the socket is
// still the client's.
void Watchdog::run() {
  std::unique_lock lock(mutex_);
  while (!stop_) {
    wake_.wait_for(lock, kRound, [&] { return stop_; });
    const auto now = Clock::now();
    for (Watched& watched : watched_) {
      if (watched.deadline > now) continue;
      cut_connection(watched.client);
      watched.deadline = Clock::time_point::max();
    }
  }
}

}  // namespace server::http::detail
