#include "base/parallel.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace base {

Result<void> in_parallel(size_t threads, size_t count,
                         const std::function<Result<void>(size_t)>& work) {
  std::atomic<size_t> next = 0;
  std::vector<Result<void>> outcomes(std::min(count, threads));
  const auto run = [&](Result<void>& outcome) {
    for (size_t i = next++; i < count && outcome.ok(); i = next++) outcome = work(i);
  };
  std::vector<std::thread> others;
  for (size_t i = 1; i < outcomes.size(); ++i) {
    others.emplace_back([&, i] { run(outcomes[i]); });
  }
  if (!outcomes.empty()) run(outcomes.front());
  for (std::thread& thread : others) thread.join();
  for (const Result<void>& outcome : outcomes) TRY(outcome);
  return {};
}

size_t processors() {
  return std::max(1u, std::thread::hardware_concurrency());
}

}  // namespace base
