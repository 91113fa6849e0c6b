// Ends connections whose blocking read or write lasts too long. The HTTP library's own time-outs
// start anew with every byte, so a client that trickles would hold a thread for days.
//
//   const auto guard = watchdog.watch(client, deadline);   // while in the blocking call
//
// Safe from any thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <list>
#include <mutex>
#include <thread>

#include "server/http/detail/sockets.h"

namespace server::http::detail {

class Watchdog {
 public:
  using Clock = std::chrono::steady_clock;

  Watchdog();
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

 private:
  struct Watched {
    Client client;
    Clock::time_point deadline;
  };
  using List = std::list<Watched>;

 public:
  class Guard {
   public:
    Guard(Watchdog& watchdog, List::iterator place) : watchdog_(watchdog), place_(place) {}
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;
    ~Guard() { watchdog_.release(place_); }

   private:
    Watchdog& watchdog_;
    List::iterator place_;
  };
  [[nodiscard]] Guard watch(const Client& client, Clock::time_point deadline);

 private:
  void run();
  void release(List::iterator place);

  std::mutex mutex_;
  std::condition_variable wake_;
  List watched_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace server::http::detail
