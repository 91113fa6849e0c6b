#include "server/flow/housekeeping.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <thread>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "server/flow/collect.h"
#include "server/flow/import_when_ready.h"
#include "server/flow/process.h"
#include "server/flow/resumable_upload.h"
#include "server/flow/thumbnail.h"
#include "server/flow/withdraw.h"
#include "storage/draft_table.h"
#include "storage/idempotency.h"
#include "storage/prediction_table.h"
#include "storage/read_page_table.h"
#include "storage/settings_table.h"
#include "storage/stroke_table.h"
#include "storage/user_store.h"

namespace server {
namespace {

constexpr std::chrono::minutes kPause{1};
constexpr std::chrono::milliseconds kJoinPause{200};
constexpr size_t kManyPacks = 12;
constexpr uint64_t kQuickObjects = 200'000;  // a second's work or so
constexpr int64_t kDay = 86'400;
constexpr int64_t kMostCachedPages = 200'000;  // some GB of words
constexpr base::Milliseconds kJobMemory = 7 * 24 * 3'600'000;
constexpr base::Milliseconds kPredictionMemory = base::Milliseconds{30} * 24 * 3'600'000;
constexpr base::Milliseconds kDraftMemory = base::Milliseconds{30} * 24 * 3'600'000;
constexpr base::Milliseconds kStrokeMemory = 3 * kDraftMemory;

template <typename T>
void note(const char* what, const Result<T>& outcome) {
  if (outcome.ok()) return;
  base::log_warning("housekeeping failed",
                    {{"event.action", what}, {"error.message", outcome.error().what}});
}

// Of work that ends with an error when it is told to stop.
template <typename T>
void note(const char* what, const Result<T>& outcome, const vcs::StopAsked& stop) {
  if (!stop || !stop()) note(what, outcome);
}

// Looks once a day; the notes that it leaves say when it last did.
bool is_expiry_due(const vcs::Repository& repository) {
  std::error_code missing;
  const auto last =
      std::filesystem::last_write_time(vcs::expiry_notes_path(repository.path()), missing);
  return missing || decltype(last)::clock::now() - last > std::chrono::seconds(kDay);
}

void keep_repository(Services& services, vcs::Repository& repository, const vcs::StopAsked& stop) {
  vcs::RollUpOptions roll_up;
  roll_up.stop = stop;
  note("roll up packs", vcs::roll_up(repository, roll_up), stop);
  vcs::CommitGraphOptions graph;
  graph.stop = stop;
  note("write the commit-graph", vcs::update_commit_graph(repository, graph), stop);
  if (!is_expiry_due(repository)) return;
  vcs::ExpiryOptions expiry;
  expiry.grace_seconds = services.config.grace_days * kDay;
  expiry.now = base::now_milliseconds() / 1000;
  expiry.stop = stop;
  const auto expired = vcs::expire(repository, expiry);
  note("expire objects", expired, stop);
  if (!expired.ok() || expired->expired == 0) return;
  base::log_info("objects expired", {{"repository", repository.path().filename().string()},
                                     {"objects", static_cast<int64_t>(expired->expired)},
                                     {"bytes", static_cast<int64_t>(expired->expired_bytes)}});
}

// What was to happen by itself meanwhile.
void do_what_is_due(Services& services, const vcs::StopAsked& stop) {
  for (const auto& project : services.catalog->opened()) {
    if (stop && stop()) return;
    note("expire releases", expire_releases(services, *project));
    note("import what waited", import_waiting(services, *project));
  }
}

constexpr char kCollectedAt[] = "bytes-collected-at";

Result<bool> is_collection_due(Services& services, base::Milliseconds now) {
  const auto last = TRY(services.database->read(
      [](storage::Transaction& tx) { return storage::SettingsTable(tx).find(kCollectedAt); }));
  return !last || base::parse_integer(*last).value_or(0) + kDay * 1000 <= now;
}

// Once a day, as git's objects.
Result<void> collect_bytes(Services& services, const vcs::StopAsked& stop) {
  CollectOptions options;
  options.now = base::now_milliseconds();
  options.grace = std::max(services.config.grace_days * kDay * 1000, kLeastLiveGrace);
  options.stop = stop;
  if (!TRY(is_collection_due(services, options.now))) return {};
  for (const auto& [organisation, report] : TRY(collect_all(services, options))) {
    if (report.removed == 0) continue;
    base::log_info("bytes collected", {{"organisation", organisation},
                                       {"objects", static_cast<int64_t>(report.removed)},
                                       {"bytes", static_cast<int64_t>(report.removed_bytes)}});
  }
  return services.database->write([&](storage::Transaction& tx) {
    return storage::SettingsTable(tx).set(kCollectedAt, std::to_string(options.now));
  });
}

void forget_old_rows(Services& services) {
  const base::Milliseconds now = base::now_milliseconds();
  note("sweep small images", sweep_thumbnails(services, now));
  note("drop uploads", drop_expired_uploads(services, now));
  note("forget jobs", services.jobs->forget_done(now - kJobMemory));
  note("forget pages", services.database->write([&](storage::Transaction& tx) -> Result<void> {
    TRY(storage::ReadPageTable(tx).remove_left_over());
    TRY(storage::PageCacheTable(tx).shrink(kMostCachedPages));
    return {};
  }));
  note("forget replies", services.database->write([&](storage::Transaction& tx) {
    return storage::Idempotency(tx).forget_expired(now);
  }));
  note("forget drafts", services.database->write([&](storage::Transaction& tx) {
    return storage::DraftTable(tx).forget_before(now - kDraftMemory);
  }));
  note("forget strokes", services.database->write([&](storage::Transaction& tx) {
    return storage::StrokeTable(tx).forget_before(now - kStrokeMemory);
  }));
  note("forget predictions", services.database->write([&](storage::Transaction& tx) {
    return storage::PredictionTable(tx).forget_before(now - kPredictionMemory);
  }));
  note("forget sessions", services.database->write([&](storage::Transaction& tx) {
    return storage::UserStore(tx).forget_expired_sessions(now);
  }));
}

}  // namespace

void join_gathered_packs(Services& services, const vcs::StopAsked& stop) {
  vcs::RollUpOptions quick;
  quick.max_objects = kQuickObjects;
  quick.stop = stop;
  for (const auto& project : services.catalog->opened()) {
    for (vcs::Repository* repository : {project->repository.get(), project->data.get()}) {
      if (stop && stop()) return;
      if (repository->pack_count() < kManyPacks) continue;
      note("join packs", vcs::roll_up(*repository, quick), stop);
    }
  }
}

Result<ProjectExpiry> expire_objects(OpenProject& project, const vcs::ExpiryOptions& options) {
  ProjectExpiry expiry;
  expiry.annotations = TRY(vcs::expire(*project.repository, options));
  expiry.releases = TRY(vcs::expire(*project.data, options));
  return expiry;
}

void keep_house(Services& services, const vcs::StopAsked& stop) {
  for (const auto& project : services.catalog->opened()) {
    for (vcs::Repository* repository : {project->repository.get(), project->data.get()}) {
      if (stop && stop()) return;
      keep_repository(services, *repository, stop);
    }
  }
  do_what_is_due(services, stop);
  note("collect bytes", collect_bytes(services, stop), stop);
  note("fail abandoned documents", fail_abandoned(services));
  forget_old_rows(services);
}

namespace {

// What clones would have to find out: for a large project after an import this takes a while.
void prepare_clones(Services& services, const vcs::StopAsked& stop) {
  for (const auto& project : services.catalog->opened()) {
    for (const auto* served : {&project->upload_pack, &project->data_upload_pack}) {
      if (!stop()) note("prepare clones", (*served)->prepare(stop));
    }
  }
}

}  // namespace

struct Housekeeping::State {
  Services& services;
  std::mutex mutex;
  std::condition_variable changed;
  std::atomic<bool> stopping = false;  // changes under mutex
  std::thread keeper;
  std::thread joiner;

  void keep() {
    prepare_clones(services, [this] { return stopping.load(); });
    repeat(kPause, [](Services& of, const vcs::StopAsked& stop) {
      keep_house(of, stop);
      prepare_clones(of, stop);
    });
  }

  template <typename Work>
  void repeat(std::chrono::milliseconds pause, const Work& work) {
    std::unique_lock lock(mutex);
    while (!changed.wait_for(lock, pause, [this] { return stopping.load(); })) {
      lock.unlock();
      work(services, [this] { return stopping.load(); });
      lock.lock();
    }
  }
};

Housekeeping::Housekeeping(Services& services) : state_(new State{services, {}, {}, {}, {}, {}}) {
  state_->keeper = std::thread([this] { state_->keep(); });
  state_->joiner = std::thread([this] { state_->repeat(kJoinPause, join_gathered_packs); });
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
  for (std::thread* thread : {&state_->keeper, &state_->joiner}) {
    if (thread->joinable()) thread->join();
  }
}

}  // namespace server
