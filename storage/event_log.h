// What happened, for machines and browsers: durable, in order, replayable from a cursor.
//
//   TRY(events.append(tx, {.type = "document.uploaded", .project = p, .subject = id}));
//   const auto batch = TRY(events.read({.project = p, .after = cursor}));        // at once
//   const auto live = TRY(events.read_or_wait(query, 30'000));                   // for SSE
//
// An event is appended in the transaction of what it tells of: both happen or neither. Sequence
// numbers ascend without reuse; a reader that has seen n has seen all up to n (there is one
// writer). Waiters are woken after the commit. May be used from any thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "storage/database.h"

namespace storage {

struct NewEvent {
  std::string type = {};  // "document.uploaded"; the prefix of the host's domain is added outside
  ProjectId project = {};
  std::string subject = {};  // the resource, e.g. a document id
  base::Json data = base::Json::object();
};

struct Event {
  int64_t sequence = 0;
  std::string id;  // a ULID: CloudEvents' id
  std::string type;
  ProjectId project;
  std::string subject;
  base::Json data;
  base::Milliseconds at = 0;
};

struct EventQuery {
  std::vector<ProjectId> projects = {};  // empty: all
  std::string type_prefix = {};          // "document."; empty: any
  int64_t after = 0;                     // the last sequence seen
  size_t limit = 100;
};

struct EventBatch {
  std::vector<Event> events;
  // Where to go on: the last event, or, if none matched, the end of what was searched.
  int64_t cursor = 0;
};

class EventLog {
 public:
  // The database must outlive the log.
  explicit EventLog(Database& database);
  ~EventLog();

  Result<int64_t> append(Transaction& tx, const NewEvent& event);
  Result<EventBatch> read(const EventQuery& query);
  // Up to `timeout` milliseconds for at least one event; may return none.
  Result<EventBatch> read_or_wait(const EventQuery& query, base::Milliseconds timeout);
  // The last sequence, 0 if there is none: where "from now on" begins.
  Result<int64_t> last();
  // Ends all waiting now and for ever.
  void interrupt();
  Result<int64_t> forget_before(base::Milliseconds moment);

 private:
  Database& database_;
  std::unique_ptr<class Waiters> waiters_;
};

}  // namespace storage
