// Durable work. A seam with a contract suite (tests/storage/job_queue_contract.h).
//
//   jobs.put(tx, {.kind = "process", .payload = Json::object({{"document", id}})});  // with its
//   row while (auto job = TRY(jobs.lease_or_wait(worker, wanted, 60'000, timeout))) {
//     ... every 20 s: TRY(jobs.heartbeat(job->lease(), 60'000));      // conflict: lost, stop
//     TRY(db.write([&](auto& tx) { ...; return jobs.finish(tx, job->lease(), result); }));
//   }
//
// Each job is leased to one worker at a time. A lease that is neither renewed nor ended comes back
// when its time is over, or at once when a new process on the same host finds the old one gone:
// a crash costs time only, so work must be repeatable. A lease is also a fence: its holder's late
// finish is refused (conflict) once someone else holds the job. Taking a job counts as an attempt;
// after max_attempts it goes to the dead letters with its reason, until retry().
// May be used from any thread.
#pragma once

#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "storage/database.h"

namespace storage {

struct NewJob {
  std::string kind;
  base::Json payload = base::Json::object();
  int priority = 0;  // higher first
  ProjectId project = {};
  base::Milliseconds not_before = 0;
  int max_attempts = 5;
  // If not empty: a second put with the key of a job that is ready or leased returns that job,
  // which is as urgent from then on as the more urgent of the two.
  std::string unique_key = {};
};

enum class JobState { ready, leased, done, dead };
std::string_view name_of(JobState state);

// Proof of holding a job: its id and a number that every new lease of it counts up.
struct Lease {
  JobId job;
  int64_t fence = 0;
  bool operator==(const Lease&) const = default;
};

struct Job {
  JobId id;
  std::string kind;
  base::Json payload;
  int priority = 0;
  ProjectId project;
  JobState state = JobState::ready;
  int attempts = 0;
  int max_attempts = 0;
  base::Milliseconds created_at = 0;
  base::Milliseconds run_at = 0;       // ready: not before
  base::Milliseconds lease_until = 0;  // leased
  base::Milliseconds ended_at = 0;     // done, dead
  std::string worker;                  // who holds or held it
  std::string reason;                  // of the last failure
  base::Json progress;                 // of the last heartbeat
  base::Json result;                   // done

  int64_t fence = 0;  // of the current or last lease

  Lease lease() const { return {id, fence}; }
};

// Who takes jobs. `process` names a process so that its end can be noticed on the same host.
struct Worker {
  std::string host;
  std::string process;
  // This process and host.
  static Worker here();
  std::string text() const { return host + "/" + process; }
};
// Whether the process of that name still runs on this host.
bool process_is_alive(std::string_view process);

enum class Retry { later, never };

struct JobCounts {
  int64_t ready = 0;
  int64_t leased = 0;
  int64_t done = 0;
  int64_t dead = 0;
  base::Milliseconds oldest_ready_at = 0;  // 0: none
  bool operator==(const JobCounts&) const = default;
};

struct JobQuery {
  std::optional<JobState> state = {};
  std::string kind = {};   // empty: any
  ProjectId project = {};  // none: any
  JobId after = {};        // newest first; continue after the last one seen
  size_t limit = 100;
};

// Which jobs a worker takes.
struct Wanted {
  std::vector<std::string> kinds = {};  // any if none is named
  int least_priority = std::numeric_limits<int>::min();
};

class JobQueue {
 public:
  virtual ~JobQueue() = default;

  // In the caller's transaction: the job exists if and only if the rest does.
  virtual Result<JobId> put(Transaction& tx, const NewJob& job) = 0;
  virtual Result<JobId> put(const NewJob& job) = 0;

  // The best ready job, or nothing: of the highest priority; among these of the project that holds
  // the fewest leased jobs of the kind, so that no project's thousands hold up another's one; among
  // these the oldest.
  virtual Result<std::optional<Job>> lease(const Worker& worker, const Wanted& wanted,
                                           base::Milliseconds duration) = 0;
  // Waits up to `timeout` for one; nothing at its end or after interrupt().
  virtual Result<std::optional<Job>> lease_or_wait(const Worker& worker, const Wanted& wanted,
                                                   base::Milliseconds duration,
                                                   base::Milliseconds timeout) = 0;
  // Raises the priority of the ready job with this key; nothing if there is none, or it has it.
  virtual Result<void> hurry(std::string_view unique_key, int priority) = 0;
  // Ends all waiting now and for ever: the process stops.
  virtual void interrupt() = 0;

  // conflict: the lease is no longer held; drop the work.
  virtual Result<void> heartbeat(const Lease& lease, base::Milliseconds duration,
                                 const base::Json& progress = {}) = 0;
  virtual Result<void> finish(Transaction& tx, const Lease& lease,
                              const base::Json& result = {}) = 0;
  virtual Result<void> finish(const Lease& lease, const base::Json& result = {}) = 0;
  // later: back to ready after a growing pause, or dead if no attempt is left. never: dead.
  virtual Result<JobState> fail(Transaction& tx, const Lease& lease, std::string_view reason,
                                Retry retry) = 0;
  virtual Result<JobState> fail(const Lease& lease, std::string_view reason, Retry retry) = 0;
  // Back to ready at once, the attempt not counted: for a graceful stop.
  virtual Result<void> release(const Lease& lease) = 0;

  // A dead job becomes ready with fresh attempts. conflict in any other state.
  virtual Result<void> retry(Transaction& tx, JobId job) = 0;
  virtual Result<void> retry(JobId job) = 0;

  // At start-up: jobs whose process on this host is gone become ready. The attempt does not count:
  // what ended the process ended many jobs, and was hardly the doing of each. Returns how many.
  virtual Result<int64_t> recover(const Worker& here) = 0;
  // Leases whose time is over become ready, or dead if no attempt is left; leasing does it by
  // itself.
  virtual Result<int64_t> reclaim_expired() = 0;
  // Forgets done jobs that ended before the moment.
  virtual Result<int64_t> forget_done(base::Milliseconds before) = 0;

  virtual Result<Job> find(JobId job) = 0;  // not_found
  virtual Result<std::vector<Job>> list(const JobQuery& query) = 0;
  virtual Result<std::map<std::string, JobCounts>> counts() = 0;  // by kind
};

using Clock = std::function<base::Milliseconds()>;

// The queue in the table `jobs`. The database must outlive it. `process_alive` decides recover().
std::unique_ptr<JobQueue> make_job_queue(
    Database& database, Clock clock = base::now_milliseconds,
    std::function<bool(std::string_view)> process_alive = process_is_alive);

// The pause before attempt number `attempts` + 1: 5 s, 20 s, 80 s, ... at most an hour.
base::Milliseconds retry_pause(int attempts);

}  // namespace storage
