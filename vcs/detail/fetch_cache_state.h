// What a FetchCache holds. Safe from many threads.
#pragma once

#include <condition_variable>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "vcs/detail/shared_pack.h"
#include "vcs/fetch_cache.h"
#include "vcs/work_gate.h"

namespace vcs {

struct FetchCache::State {
  explicit State(FetchLimits given);

  // The pack of this name; `is_new`: it is the caller's to make.
  struct Found {
    std::shared_ptr<SharedPack> pack;
    bool is_new = false;
  };
  Found find_or_add(const std::string& repository, const base::Sha1& key);
  // It was made, or will never be: counts it, or forgets it.
  void settle(const std::string& repository, const base::Sha1& key,
              const std::shared_ptr<SharedPack>& pack);
  void forget(const std::string& repository);
  FetchCache::Use use() const;

  // On a thread of its own, or here if there can be none.
  static void run(const std::shared_ptr<State>& state, std::function<void()> work);
  void wait_for_runs();

  const FetchLimits limits;
  const WorkGate gate;

 private:
  using Name = std::pair<std::string, base::Sha1>;
  struct Kept {
    std::shared_ptr<SharedPack> pack;
    uint64_t memory = 0;  // 0: not made yet
    std::list<Name>::iterator recent;
  };
  void remove(const Name& name);
  void make_room();

  const std::shared_ptr<DiskBudget> disk_;
  mutable std::mutex mutex_;
  std::condition_variable run_ended_;
  unsigned runs_ = 0;
  uint64_t memory_ = 0;
  std::map<Name, Kept> kept_;
  std::list<Name> recent_;  // most recently used first
};

}  // namespace vcs
