#include "base/batch_line.h"

#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <thread>

namespace base {
namespace {

struct Item {
  int number = 0;
  int done = 0;
};

TEST(BatchLine, DoesWhatOneBringsAlone) {
  BatchLine<Item> line;
  Item item{7};
  line.pass(item, 10, [&](std::span<Item* const> batch) {
    ASSERT_EQ(batch.size(), 1u);
    EXPECT_TRUE(line.is_led_here());
    ++batch.front()->done;
  });
  EXPECT_EQ(item.done, 1);
  EXPECT_FALSE(line.is_led_here());
}

TEST(BatchLine, TakesTogetherAllThatCameUpMeanwhile) {
  constexpr int kOthers = 8;
  BatchLine<Item> line;
  std::atomic<int> coming = 0;
  std::vector<size_t> batches;
  const auto work = [&](std::span<Item* const> batch) {
    if (batches.empty()) {  // the first waits until the others are about to stand in line
      while (coming < kOthers) std::this_thread::yield();
    }
    batches.push_back(batch.size());
    for (Item* item : batch) ++item->done;
  };
  std::vector<Item> items(kOthers + 1);
  std::barrier started(2);
  std::thread first([&] {
    line.pass(items[0], 100, [&](std::span<Item* const> batch) {
      started.arrive_and_wait();
      work(batch);
    });
  });
  started.arrive_and_wait();
  std::vector<std::thread> others;
  for (int i = 1; i <= kOthers; ++i) {
    others.emplace_back([&, i] {
      ++coming;
      line.pass(items[static_cast<size_t>(i)], 100, work);
    });
  }
  first.join();
  for (std::thread& other : others) other.join();
  for (const Item& item : items) EXPECT_EQ(item.done, 1);
  EXPECT_EQ(batches.front(), 1u);
}

TEST(BatchLine, WorksOnEachOnceAndOneAtATime) {
  constexpr int kThreads = 8, kTurns = 500;
  constexpr size_t kMost = 3;
  BatchLine<Item> line;
  std::atomic<int> working = 0;
  std::atomic<int> wrong = 0;
  const auto work = [&](std::span<Item* const> batch) {
    if (++working != 1 || batch.empty() || batch.size() > kMost) ++wrong;
    for (Item* item : batch) ++item->done;
    --working;
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int turn = 0; turn < kTurns; ++turn) {
        Item item;
        line.pass(item, kMost, work);
        if (item.done != 1) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace base
