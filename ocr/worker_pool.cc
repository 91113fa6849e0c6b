#include "ocr/worker_pool.h"

#include <algorithm>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <list>
#include <mutex>
#include <set>

#include "ocr/detail/line_reader.h"
#include "ocr/detail/worker.h"

namespace ocr {
namespace {

std::filesystem::path directory_of_languages(const std::string& tessdata) {
  const char* prefix = std::getenv("TESSDATA_PREFIX");
  if (!tessdata.empty()) return tessdata;
  return prefix != nullptr ? prefix : "/usr/share/tesseract-ocr/5/tessdata";
}

}  // namespace

struct WorkerPool::State {
  // Who waits: the urgent first, then by number.
  using Turn = std::pair<bool, uint64_t>;

  WorkerPoolOptions options;
  std::mutex mutex;
  std::condition_variable freed;
  std::list<std::unique_ptr<Worker>> idle;  // guarded by mutex, like all below
  int out = 0;                              // leased now
  std::set<Turn> waiting;
  uint64_t next_turn = 0;

  bool has_room(Urgency urgency) const {
    return out < options.workers + (urgency == Urgency::urgent ? options.spare : 0);
  }

  void wait_for_turn(std::unique_lock<std::mutex>& lock, Urgency urgency) {
    const Turn turn{urgency != Urgency::urgent, next_turn++};
    waiting.insert(turn);
    freed.wait(lock, [&] { return *waiting.begin() == turn && has_room(urgency); });
    waiting.erase(turn);
    ++out;
    freed.notify_all();  // the next in turn may find room as well
  }

  // An idle worker that knows the languages; for the urgent rather one that is theirs, and for
  // nobody else. If there is none, makes sure that a new one fits in.
  std::unique_ptr<Worker> take_idle(const std::string& languages, Urgency urgency) {
    const bool urgent = urgency == Urgency::urgent;
    auto best = idle.end();
    for (auto it = idle.begin(); it != idle.end(); ++it) {
      const bool fits = (*it)->languages() == languages && (urgent || !(*it)->is_for_urgent());
      if (fits && (best == idle.end() || (*it)->is_for_urgent())) best = it;
    }
    if (best != idle.end()) {
      auto worker = std::move(*best);
      idle.erase(best);
      return worker;
    }
    if (!idle.empty() && out + static_cast<int>(idle.size()) > options.workers + options.spare) {
      idle.pop_front();  // it reads other languages: its place is needed
    }
    return nullptr;
  }

  // What a new one is to be: theirs is the one that the urgent need beyond the usual ones.
  SandboxLimits limits_for(Urgency urgency) const {
    SandboxLimits limits = options.limits;
    if (urgency == Urgency::urgent && out > options.workers) limits.niceness = kUrgentNiceness;
    return limits;
  }
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

base::Result<WorkerPool::Lease> WorkerPool::lease(const std::string& languages, Urgency urgency) {
  std::unique_ptr<Worker> worker;
  SandboxLimits limits;
  {
    std::unique_lock lock(state_->mutex);
    state_->wait_for_turn(lock, urgency);
    worker = state_->take_idle(languages, urgency);
    limits = state_->limits_for(urgency);
  }
  if (worker != nullptr) return Lease(this, std::move(worker));
  const WorkerPoolOptions& options = state_->options;
  auto started =
      Worker::start({languages, options.tessdata, options.line_detector, limits, options.mode});
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
  state_->freed.notify_all();
}

int WorkerPool::alive() const {
  const std::lock_guard lock(state_->mutex);
  return state_->out + static_cast<int>(state_->idle.size());
}

int WorkerPool::waiting() const {
  const std::lock_guard lock(state_->mutex);
  return static_cast<int>(state_->waiting.size());
}

WorkerPool::Lease::Lease(WorkerPool* pool, std::unique_ptr<Worker> worker)
    : pool_(pool), worker_(std::move(worker)) {}
WorkerPool::Lease::Lease(Lease&& other) noexcept
    : pool_(std::exchange(other.pool_, nullptr)), worker_(std::move(other.worker_)) {}
WorkerPool::Lease::~Lease() {
  if (pool_ != nullptr) pool_->give_back(std::move(worker_));
}

std::string find_line_detector() {
  namespace fs = std::filesystem;
  std::error_code ignored;
  fs::path folder = fs::read_symlink("/proc/self/exe", ignored).parent_path();
  for (; folder.has_relative_path(); folder = folder.parent_path()) {
    const fs::path file = folder / "models" / "line_detector.net";
    if (fs::is_regular_file(file, ignored)) return file;
  }
  return {};
}

std::vector<std::string> installed_languages(const std::string& tessdata) {
  std::vector<std::string> out;
  std::error_code ignored;
  for (const auto& entry :
       std::filesystem::directory_iterator(directory_of_languages(tessdata), ignored)) {
    if (entry.path().extension() != ".traineddata") continue;
    const std::string name = entry.path().stem().string();
    if (name != "osd") out.push_back(name);
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<std::string> languages_of_tesseract_alone(const std::string& tessdata) {
  const std::string directory = directory_of_languages(tessdata).string();
  std::vector<std::string> out = installed_languages(tessdata);
  std::erase_if(out, [&](const std::string& language) {
    return detail::LineReader::open(language, directory).ok();
  });
  return out;
}

}  // namespace ocr
