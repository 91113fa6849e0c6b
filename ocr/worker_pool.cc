#include "ocr/worker_pool.h"

#include <algorithm>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <list>
#include <mutex>

#include "ocr/detail/worker.h"

namespace ocr {

struct WorkerPool::State {
  WorkerPoolOptions options;
  std::mutex mutex;
  std::condition_variable freed;
  std::list<std::unique_ptr<Worker>> idle;  // guarded by mutex
  int out = 0;                              // leased now; guarded by mutex
};

WorkerPool::WorkerPool(std::unique_ptr<State> state) : state_(std::move(state)) {}
WorkerPool::~WorkerPool() = default;

base::Result<std::unique_ptr<WorkerPool>> WorkerPool::create(WorkerPoolOptions options) {
  if (options.workers < 1) return base::Error{base::Code::invalid, "a pool needs a worker"};
  auto state = std::make_unique<State>();
  state->options = std::move(options);
  return std::unique_ptr<WorkerPool>(new WorkerPool(std::move(state)));
}

const WorkerPoolOptions& WorkerPool::options() const {
  return state_->options;
}

base::Result<WorkerPool::Lease> WorkerPool::lease(const std::string& languages) {
  std::unique_ptr<Worker> worker;
  {
    std::unique_lock lock(state_->mutex);
    state_->freed.wait(lock, [&] { return state_->out < state_->options.workers; });
    ++state_->out;
    const auto fitting =
        std::find_if(state_->idle.begin(), state_->idle.end(),
                     [&](const auto& idle) { return idle->languages() == languages; });
    if (fitting != state_->idle.end()) {
      worker = std::move(*fitting);
      state_->idle.erase(fitting);
    } else if (state_->out + static_cast<int>(state_->idle.size()) > state_->options.workers) {
      state_->idle.pop_front();  // it reads other languages: its place is needed
    }
  }
  if (worker != nullptr) return Lease(this, std::move(worker));
  auto started = Worker::start(
      {languages, state_->options.tessdata, state_->options.limits, state_->options.mode});
  if (started.ok()) return Lease(this, std::move(*started));
  give_back(nullptr);
  return std::move(started).error();
}

void WorkerPool::give_back(std::unique_ptr<Worker> worker) {
  const bool keep = worker != nullptr && worker->healthy() &&
                    worker->requests() < state_->options.pages_per_worker;
  {
    const std::lock_guard lock(state_->mutex);
    --state_->out;
    if (keep) state_->idle.push_back(std::move(worker));
  }
  state_->freed.notify_one();
}

int WorkerPool::alive() const {
  const std::lock_guard lock(state_->mutex);
  return state_->out + static_cast<int>(state_->idle.size());
}

WorkerPool::Lease::Lease(WorkerPool* pool, std::unique_ptr<Worker> worker)
    : pool_(pool), worker_(std::move(worker)) {}
WorkerPool::Lease::Lease(Lease&& other) noexcept
    : pool_(std::exchange(other.pool_, nullptr)), worker_(std::move(other.worker_)) {}
WorkerPool::Lease::~Lease() {
  if (pool_ != nullptr) pool_->give_back(std::move(worker_));
}

std::vector<std::string> installed_languages(const std::string& tessdata) {
  namespace fs = std::filesystem;
  const char* prefix = std::getenv("TESSDATA_PREFIX");
  const fs::path folder = !tessdata.empty()   ? fs::path(tessdata)
                          : prefix != nullptr ? fs::path(prefix)
                                              : fs::path("/usr/share/tesseract-ocr/5/tessdata");
  std::vector<std::string> out;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    if (entry.path().extension() != ".traineddata") continue;
    const std::string name = entry.path().stem().string();
    if (name != "osd") out.push_back(name);
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace ocr
