// What every JobQueue promises. Another one joins by a line at the end.
#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "storage/job_queue.h"
#include "tests/support/result_matchers.h"

namespace storage {
namespace {

using base::Json;

struct Backend {
  const char* name;
  std::function<Result<std::unique_ptr<Database>>(const base::Path& directory)> open;
};

class JobQueueContract : public testing::TestWithParam<Backend> {
 protected:
  JobId put(const std::string& kind = "process", int priority = 0) {
    return TAKE(queue->put({.kind = kind, .priority = priority}));
  }
  std::optional<Job> take(std::vector<std::string> kinds = {}) {
    return TAKE(queue->lease(worker, {.kinds = std::move(kinds)}, 60'000));
  }
  Job find(JobId id) { return TAKE(queue->find(id)); }

  base::TempDir dir = TAKE(base::TempDir::create());
  std::unique_ptr<Database> db = TAKE(GetParam().open(dir.path()));
  base::Milliseconds now = 1'000'000;
  std::set<std::string, std::less<>> alive = {"me", "living"};
  std::unique_ptr<JobQueue> queue = make_job_queue(
      *db, [this] { return now; }, [this](std::string_view p) { return alive.contains(p); });
  const Worker worker = {"host", "me"};
};

TEST_P(JobQueueContract, GivesBackWhatWasPut) {
  const JobId id = TAKE(queue->put({.kind = "process",
                                    .payload = Json::object({{"document", "d"}}),
                                    .priority = 3,
                                    .project = ProjectId{7},
                                    .max_attempts = 2}));
  const Job job = take().value();
  EXPECT_EQ(job.id, id);
  EXPECT_EQ(job.kind, "process");
  EXPECT_EQ(job.payload, Json::object({{"document", "d"}}));
  EXPECT_EQ(job.project, ProjectId{7});
  EXPECT_EQ(job.state, JobState::leased);
  EXPECT_EQ(job.attempts, 1);
  EXPECT_EQ(job.worker, "host/me");
  EXPECT_EQ(job.lease_until, now + 60'000);
}

TEST_P(JobQueueContract, GivesEachJobToOneWorker) {
  constexpr int kJobs = 40;
  for (int i = 0; i < kJobs; ++i) put();
  std::mutex mutex;
  std::multiset<int64_t> taken;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      while (const auto job = take()) {
        const std::lock_guard lock(mutex);
        taken.insert(job->id.value);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(taken.size(), size_t{kJobs});
  EXPECT_EQ(std::set<int64_t>(taken.begin(), taken.end()).size(), size_t{kJobs});
}

TEST_P(JobQueueContract, GivesTheUrgentFirstThenTheOldest) {
  const JobId low = put("a", 0), second = put("b", 5), third = put("a", 5);
  EXPECT_EQ(take({"a", "b"})->id, second);
  EXPECT_EQ(take()->id, third);
  EXPECT_EQ(take({"b", "a"})->id, low);
  EXPECT_FALSE(take());
}

TEST_P(JobQueueContract, GivesOnlyTheAskedKinds) {
  put("a");
  EXPECT_FALSE(take({"b", "c"}));
  EXPECT_TRUE(take({"b", "a"}));
}

TEST_P(JobQueueContract, TurnsFromProjectToProject) {
  const auto put_for = [&](int64_t project) {
    return TAKE(queue->put({.kind = "process", .project = ProjectId{project}}));
  };
  std::vector<JobId> many;
  for (int i = 0; i < 5; ++i) many.push_back(put_for(1));
  const JobId one = put_for(2);
  const JobId another = put_for(3);
  EXPECT_EQ(take()->id, many[0]);
  EXPECT_EQ(take()->id, one);
  EXPECT_EQ(take()->id, another);
  EXPECT_EQ(take()->id, many[1]);
}

TEST_P(JobQueueContract, CountsAgainstAProjectOnlyWhatItHolds) {
  const JobId first = TAKE(queue->put({.kind = "process", .project = ProjectId{1}}));
  const JobId second = TAKE(queue->put({.kind = "process", .project = ProjectId{1}}));
  const JobId other = TAKE(queue->put({.kind = "process", .project = ProjectId{2}}));
  const Job held = take().value();
  EXPECT_EQ(held.id, first);
  ASSERT_OK(queue->finish(held.lease()));
  EXPECT_EQ(take()->id, second);
  EXPECT_EQ(take()->id, other);
}

TEST_P(JobQueueContract, KeepsALaneForTheUrgent) {
  const JobId low = put("process", 0);
  const Wanted urgent{{"process"}, 50};
  EXPECT_FALSE(TAKE(queue->lease(worker, urgent, 60'000)));
  const JobId high = put("process", 50);
  EXPECT_EQ(TAKE(queue->lease(worker, urgent, 60'000))->id, high);
  EXPECT_EQ(take()->id, low);
}

TEST_P(JobQueueContract, HurriesAJobThatWaits) {
  put("process", 0);
  const JobId late = TAKE(queue->put({.kind = "process", .unique_key = "7/d"}));
  ASSERT_OK(queue->hurry("7/d", 50));
  ASSERT_OK(queue->hurry("7/d", 20));  // never slower
  const Job job = take().value();
  EXPECT_EQ(job.id, late);
  EXPECT_EQ(job.priority, 50);
  EXPECT_OK(queue->hurry("7/unknown", 50));
}

TEST_P(JobQueueContract, AJobExistsIfTheRestDoes) {
  (void)db->write([&](Transaction& tx) -> Result<void> {
    TRY(queue->put(tx, {.kind = "process"}));
    return base::Error{base::Code::denied, "no"};
  });
  EXPECT_FALSE(take());
}

TEST_P(JobQueueContract, WaitsUntilItIsTime) {
  TAKE(queue->put({.kind = "later", .not_before = now + 10}));
  EXPECT_FALSE(take());
  now += 10;
  EXPECT_TRUE(take());
}

TEST_P(JobQueueContract, PutsAUniqueJobOnce) {
  const NewJob job = {.kind = "process", .unique_key = "document/1"};
  const JobId first = TAKE(queue->put(job));
  EXPECT_EQ(TAKE(queue->put(job)), first);
  const Job taken = take().value();
  EXPECT_EQ(TAKE(queue->put(job)), first);
  ASSERT_OK(queue->finish(taken.lease()));
  EXPECT_NE(TAKE(queue->put(job)), first);
}

TEST_P(JobQueueContract, AUniqueJobIsAsUrgentAsItsMostUrgentPut) {
  put("process", 10);
  const JobId bulk = TAKE(queue->put({.kind = "process", .unique_key = "document/1"}));
  for (const int priority : {20, 5}) {
    TAKE(queue->put({.kind = "process", .priority = priority, .unique_key = "document/1"}));
  }
  const Job taken = take().value();
  EXPECT_EQ(taken.id, bulk);
  EXPECT_EQ(taken.priority, 20);
}

TEST_P(JobQueueContract, FinishesWithAResult) {
  const JobId id = put();
  ASSERT_OK(queue->finish(take()->lease(), Json::object({{"pages", 3}})));
  EXPECT_EQ(find(id).state, JobState::done);
  EXPECT_EQ(find(id).result, Json::object({{"pages", 3}}));
  EXPECT_EQ(find(id).ended_at, now);
  EXPECT_FALSE(take());
}

TEST_P(JobQueueContract, FinishesTogetherWithTheRest) {
  const JobId id = put();
  const Lease lease = take()->lease();
  (void)db->write([&](Transaction& tx) -> Result<void> {
    TRY(queue->finish(tx, lease));
    return base::Error{base::Code::denied, "no"};
  });
  EXPECT_EQ(find(id).state, JobState::leased);
}

TEST_P(JobQueueContract, TriesAgainAfterAGrowingPause) {
  const JobId id = put();
  for (int attempt = 1; attempt < 5; ++attempt) {
    const Job job = take().value();
    EXPECT_EQ(TAKE(queue->fail(job.lease(), "the disk is full", Retry::later)), JobState::ready);
    EXPECT_FALSE(take());
    EXPECT_EQ(find(id).run_at, now + retry_pause(attempt));
    now += retry_pause(attempt);
  }
  EXPECT_EQ(TAKE(queue->fail(take()->lease(), "the disk is full", Retry::later)), JobState::dead);
  EXPECT_EQ(find(id).reason, "the disk is full");
  now += 1'000'000'000;
  EXPECT_FALSE(take());
}

TEST_P(JobQueueContract, GivesUpAtOnceWhenToldSo) {
  const JobId id = put();
  EXPECT_EQ(TAKE(queue->fail(take()->lease(), "encrypted", Retry::never)), JobState::dead);
  EXPECT_EQ(find(id).reason, "encrypted");
}

TEST_P(JobQueueContract, RetriesADeadJobWithFreshAttempts) {
  const JobId id = put();
  TAKE(queue->fail(take()->lease(), "encrypted", Retry::never));
  ASSERT_OK(queue->retry(id));
  EXPECT_EQ(take()->attempts, 1);
  EXPECT_EQ(test::code_of(queue->retry(id)), base::Code::conflict);
  EXPECT_EQ(test::code_of(queue->retry(JobId{99})), base::Code::not_found);
}

TEST_P(JobQueueContract, AHeartbeatKeepsTheLeaseAndTellsProgress) {
  const JobId id = put();
  const Lease lease = take()->lease();
  now += 59'999;
  ASSERT_OK(queue->heartbeat(lease, 60'000, Json::object({{"page", 2}})));
  now += 59'999;
  ASSERT_OK(queue->heartbeat(lease, 60'000));
  EXPECT_FALSE(take());
  EXPECT_EQ(find(id).progress, Json::object({{"page", 2}}));
}

TEST_P(JobQueueContract, AnExpiredLeaseGoesToTheNext) {
  const JobId id = put();
  const Lease late = take()->lease();
  now += 60'000;
  const Job again = take().value();
  EXPECT_EQ(again.id, id);
  EXPECT_EQ(again.attempts, 2);
  EXPECT_EQ(test::code_of(queue->heartbeat(late, 60'000)), base::Code::conflict);
  EXPECT_EQ(test::code_of(queue->finish(late)), base::Code::conflict);
  EXPECT_EQ(test::code_of(queue->fail(late, "late", Retry::never)), base::Code::conflict);
  EXPECT_OK(queue->finish(again.lease()));
}

TEST_P(JobQueueContract, AJobThatKillsItsWorkersEndsAsDead) {
  const JobId id = TAKE(queue->put({.kind = "process", .max_attempts = 2}));
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(take());
    now += 60'000;
  }
  EXPECT_FALSE(take());
  EXPECT_EQ(find(id).state, JobState::dead);
  EXPECT_EQ(find(id).reason, "the worker did not answer in time");
}

TEST_P(JobQueueContract, AReleasedJobCostsNoAttempt) {
  put();
  const Job job = take().value();
  ASSERT_OK(queue->release(job.lease()));
  const Job again = take().value();
  EXPECT_EQ(again.attempts, 1);
  EXPECT_EQ(test::code_of(queue->finish(job.lease())), base::Code::conflict);
}

TEST_P(JobQueueContract, RecoversTheJobsOfADeadProcess) {
  const JobId dead = put(), living = put(), elsewhere = put();
  ASSERT_TRUE(TAKE(queue->lease({"host", "dead"}, {}, 60'000)));
  ASSERT_TRUE(TAKE(queue->lease({"host", "living"}, {}, 60'000)));
  ASSERT_TRUE(TAKE(queue->lease({"other", "dead"}, {}, 60'000)));
  EXPECT_EQ(TAKE(queue->recover(worker)), 1);
  EXPECT_EQ(find(dead).state, JobState::ready);
  EXPECT_EQ(find(living).state, JobState::leased);
  EXPECT_EQ(find(elsewhere).state, JobState::leased);
}

TEST_P(JobQueueContract, CountsNoAttemptThatEndedWithItsProcess) {
  const JobId job = put();
  for (int restart = 0; restart < 10; ++restart) {
    ASSERT_TRUE(TAKE(queue->lease({"host", "dead"}, {}, 60'000)));
    ASSERT_EQ(TAKE(queue->recover(worker)), 1);
  }
  EXPECT_EQ(find(job).state, JobState::ready);
  EXPECT_EQ(find(job).attempts, 0);
}

TEST_P(JobQueueContract, WakesAWaitingWorker) {
  std::optional<Job> job;
  std::thread waiting([&] { job = TAKE(queue->lease_or_wait(worker, {}, 60'000, 60'000)); });
  put();
  waiting.join();
  EXPECT_TRUE(job);
}

TEST_P(JobQueueContract, StopsWaitingWhenInterrupted) {
  std::thread waiting(
      [&] { EXPECT_FALSE(TAKE(queue->lease_or_wait(worker, {}, 60'000, 3'600'000))); });
  queue->interrupt();
  waiting.join();
  put();
  EXPECT_FALSE(TAKE(queue->lease_or_wait(worker, {}, 60'000, 3'600'000)));
}

TEST_P(JobQueueContract, DoesNotWaitWithoutATimeout) {
  EXPECT_FALSE(TAKE(queue->lease_or_wait(worker, {}, 60'000, 0)));
}

TEST_P(JobQueueContract, CountsByKindAndState) {
  put("a");
  now += 5;
  put("a"), put("b");
  ASSERT_OK(queue->finish(take({"b"})->lease()));
  const auto counts = TAKE(queue->counts());
  EXPECT_EQ(counts.at("a"), (JobCounts{.ready = 2, .oldest_ready_at = now - 5}));
  EXPECT_EQ(counts.at("b"), (JobCounts{.done = 1}));
}

TEST_P(JobQueueContract, ListsTheNewestFirst) {
  const JobId first = put("a"), second = put("b"), third = put("a");
  const auto all = TAKE(queue->list({}));
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all.front().id, third);
  EXPECT_EQ(TAKE(queue->list({.kind = "b"})).front().id, second);
  EXPECT_EQ(TAKE(queue->list({.after = second})).front().id, first);
  EXPECT_TRUE(TAKE(queue->list({.state = JobState::dead})).empty());
  EXPECT_EQ(TAKE(queue->list({.limit = 2})).size(), 2u);
}

TEST_P(JobQueueContract, ForgetsWhatIsLongDone) {
  const JobId old = put();
  ASSERT_OK(queue->finish(take()->lease()));
  now += 10;
  put();
  EXPECT_EQ(TAKE(queue->forget_done(now)), 1);
  EXPECT_EQ(test::code_of(queue->find(old)), base::Code::not_found);
}

TEST_P(JobQueueContract, KeepsJobsWhenTheServerStartsAgain) {
  const JobId id = put();
  queue.reset();
  db.reset();
  db = TAKE(GetParam().open(dir.path()));
  queue = make_job_queue(*db, [this] { return now; });
  EXPECT_EQ(take()->id, id);
}

TEST(RetryPause, GrowsToAnHour) {
  EXPECT_EQ(retry_pause(1), 5'000);
  EXPECT_EQ(retry_pause(2), 20'000);
  EXPECT_EQ(retry_pause(100), 3'600'000);
}

TEST(Process, KnowsItself) {
  const Worker here = Worker::here();
  EXPECT_FALSE(here.host.empty());
  EXPECT_TRUE(process_is_alive(here.process));
}

TEST(Process, KnowsThatOthersAreGone) {
  const auto parts = Worker::here().process;
  EXPECT_FALSE(process_is_alive(""));
  EXPECT_FALSE(process_is_alive("999999999-1-00000000"));
  EXPECT_FALSE(process_is_alive("0" + parts.substr(parts.find('-'))));
}

INSTANTIATE_TEST_SUITE_P(Sqlite, JobQueueContract,
                         testing::Values(Backend{"Sqlite",
                                                 [](const base::Path& directory) {
                                                   return open_sqlite(directory / "glossator.db");
                                                 }}),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace storage
