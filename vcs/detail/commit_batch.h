// Writes the requests that wait for one branch: a chain of commits, one pack, one ref update.
#pragma once

#include <span>
#include <vector>

#include "base/result.h"
#include "vcs/commit_queue.h"
#include "vcs/durable_step.h"
#include "vcs/object_reader.h"
#include "vcs/repository.h"

namespace vcs {

class BatchWriter {
 public:
  BatchWriter(Repository& repository, StepObserver observer)
      : repository_(repository), observer_(std::move(observer)) {}

  // One result for each request, in order; all requests are for the same branch. Never throws,
  // whatever the requests' functions do.
  std::vector<base::Result<CommitResult>> write(std::span<const CommitRequest* const> requests);

 private:
  base::Result<void> store(const std::string& branch, const ObjectId& before, const ObjectId& after,
                           const ObjectOverlay& objects);
  Repository& repository_;
  StepObserver observer_;
};

}  // namespace vcs
