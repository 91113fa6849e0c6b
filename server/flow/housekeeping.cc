#include "server/flow/housekeeping.h"

#include <chrono>
#include <condition_variable>
#include <thread>

#include "base/clock.h"
#include "base/log.h"
#include "server/flow/process.h"
#include "server/flow/resumable_upload.h"
#include "storage/idempotency.h"
#include "storage/user_store.h"
#include "vcs/maintenance.h"

namespace server {
namespace {

constexpr std::chrono::minutes kPause{1};
constexpr base::Milliseconds kJobMemory = 7 * 24 * 3'600'000;

template <typename T>
void note(const char* what, const Result<T>& outcome) {
  if (outcome.ok()) return;
  base::log_warning("housekeeping failed",
                    {{"event.action", what}, {"error.message", outcome.error().what}});
}

void forget_old_rows(Services& services) {
  const base::Milliseconds now = base::now_milliseconds();
  note("drop uploads", drop_expired_uploads(services, now));
  note("forget jobs", services.jobs->forget_done(now - kJobMemory));
  note("forget replies", services.database->write([&](storage::Transaction& tx) {
    return storage::Idempotency(tx).forget_expired(now);
  }));
  note("forget sessions", services.database->write([&](storage::Transaction& tx) {
    return storage::UserStore(tx).forget_expired_sessions(now);
  }));
}

}  // namespace

void keep_house(Services& services) {
  for (const auto& project : services.catalog->opened()) {
    note("roll up packs", vcs::roll_up(*project->repository));
    note("roll up packs", vcs::roll_up(*project->data));
  }
  note("fail abandoned documents", fail_abandoned(services));
  forget_old_rows(services);
}

struct Housekeeping::State {
  Services& services;
  std::mutex mutex;
  std::condition_variable changed;
  bool stopping = false;  // guarded by mutex
  std::thread thread;

  bool is_stopping() {
    const std::lock_guard lock(mutex);
    return stopping;
  }

  // What clones would have to find out: for a large project after an import this takes a while.
  void prepare_clones() {
    const auto is_over = [this] { return is_stopping(); };
    for (const auto& project : services.catalog->opened()) {
      for (const auto* served : {&project->upload_pack, &project->data_upload_pack}) {
        if (!is_over()) note("prepare clones", (*served)->prepare(is_over));
      }
    }
  }

  void run() {
    prepare_clones();
    std::unique_lock lock(mutex);
    while (!changed.wait_for(lock, kPause, [this] { return stopping; })) {
      lock.unlock();
      keep_house(services);
      prepare_clones();
      lock.lock();
    }
  }
};

Housekeeping::Housekeeping(Services& services) : state_(new State{services, {}, {}, false, {}}) {
  state_->thread = std::thread([this] { state_->run(); });
}

Housekeeping::~Housekeeping() {
  stop();
}

void Housekeeping::stop() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->changed.notify_all();
  if (state_->thread.joinable()) state_->thread.join();
}

}  // namespace server
