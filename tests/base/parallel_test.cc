#include "base/parallel.h"

#include <atomic>
#include <mutex>
#include <set>
#include <thread>

#include "tests/support/result_matchers.h"

namespace base {
namespace {

TEST(InParallel, CallsEachOnce) {
  std::vector<std::atomic<int>> calls(1000);
  ASSERT_OK(in_parallel(8, calls.size(), [&](size_t i) -> Result<void> {
    ++calls[i];
    return {};
  }));
  for (const auto& count : calls) EXPECT_EQ(count, 1);
  EXPECT_OK(in_parallel(8, 0, [](size_t) { return Result<void>(); }));
}

TEST(InParallel, TakesNoMoreThreadsThanItMay) {
  std::mutex mutex;
  std::set<std::thread::id> threads;
  ASSERT_OK(in_parallel(1, 100, [&](size_t) -> Result<void> {
    const std::lock_guard lock(mutex);
    threads.insert(std::this_thread::get_id());
    return {};
  }));
  EXPECT_EQ(threads, std::set{std::this_thread::get_id()});
}

TEST(InParallel, GivesAnError) {
  std::atomic<int> calls = 0;
  const auto failing = [&](size_t i) -> Result<void> {
    ++calls;
    return i == 3 ? Error{Code::no_space, "the disk is full"} : Result<void>();
  };
  EXPECT_EQ(test::code_of(in_parallel(1, 1000, failing)), Code::no_space);
  EXPECT_EQ(calls, 4);
  EXPECT_EQ(test::code_of(in_parallel(4, 1000, failing)), Code::no_space);
}

}  // namespace
}  // namespace base
