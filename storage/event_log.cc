#include "storage/event_log.h"

#include "base/random.h"
#include "storage/detail/waiters.h"

namespace storage {
namespace {

std::string placeholders(size_t count) {
  std::string text = "?";
  for (size_t i = 1; i < count; ++i) text += ", ?";
  return text;
}

Result<Event> event_of(const Row& row) {
  Event event;
  event.sequence = row.integer(0);
  event.id = row.text(1);
  event.type = row.text(2);
  event.project = row.id<ProjectId>(3);
  event.subject = row.text(4);
  event.data = TRY(base::parse_json(row.text(5)));
  event.at = row.integer(6);
  return event;
}

Result<Rows> select(Transaction& tx, const EventQuery& query) {
  std::string sql =
      "SELECT sequence, id, type, project_id, subject, data, at FROM events WHERE sequence > ?";
  Values parameters = {query.after};
  if (!query.projects.empty()) {
    sql += " AND project_id IN (" + placeholders(query.projects.size()) + ")";
    for (const ProjectId project : query.projects) parameters.emplace_back(project);
  }
  if (!query.type_prefix.empty()) {
    sql += " AND substr(type, 1, ?) = ?";
    parameters.emplace_back(query.type_prefix.size());
    parameters.emplace_back(query.type_prefix);
  }
  parameters.emplace_back(query.limit);
  return tx.query(sql + " ORDER BY sequence LIMIT ?", parameters);
}

// Survives forgetting: AUTOINCREMENT remembers.
Result<int64_t> last_sequence(Transaction& tx) {
  return tx.query_integer(
      "SELECT coalesce((SELECT max(sequence) FROM events),"
      " (SELECT seq FROM sqlite_sequence WHERE name = 'events'), 0)");
}

}  // namespace

EventLog::EventLog(Database& database)
    : database_(database), waiters_(std::make_unique<Waiters>()) {}
EventLog::~EventLog() = default;

Result<int64_t> EventLog::append(Transaction& tx, const NewEvent& event) {
  const Rows rows = TRY(tx.query(
      "INSERT INTO events (id, type, project_id, subject, data, at) VALUES (?, ?, ?, ?, ?, ?)"
      " RETURNING sequence",
      {base::new_ulid(), event.type, event.project, event.subject, event.data.print(),
       base::now_milliseconds()}));
  tx.after_commit([this] { waiters_->notify(); });
  return rows.front().integer(0);
}

Result<EventBatch> EventLog::read(const EventQuery& query) {
  return database_.read([&](Transaction& tx) -> Result<EventBatch> {
    EventBatch batch;
    for (const Row& row : TRY(select(tx, query))) batch.events.push_back(TRY(event_of(row)));
    if (batch.events.empty()) {
      batch.cursor = std::max(query.after, TRY(last_sequence(tx)));
    } else {
      batch.cursor = batch.events.back().sequence;
    }
    return batch;
  });
}

Result<EventBatch> EventLog::read_or_wait(const EventQuery& query, base::Milliseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout);
  while (true) {
    const uint64_t ticket = waiters_->ticket();
    EventBatch batch = TRY(read(query));
    const bool over = std::chrono::steady_clock::now() >= deadline || waiters_->interrupted();
    if (!batch.events.empty() || over) return batch;
    waiters_->wait(ticket, deadline);
  }
}

Result<int64_t> EventLog::last() {
  return database_.read([](Transaction& tx) { return last_sequence(tx); });
}

void EventLog::interrupt() {
  waiters_->interrupt();
}

Result<int64_t> EventLog::forget_before(base::Milliseconds moment) {
  return database_.write(
      [&](Transaction& tx) { return tx.execute("DELETE FROM events WHERE at < ?", {moment}); });
}

}  // namespace storage
