// How much heavy work of a kind goes on at once: in all, for one repository, and for one client.
// Whoever comes too many waits a bounded time. What waits for a client itself should need no pass,
// so that a slow one keeps nobody out.
//
//   const WorkGate gate({.in_all = 4}, "checking as many large pushes");
//   const WorkGate::Pass pass = TRY(gate.enter(repository, client));   // until it goes
//
// Safe from many threads.
#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "base/result.h"

namespace vcs {

class WorkGate {
 public:
  struct Limits {
    unsigned in_all = 8;
    unsigned per_repository = 4;
    unsigned per_client = 2;
    std::chrono::milliseconds patience{20'000};
  };
  class Pass;

  // `doing` completes "the server is ... as it may for others or for you".
  WorkGate(Limits limits, std::string doing)
      : state_(std::make_shared<State>(limits)), doing_(std::move(doing)) {}

  // Code::busy, with these words for the client, when patience is over. One without a name is only
  // counted in the others.
  base::Result<Pass> enter(const std::string& repository, const std::string& client) const;

 private:
  struct State {
    explicit State(Limits most) : limits(most) {}
    bool has_room(const std::string& repository, const std::string& client) const;
    void count(const std::string& repository, const std::string& client, int change);

    const Limits limits;
    std::mutex mutex;
    std::condition_variable left;
    unsigned inside = 0;
    std::map<std::string, unsigned> repositories, clients;  // no zeros
  };
  std::shared_ptr<State> state_;
  std::string doing_;
};

class WorkGate::Pass {
 public:
  Pass() = default;
  Pass(Pass&& other) noexcept = default;
  Pass& operator=(Pass&& other) noexcept;
  ~Pass() { leave(); }

 private:
  friend class WorkGate;
  Pass(std::shared_ptr<State> state, std::string repository, std::string client)
      : state_(std::move(state)), repository_(std::move(repository)), client_(std::move(client)) {}
  void leave();

  std::shared_ptr<State> state_;  // null: no pass
  std::string repository_, client_;
};

}  // namespace vcs
