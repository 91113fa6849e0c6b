#include "vcs/commit_queue.h"

#include <mutex>
#include <span>

#include "base/batch_line.h"
#include "vcs/detail/commit_batch.h"

namespace vcs {
namespace {

using base::Code;
using base::Error;
using base::Result;

constexpr size_t kMaxBatch = 1024;

struct Waiting {
  const CommitRequest* request;
  std::optional<Result<CommitResult>> result = {};
};

// The line before one branch.
struct Lane {
  base::BatchLine<Waiting> line = {};
  size_t users = 0;
};

}  // namespace

struct CommitQueue::State {
  State(Repository& repository, StepObserver observer) : writer{repository, std::move(observer)} {}

  BatchWriter writer;
  std::mutex mutex;
  std::map<std::string, Lane> lanes;  // of branches that somebody waits for

  void write(std::span<Waiting* const> batch) {
    std::vector<const CommitRequest*> requests;
    for (const Waiting* waiting : batch) requests.push_back(waiting->request);
    auto results = writer.write(requests);
    for (size_t i = 0; i < batch.size(); ++i) batch[i]->result = std::move(results[i]);
  }

  Lane& enter(const std::string& branch) {
    const std::lock_guard lock(mutex);
    Lane& lane = lanes[branch];
    ++lane.users;
    return lane;
  }

  void leave(const std::string& branch, Lane& lane) {
    const std::lock_guard lock(mutex);
    if (--lane.users == 0) lanes.erase(branch);
  }

  Result<CommitResult> wait(const CommitRequest& request) {
    Waiting waiting{&request};
    Lane& lane = enter(request.branch);
    lane.line.pass(waiting, kMaxBatch, [this](std::span<Waiting* const> batch) { write(batch); });
    leave(request.branch, lane);
    return std::move(*waiting.result);
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
  return state_->wait(request);
}

}  // namespace vcs
