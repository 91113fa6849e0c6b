#include "vcs/commit_queue.h"

#include <condition_variable>
#include <exception>
#include <mutex>

#include "vcs/detail/commit_batch.h"

namespace vcs {
namespace {

using base::Code;
using base::Error;
using base::Result;

constexpr size_t kMaxBatch = 1024;

struct Waiter {
  const CommitRequest* request;
  std::optional<Result<CommitResult>> result = {};
  std::condition_variable changed = {};  // one each: a batch wakes nobody of the next one
};

// The line before one branch.
struct Lane {
  std::vector<Waiter*> waiting;
  bool is_led = false;
  size_t users = 0;
};

std::vector<Waiter*> take_batch(Lane& lane) {
  const size_t count = std::min(kMaxBatch, lane.waiting.size());
  const auto end = lane.waiting.begin() + static_cast<std::ptrdiff_t>(count);
  std::vector<Waiter*> batch(lane.waiting.begin(), end);
  lane.waiting.erase(lane.waiting.begin(), end);
  return batch;
}

}  // namespace

struct CommitQueue::State {
  State(Repository& repository, StepObserver observer) : writer{repository, std::move(observer)} {}

  BatchWriter writer;
  std::mutex mutex;
  std::map<std::string, Lane> lanes;  // of branches that somebody waits for

  // Called with the lock held; gives it up while the batch is written.
  void lead(Lane& lane, std::unique_lock<std::mutex>& lock) {
    lane.is_led = true;
    const std::vector<Waiter*> batch = take_batch(lane);
    lock.unlock();
    std::vector<const CommitRequest*> requests;
    for (const Waiter* waiter : batch) requests.push_back(waiter->request);
    auto results = writer.write(requests);
    lock.lock();
    for (size_t i = 0; i < batch.size(); ++i) {
      batch[i]->result = std::move(results[i]);
      batch[i]->changed.notify_one();
    }
    lane.is_led = false;
    if (!lane.waiting.empty()) lane.waiting.front()->changed.notify_one();  // the next leader
  }

  Result<CommitResult> wait(Waiter& waiter) {
    const std::string& branch = waiter.request->branch;
    std::unique_lock lock(mutex);
    Lane& lane = lanes[branch];
    ++lane.users;
    lane.waiting.push_back(&waiter);
    while (!waiter.result) {
      if (lane.is_led) {
        waiter.changed.wait(lock);
      } else {
        lead(lane, lock);
      }
    }
    if (--lane.users == 0) lanes.erase(branch);
    return std::move(*waiter.result);
  }
};

CommitQueue::CommitQueue(Repository& repository, StepObserver observer)
    : state_(std::make_unique<State>(repository, std::move(observer))) {}

CommitQueue::~CommitQueue() = default;

Result<CommitResult> CommitQueue::commit(CommitRequest request) {
  if (!is_valid_ref_name(request.branch)) {
    return Error{Code::invalid, "not the full name of a branch: " + request.branch};
  }
  if (!request.make && !request.advance)
    return Error{Code::invalid, "a commit needs a function that makes edits"};
  Waiter waiter{&request};
  return state_->wait(waiter);
}

}  // namespace vcs
