// The queue in the table `jobs`.
#include "storage/job_queue.h"

#include <algorithm>

#include "storage/detail/waiters.h"

namespace storage {
namespace {

constexpr const char* kColumns =
    "id, kind, payload, priority, project_id, state, attempts, max_attempts, created_at, run_at,"
    " lease_until, ended_at, worker_host, worker_process, reason, progress, result, fence";
// The rest of an UPDATE that ends leases for which nobody answers any more.
constexpr const char* kGiveUpLease =
    "UPDATE jobs SET state = CASE WHEN attempts >= max_attempts THEN 'dead' ELSE 'ready' END,"
    " run_at = ?, ended_at = CASE WHEN attempts >= max_attempts THEN ? ELSE 0 END,"
    " lease_until = 0, reason = ? WHERE state = 'leased' ";

JobState state_of(std::string_view name) {
  for (const JobState state : {JobState::ready, JobState::leased, JobState::done}) {
    if (name_of(state) == name) return state;
  }
  return JobState::dead;
}

Result<Job> job_of(const Row& row) {
  Job job;
  job.id = row.id<JobId>(0);
  job.kind = row.text(1);
  job.payload = TRY(base::parse_json(row.text(2)));
  job.priority = static_cast<int>(row.integer(3));
  job.project = row.id<ProjectId>(4);
  job.state = state_of(row.text(5));
  job.attempts = static_cast<int>(row.integer(6));
  job.max_attempts = static_cast<int>(row.integer(7));
  job.created_at = row.integer(8);
  job.run_at = row.integer(9);
  job.lease_until = row.integer(10);
  job.ended_at = row.integer(11);
  job.worker = row.text(12).empty() ? "" : row.text(12) + "/" + row.text(13);
  job.reason = row.text(14);
  job.progress = TRY(base::parse_json(row.text(15)));
  job.result = TRY(base::parse_json(row.text(16)));
  job.fence = row.integer(17);
  return job;
}

base::Error missing_job() {
  return base::Error{base::Code::not_found, "no such job"};
}

Result<void> require_held(int64_t changed) {
  if (changed == 1) return {};
  return base::Error{base::Code::conflict, "the lease of the job is no longer held"};
}

struct Candidate {
  int64_t id = 0;
  int64_t priority = 0;
};

// The highest priority among the ready jobs of a kind; nothing if there is none.
Result<std::optional<int64_t>> highest_priority(Transaction& tx, std::string_view kind,
                                                int least_priority, base::Milliseconds now) {
  const auto row =
      TRY(tx.query_first("SELECT priority FROM jobs WHERE kind = ? AND state = 'ready'"
                         " AND priority >= ? AND run_at <= ? ORDER BY priority DESC, id LIMIT 1",
                         {kind, least_priority, now}));
  return row ? std::optional(row->integer(0)) : std::nullopt;
}

// The first ready job of one kind. Walks from project to project in the index, not from job to job:
// a project may have a million of them.
Result<Candidate> first_ready(Transaction& tx, std::string_view kind, int least_priority,
                              base::Milliseconds now) {
  const auto priority = TRY(highest_priority(tx, kind, least_priority, now));
  if (!priority) return Candidate{};
  const auto row = TRY(tx.query_first(
      "WITH RECURSIVE waiting (project) AS ("
      " SELECT min(coalesce(project_id, 0)) FROM jobs"
      "  WHERE kind = ?1 AND state = 'ready' AND priority = ?2"
      " UNION ALL"
      " SELECT (SELECT min(coalesce(project_id, 0)) FROM jobs WHERE kind = ?1 AND state = 'ready'"
      "  AND priority = ?2 AND coalesce(project_id, 0) > waiting.project)"
      "  FROM waiting WHERE waiting.project IS NOT NULL)"
      " SELECT (SELECT id FROM jobs WHERE kind = ?1 AND state = 'ready' AND priority = ?2"
      "   AND coalesce(project_id, 0) = waiting.project AND run_at <= ?3 ORDER BY id LIMIT 1) AS "
      "job,"
      "  (SELECT count(*) FROM jobs WHERE state = 'leased' AND kind = ?1"
      "   AND coalesce(project_id, 0) = waiting.project) AS busy"
      " FROM waiting WHERE waiting.project IS NOT NULL AND job IS NOT NULL"
      " ORDER BY busy, job LIMIT 1",
      {kind, *priority, now}));
  return row ? Candidate{row->integer(0), *priority} : Candidate{};
}

Result<std::vector<std::string>> ready_kinds(Transaction& tx) {
  std::vector<std::string> kinds;
  for (const Row& row : TRY(tx.query("SELECT DISTINCT kind FROM jobs WHERE state = 'ready'", {}))) {
    kinds.push_back(row.text(0));
  }
  return kinds;
}

Result<Candidate> best_ready(Transaction& tx, const Wanted& wanted, base::Milliseconds now) {
  const auto kinds = wanted.kinds.empty() ? TRY(ready_kinds(tx)) : wanted.kinds;
  Candidate best;
  for (const std::string& kind : kinds) {
    const Candidate next = TRY(first_ready(tx, kind, wanted.least_priority, now));
    const bool better = best.id == 0 || next.priority > best.priority ||
                        (next.priority == best.priority && next.id < best.id);
    if (next.id != 0 && better) best = next;
  }
  return best;
}

class TableJobQueue final : public JobQueue {
 public:
  TableJobQueue(Database& database, Clock clock, std::function<bool(std::string_view)> alive)
      : database_(database), clock_(std::move(clock)), process_alive_(std::move(alive)) {}

  Result<JobId> put(Transaction& tx, const NewJob& job) override;
  Result<JobId> put(const NewJob& job) override {
    return database_.write([&](Transaction& tx) { return put(tx, job); });
  }
  Result<std::optional<Job>> lease(const Worker& worker, const Wanted& wanted,
                                   base::Milliseconds duration) override;
  Result<std::optional<Job>> lease_or_wait(const Worker& worker, const Wanted& wanted,
                                           base::Milliseconds duration,
                                           base::Milliseconds timeout) override;
  void interrupt() override { waiters_.interrupt(); }
  Result<void> hurry(std::string_view unique_key, int priority) override {
    return database_.write([&](Transaction& tx) { return hurry(tx, unique_key, priority); });
  }
  Result<void> heartbeat(const Lease& lease, base::Milliseconds duration,
                         const base::Json& progress) override;
  Result<void> finish(Transaction& tx, const Lease& lease, const base::Json& result) override;
  Result<void> finish(const Lease& lease, const base::Json& result) override {
    return database_.write([&](Transaction& tx) { return finish(tx, lease, result); });
  }
  Result<JobState> fail(Transaction& tx, const Lease& lease, std::string_view reason,
                        Retry retry) override;
  Result<JobState> fail(const Lease& lease, std::string_view reason, Retry retry) override {
    return database_.write([&](Transaction& tx) { return fail(tx, lease, reason, retry); });
  }
  Result<void> release(const Lease& lease) override;
  Result<void> retry(Transaction& tx, JobId job) override;
  Result<void> retry(JobId job) override {
    return database_.write([&](Transaction& tx) { return retry(tx, job); });
  }
  Result<int64_t> recover(const Worker& here) override;
  Result<int64_t> reclaim_expired() override {
    return database_.write([&](Transaction& tx) { return reclaim(tx); });
  }
  Result<int64_t> forget_done(base::Milliseconds before) override;
  Result<Job> find(JobId job) override;
  Result<std::vector<Job>> list(const JobQuery& query) override;
  Result<std::map<std::string, JobCounts>> counts() override;

 private:
  void notify_after(Transaction& tx) {
    tx.after_commit([this] { waiters_.notify(); });
  }
  Result<void> hurry(Transaction& tx, std::string_view unique_key, int priority);
  Result<int64_t> reclaim(Transaction& tx);
  Result<bool> anything_to_do(const Wanted& wanted);
  Result<std::optional<Job>> take(Transaction& tx, const Worker& worker, const Wanted& wanted,
                                  base::Milliseconds duration);

  Database& database_;
  const Clock clock_;
  const std::function<bool(std::string_view)> process_alive_;
  Waiters waiters_;
};

Result<JobId> TableJobQueue::put(Transaction& tx, const NewJob& job) {
  if (!job.unique_key.empty()) {
    const auto known = TRY(
        tx.query_first("SELECT id FROM jobs WHERE unique_key = ? AND state IN ('ready', 'leased')",
                       {job.unique_key}));
    if (known) {
      TRY(hurry(tx, job.unique_key, job.priority));
      return known->id<JobId>(0);
    }
  }
  const base::Milliseconds now = clock_();
  const Value key = job.unique_key.empty() ? Value() : Value(job.unique_key);
  const int64_t id = TRY(tx.query_integer(
      "INSERT INTO jobs (kind, payload, priority, project_id, state, max_attempts, unique_key,"
      " created_at, run_at) VALUES (?, ?, ?, ?, 'ready', ?, ?, ?, ?) RETURNING id",
      {job.kind, job.payload.print(), job.priority, job.project, job.max_attempts, key, now,
       std::max(now, job.not_before)}));
  notify_after(tx);
  return JobId{id};
}

// A look without a write: idle workers cost no commit.
Result<bool> TableJobQueue::anything_to_do(const Wanted& wanted) {
  return database_.read([&](Transaction& tx) -> Result<bool> {
    const base::Milliseconds now = clock_();
    if (TRY(best_ready(tx, wanted, now)).id != 0) return true;
    const auto expired = TRY(tx.query_first(
        "SELECT 1 FROM jobs WHERE state = 'leased' AND lease_until <= ? LIMIT 1", {now}));
    return expired.has_value();
  });
}

Result<std::optional<Job>> TableJobQueue::take(Transaction& tx, const Worker& worker,
                                               const Wanted& wanted, base::Milliseconds duration) {
  TRY(reclaim(tx));
  const base::Milliseconds now = clock_();
  const Candidate best = TRY(best_ready(tx, wanted, now));
  if (best.id == 0) return std::optional<Job>();
  const Rows rows =
      TRY(tx.query("UPDATE jobs SET state = 'leased', attempts = attempts + 1, fence = fence + 1, "
                   "lease_until = ?, worker_host = ?,"
                   " worker_process = ?, progress = 'null' WHERE id = ? RETURNING " +
                       std::string(kColumns),
                   {now + duration, worker.host, worker.process, best.id}));
  return std::optional<Job>(TRY(job_of(rows.front())));
}

Result<std::optional<Job>> TableJobQueue::lease(const Worker& worker, const Wanted& wanted,
                                                base::Milliseconds duration) {
  if (!TRY(anything_to_do(wanted))) return std::optional<Job>();
  return database_.write([&](Transaction& tx) { return take(tx, worker, wanted, duration); });
}

Result<std::optional<Job>> TableJobQueue::lease_or_wait(const Worker& worker, const Wanted& wanted,
                                                        base::Milliseconds duration,
                                                        base::Milliseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout);
  while (!waiters_.interrupted()) {
    const uint64_t ticket = waiters_.ticket();
    auto job = TRY(lease(worker, wanted, duration));
    if (job || std::chrono::steady_clock::now() >= deadline) return job;
    waiters_.wait(ticket, deadline);
  }
  return std::optional<Job>();
}

Result<void> TableJobQueue::hurry(Transaction& tx, std::string_view unique_key, int priority) {
  const int64_t raised =
      TRY(tx.execute("UPDATE jobs SET priority = ? WHERE unique_key = ? AND state = 'ready'"
                     " AND priority < ?",
                     {priority, unique_key, priority}));
  if (raised > 0) notify_after(tx);
  return {};
}

Result<void> TableJobQueue::heartbeat(const Lease& lease, base::Milliseconds duration,
                                      const base::Json& progress) {
  return database_.write([&](Transaction& tx) -> Result<void> {
    return require_held(TRY(tx.execute(
        "UPDATE jobs SET lease_until = ?, progress = CASE WHEN ? = 'null' THEN progress ELSE ? END"
        " WHERE id = ? AND fence = ? AND state = 'leased'",
        {clock_() + duration, progress.print(), progress.print(), lease.job, lease.fence})));
  });
}

Result<void> TableJobQueue::finish(Transaction& tx, const Lease& lease, const base::Json& result) {
  return require_held(
      TRY(tx.execute("UPDATE jobs SET state = 'done', result = ?, ended_at = ?, lease_until = 0"
                     " WHERE id = ? AND fence = ? AND state = 'leased'",
                     {result.print(), clock_(), lease.job, lease.fence})));
}

Result<JobState> TableJobQueue::fail(Transaction& tx, const Lease& lease, std::string_view reason,
                                     Retry retry) {
  const base::Milliseconds now = clock_();
  const int64_t attempts = TRY(
      tx.query_integer("SELECT coalesce(max(attempts), 0) FROM jobs WHERE id = ?", {lease.job}));
  const Rows rows = TRY(
      tx.query("UPDATE jobs SET reason = ?, lease_until = 0, run_at = ?,"
               " state = CASE WHEN ? = 0 OR attempts >= max_attempts THEN 'dead' ELSE 'ready' END,"
               " ended_at = CASE WHEN ? = 0 OR attempts >= max_attempts THEN ? ELSE 0 END"
               " WHERE id = ? AND fence = ? AND state = 'leased' RETURNING state",
               {reason, now + retry_pause(static_cast<int>(attempts)), retry == Retry::later,
                retry == Retry::later, now, lease.job, lease.fence}));
  TRY(require_held(static_cast<int64_t>(rows.size())));
  return state_of(rows.front().text(0));
}

Result<void> TableJobQueue::release(const Lease& lease) {
  return database_.write([&](Transaction& tx) -> Result<void> {
    notify_after(tx);
    return require_held(TRY(tx.execute(
        "UPDATE jobs SET state = 'ready', attempts = attempts - 1, lease_until = 0, run_at = ?"
        " WHERE id = ? AND fence = ? AND state = 'leased'",
        {clock_(), lease.job, lease.fence})));
  });
}

Result<void> TableJobQueue::retry(Transaction& tx, JobId job) {
  const auto row = TRY(tx.query_first("SELECT state FROM jobs WHERE id = ?", {job}));
  if (!row) return missing_job();
  if (row->text(0) != "dead") {
    return base::Error{base::Code::conflict, "the job is " + row->text(0) + ", not dead"};
  }
  TRY(
      tx.execute("UPDATE jobs SET state = 'ready', attempts = 0, run_at = ?, ended_at = 0"
                 " WHERE id = ?",
                 {clock_(), job}));
  notify_after(tx);
  return {};
}

Result<int64_t> TableJobQueue::reclaim(Transaction& tx) {
  const base::Milliseconds now = clock_();
  const int64_t count = TRY(tx.execute(std::string(kGiveUpLease) + "AND lease_until <= ?",
                                       {now, now, "the worker did not answer in time", now}));
  if (count > 0) notify_after(tx);
  return count;
}

Result<int64_t> TableJobQueue::recover(const Worker& here) {
  return database_.write([&](Transaction& tx) -> Result<int64_t> {
    const base::Milliseconds now = clock_();
    int64_t count = 0;
    for (const Row& row : TRY(tx.query("SELECT DISTINCT worker_process FROM jobs"
                                       " WHERE state = 'leased' AND worker_host = ?",
                                       {here.host}))) {
      if (row.text(0) == here.process || process_alive_(row.text(0))) continue;
      count += TRY(tx.execute(
          "UPDATE jobs SET state = 'ready', attempts = attempts - 1, lease_until = 0, run_at = ?,"
          " reason = ? WHERE state = 'leased' AND worker_host = ? AND worker_process = ?",
          {now, "the worker's process ended", here.host, row.text(0)}));
    }
    if (count > 0) notify_after(tx);
    return count;
  });
}

Result<int64_t> TableJobQueue::forget_done(base::Milliseconds before) {
  return database_.write([&](Transaction& tx) {
    return tx.execute("DELETE FROM jobs WHERE state = 'done' AND ended_at < ?", {before});
  });
}

Result<Job> TableJobQueue::find(JobId job) {
  return database_.read([&](Transaction& tx) -> Result<Job> {
    const auto row =
        TRY(tx.query_first("SELECT " + std::string(kColumns) + " FROM jobs WHERE id = ?", {job}));
    if (!row) return missing_job();
    return job_of(*row);
  });
}

Result<std::vector<Job>> TableJobQueue::list(const JobQuery& query) {
  return database_.read([&](Transaction& tx) -> Result<std::vector<Job>> {
    const Value state = query.state ? Value(name_of(*query.state)) : Value();
    std::vector<Job> jobs;
    for (const Row& row :
         TRY(tx.query("SELECT " + std::string(kColumns) +
                          " FROM jobs WHERE (? IS NULL OR state = ?) AND (? = '' OR kind = ?)"
                          " AND (? IS NULL OR project_id = ?) AND (? IS NULL OR id < ?)"
                          " ORDER BY id DESC LIMIT ?",
                      {state, state, query.kind, query.kind, query.project, query.project,
                       query.after, query.after, query.limit}))) {
      jobs.push_back(TRY(job_of(row)));
    }
    return jobs;
  });
}

Result<std::map<std::string, JobCounts>> TableJobQueue::counts() {
  return database_.read([&](Transaction& tx) -> Result<std::map<std::string, JobCounts>> {
    std::map<std::string, JobCounts> counts;
    for (const Row& row : TRY(tx.query("SELECT kind, state, count(*), min(created_at) FROM jobs"
                                       " GROUP BY kind, state"))) {
      JobCounts& of_kind = counts[row.text(0)];
      switch (state_of(row.text(1))) {
        case JobState::ready:
          of_kind.ready = row.integer(2);
          of_kind.oldest_ready_at = row.integer(3);
          break;
        case JobState::leased:
          of_kind.leased = row.integer(2);
          break;
        case JobState::done:
          of_kind.done = row.integer(2);
          break;
        case JobState::dead:
          of_kind.dead = row.integer(2);
          break;
      }
    }
    return counts;
  });
}

}  // namespace

std::string_view name_of(JobState state) {
  switch (state) {
    case JobState::ready:
      return "ready";
    case JobState::leased:
      return "leased";
    case JobState::done:
      return "done";
    case JobState::dead:
      return "dead";
  }
  return "dead";
}

base::Milliseconds retry_pause(int attempts) {
  constexpr base::Milliseconds kFirst = 5'000;
  constexpr base::Milliseconds kLongest = 3'600'000;
  base::Milliseconds pause = kFirst;
  for (int i = 1; i < attempts && pause < kLongest; ++i) pause *= 4;
  return std::min(pause, kLongest);
}

std::unique_ptr<JobQueue> make_job_queue(Database& database, Clock clock,
                                         std::function<bool(std::string_view)> process_alive) {
  return std::make_unique<TableJobQueue>(database, std::move(clock), std::move(process_alive));
}

}  // namespace storage
