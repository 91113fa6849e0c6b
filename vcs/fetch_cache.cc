#include "vcs/fetch_cache.h"

#include <system_error>
#include <thread>

#include "vcs/detail/fetch_cache_state.h"

namespace vcs {

namespace {

WorkGate::Limits gate_limits(const FetchLimits& limits) {
  return {limits.packs_in_all, limits.packs_per_repository, limits.packs_per_client,
          limits.patience};
}

}  // namespace

FetchCache::State::State(FetchLimits given)
    : limits(std::move(given)),
      gate(gate_limits(limits), "making as many packs"),
      disk_(std::make_shared<DiskBudget>(limits.disk_bytes)) {}

FetchCache::State::Found FetchCache::State::find_or_add(const std::string& repository,
                                                        const base::Sha1& key) {
  const std::lock_guard lock(mutex_);
  const Name name(repository, key);
  const auto found = kept_.find(name);
  if (found != kept_.end() && found->second.pack->has_failed()) {
    remove(name);  // who waited for it is back before it was settled
  } else if (found != kept_.end()) {
    recent_.splice(recent_.begin(), recent_, found->second.recent);
    return {found->second.pack, false};
  }
  auto pack = std::make_shared<SharedPack>(SharedPack::Limits{limits.directory, disk_});
  recent_.push_front(name);
  kept_.emplace(name, Kept{pack, 0, recent_.begin()});
  return {std::move(pack), true};
}

void FetchCache::State::settle(const std::string& repository, const base::Sha1& key,
                               const std::shared_ptr<SharedPack>& pack) {
  const std::lock_guard lock(mutex_);
  const Name name(repository, key);
  const auto found = kept_.find(name);
  if (found == kept_.end() || found->second.pack != pack) return;
  if (!pack->is_made()) return remove(name);
  found->second.memory = pack->bytes_in_memory();
  memory_ += found->second.memory;
  make_room();
}

void FetchCache::State::remove(const Name& name) {
  const auto found = kept_.find(name);
  memory_ -= found->second.memory;
  recent_.erase(found->second.recent);
  kept_.erase(found);
}

// A quarter of the disk's share stays free for packs that are growing.
void FetchCache::State::make_room() {
  for (auto last = recent_.end(); last != recent_.begin();) {
    const bool is_too_much =
        memory_ > limits.memory_bytes || disk_->used() > limits.disk_bytes / 4 * 3;
    if (!is_too_much) return;
    --last;
    if (kept_.at(*last).memory == 0) continue;
    const Name name = *last++;
    remove(name);
  }
}

void FetchCache::State::forget(const std::string& repository) {
  const std::lock_guard lock(mutex_);
  auto first = kept_.lower_bound(Name(repository, base::Sha1()));
  while (first != kept_.end() && first->first.first == repository) {
    const Name name = (first++)->first;
    remove(name);
  }
}

FetchCache::Use FetchCache::State::use() const {
  const std::lock_guard lock(mutex_);
  return {kept_.size(), memory_, disk_->used()};
}

void FetchCache::State::run(const std::shared_ptr<State>& state, std::function<void()> work) {
  {
    const std::lock_guard lock(state->mutex_);
    ++state->runs_;
  }
  const auto counted = [state, work = std::move(work)] {
    work();
    const std::lock_guard lock(state->mutex_);
    --state->runs_;
    state->run_ended_.notify_all();
  };
  try {
    std::thread(counted).detach();
  } catch (const std::system_error&) {
    counted();
  }
}

void FetchCache::State::wait_for_runs() {
  std::unique_lock lock(mutex_);
  run_ended_.wait(lock, [this] { return runs_ == 0; });
}

FetchCache::FetchCache(FetchLimits limits) : state_(std::make_shared<State>(std::move(limits))) {}
FetchCache::~FetchCache() {
  state_->wait_for_runs();
}

void FetchCache::forget(const std::string& repository) {
  state_->forget(repository);
}

FetchCache::Use FetchCache::use() const {
  return state_->use();
}

}  // namespace vcs
