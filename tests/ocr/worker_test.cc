#include "ocr/detail/worker.h"

#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "ocr/worker_pool.h"
#include "tests/support/result_matchers.h"

namespace ocr {
namespace {

// What became of an attack from the decoder's own place: the answer, or how the worker ended.
std::string outcome_of(const std::string& attack, SandboxLimits limits = {}) {
  detail::WorkerPlan plan;
  plan.languages = "eng";
  plan.limits = limits;
  const auto worker = TAKE(Worker::start(plan));
  TAKE(worker->ask(base::Json::object({{"verb", attack}}), -1));
  const auto frame = worker->next();
  return frame.ok() ? frame->json.string_or("answer", "") : name_of(worker->ending());
}

TEST(Worker, AnswersWhatIsHarmless) {
  EXPECT_EQ(outcome_of("nothing"), "succeeded");
}

TEST(Worker, OpensNoFile) {
  EXPECT_NE(outcome_of("open"), "succeeded");
}
TEST(Worker, WritesNoFile) {
  EXPECT_EQ(outcome_of("write"), "broke_rules");
}
TEST(Worker, FillsNoDisk) {
  EXPECT_EQ(outcome_of("fill"), "broke_rules");
}
TEST(Worker, ReachesNoNetwork) {
  EXPECT_EQ(outcome_of("connect"), "broke_rules");
}
TEST(Worker, StartsNoProcess) {
  EXPECT_EQ(outcome_of("fork"), "broke_rules");
}
TEST(Worker, ExecutesNothing) {
  EXPECT_EQ(outcome_of("exec"), "broke_rules");
}
TEST(Worker, SignalsNobody) {
  EXPECT_EQ(outcome_of("kill"), "broke_rules");
}
TEST(Worker, TracesNobody) {
  EXPECT_EQ(outcome_of("ptrace"), "broke_rules");
}
TEST(Worker, RunsNoInjectedCode) {
  EXPECT_EQ(outcome_of("code"), "broke_rules");
}
TEST(Worker, EntersTheKernelByNoOtherDoor) {
  for (const char* door : {"mount", "io_uring", "bpf", "keys", "userfaultfd", "namespace"}) {
    EXPECT_EQ(outcome_of(door), "broke_rules") << door;
  }
}
TEST(Worker, IsNotListenedToWhenItBabbles) {
  EXPECT_EQ(outcome_of("babble"), "broke_rules");
}
TEST(Worker, CrashesAlone) {
  EXPECT_EQ(outcome_of("crash"), "crashed");
}

TEST(Worker, GetsNoMoreMemoryThanAllowed) {
  SandboxLimits limits;
  limits.resident_bytes = uint64_t{400} << 20;
  limits.memory_bytes = uint64_t{1} << 30;
  EXPECT_NE(outcome_of("allocate", limits), "succeeded");
}

TEST(Worker, LoopsNoLongerThanItsCpuTime) {
  SandboxLimits limits;
  limits.cpu_seconds = 1;
  EXPECT_EQ(outcome_of("loop", limits), "out_of_cpu");
}

TEST(Worker, SleepsNoLongerThanItsWallTime) {
  SandboxLimits limits;
  limits.wall_seconds = 1;
  EXPECT_EQ(outcome_of("sleep", limits), "out_of_time");
}

TEST(WorkerPool, ReplacesAWorkerThatDied) {
  const auto pool = TAKE(WorkerPool::create({.workers = 1}));
  {
    auto lease = TAKE(pool->lease("eng"));
    ASSERT_OK(lease->ask(base::Json::object({{"verb", "crash"}}), -1));
    EXPECT_FALSE(lease->next().ok());
  }
  auto lease = TAKE(pool->lease("eng"));
  ASSERT_OK(lease->ask(base::Json::object({{"verb", "nothing"}}), -1));
  EXPECT_OK(lease->next());
}

TEST(WorkerPool, RetiresAWorkerAfterItsPages) {
  const auto pool = TAKE(WorkerPool::create({.workers = 1, .pages_per_worker = 1}));
  {
    auto lease = TAKE(pool->lease("eng"));
    ASSERT_OK(lease->ask(base::Json::object({{"verb", "nothing"}}), -1));
    ASSERT_OK(lease->next());
    EXPECT_EQ(pool->alive(), 1);
  }
  EXPECT_EQ(pool->alive(), 0);
}

TEST(WorkerPool, KeepsOneForTheUrgentAlone) {
  const auto pool = TAKE(WorkerPool::create({.workers = 1, .spare = 1}));
  {
    const auto usual = TAKE(pool->lease("eng"));
    const auto urgent = TAKE(pool->lease("eng", Urgency::urgent));
    EXPECT_FALSE(usual->is_for_urgent());
    EXPECT_TRUE(urgent->is_for_urgent());
  }
  {
    const auto urgent = TAKE(pool->lease("eng", Urgency::urgent));
    EXPECT_TRUE(urgent->is_for_urgent());
  }
  const auto usual = TAKE(pool->lease("eng"));
  EXPECT_FALSE(usual->is_for_urgent());
  EXPECT_EQ(pool->alive(), 2) << "both are those of before";
}

TEST(WorkerPool, LetsTheUrgentGoFirst) {
  const auto pool = TAKE(WorkerPool::create({.workers = 1}));
  std::mutex mutex;
  std::string order;
  const auto reader = [&](char name, Urgency urgency) {
    return std::thread([&, name, urgency] {
      const auto lease = TAKE(pool->lease("eng", urgency));
      const std::lock_guard lock(mutex);
      order += name;
    });
  };
  std::vector<std::thread> threads;
  {
    const auto busy = TAKE(pool->lease("eng"));
    threads.push_back(reader('a', Urgency::usual));
    threads.push_back(reader('u', Urgency::urgent));
    while (pool->waiting() < 2) std::this_thread::yield();
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(order, "ua");
}

TEST(WorkerPool, KeepsASpareWorkerForTheUrgent) {
  const auto pool = TAKE(WorkerPool::create({.workers = 1, .spare = 1}));
  std::future<bool> usual;
  {
    const auto busy = TAKE(pool->lease("eng"));
    const auto urgent = TAKE(pool->lease("eng", Urgency::urgent));
    EXPECT_EQ(pool->alive(), 2);
    usual = std::async(std::launch::async, [&] { return pool->lease("eng").ok(); });
    while (pool->waiting() < 1) std::this_thread::yield();
  }
  EXPECT_TRUE(usual.get());
}

}  // namespace
}  // namespace ocr
