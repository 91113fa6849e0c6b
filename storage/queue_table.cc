#include "storage/queue_table.h"

#include <algorithm>
#include <string>
#include <vector>

#include "storage/reading_table.h"

namespace storage {
namespace {

// A piece of a statement and the parameters that it brings.
struct Clause {
  std::string sql = {};
  Values parameters = {};

  void add(std::string_view text, std::initializer_list<Value> values = {}) {
    sql += text;
    parameters.insert(parameters.end(), values.begin(), values.end());
  }
};

constexpr std::string_view kAll = " FROM documents d";
constexpr std::string_view kOfMine =
    " mine CROSS JOIN documents d ON d.project_id = mine.project_id AND d.id = mine.document_id";
constexpr std::string_view kReadings =
    " FROM readings r WHERE r.project_id = d.project_id AND r.document_id = d.id";

std::string count_of_readings(std::string_view which) {
  return "(SELECT count(*)" + std::string(kReadings) + " AND " + std::string(which) + ")";
}

// What may be given to whoever asks, of the documents `d` that the source yields.
Clause offered(const QueueAsk& ask, Clause source) {
  source.add(
      " LEFT JOIN queue_leases l ON l.project_id = d.project_id AND l.document_id = d.id"
      " WHERE d.project_id = ? AND d.id <> ? AND d.state IN ('ready', 'partly_ready')"
      " AND NOT EXISTS (SELECT 1 FROM queue_skips s WHERE s.project_id = d.project_id"
      " AND s.document_id = d.id AND s.user_id = ?)",
      {ask.project, ask.after, ask.user});
  return source;
}

Clause submitted_by_others(const QueueAsk& ask) {
  Clause out = offered(ask, {std::string(kAll)});
  out.add(" AND d.review_state = 'submitted' AND (l.user_id IS NULL OR l.user_id <> ?)",
          {ask.user});
  return out;
}

// Enough people have read it, and nobody has made one of it yet.
Clause read_by_all(const QueueAsk& ask) {
  Clause source;
  source.add(
      " FROM (SELECT DISTINCT project_id, document_id FROM readings WHERE project_id = ?"
      " AND state = 'submitted')",
      {ask.project});
  source.add(kOfMine);
  Clause out = offered(ask, std::move(source));
  out.add(" AND " + count_of_readings("r.state = 'submitted'") + " >= ?",
          {std::max(ask.readings, int64_t{2})});
  return out;
}

// What is nobody else's, held or assigned.
Clause to_label(const QueueAsk& ask, std::string_view source) {
  Clause out = offered(ask, {std::string(source)});
  out.add(
      " AND (l.user_id IS NULL OR l.user_id = ? OR l.until <= ?)"
      " AND NOT EXISTS (SELECT 1 FROM assignments a WHERE a.project_id = d.project_id"
      " AND a.document_id = d.id AND a.user_id <> ?)",
      {ask.user, ask.now, ask.user});
  return out;
}

// One's own reading that is open, or a place that is free; or what came back after the readings
// were made one.
Clause to_read(const QueueAsk& ask, std::string_view source) {
  Clause out = offered(ask, {std::string(source)});
  out.add(" AND CASE WHEN " + count_of_readings("r.state = 'closed'") +
              " > 0 THEN d.review_state IN ('in_progress', 'rejected')"
              " AND (l.user_id IS NULL OR l.user_id = ? OR l.until <= ?)"
              " WHEN " +
              count_of_readings("r.user_id = ?") + " > 0 THEN " +
              count_of_readings("r.user_id = ? AND r.state = 'open'") +
              " > 0"
              " ELSE d.review_state IN ('new', 'in_progress') AND " +
              count_of_readings("(r.state = 'submitted' OR r.until > ?)") + " < ? END",
          {ask.user, ask.now, ask.user, ask.user, ask.now, ask.readings});
  return out;
}

// What this user has in that table.
std::string of_mine(std::string_view table) {
  return " FROM " + std::string(table) + std::string(kOfMine);
}

Clause with_mine(const QueueAsk& ask, Clause clause) {
  clause.add(" AND mine.user_id = ? AND mine.project_id = ?", {ask.user, ask.project});
  return clause;
}

Clause with(Clause clause, std::string_view condition) {
  clause.add(condition);
  return clause;
}

constexpr std::string_view kToLabel = " AND d.review_state IN ('new', 'in_progress', 'rejected')";
constexpr std::string_view kOldest = "d.received_at, d.id";

// One place to look for the next document. The first that has one decides.
struct Step {
  Clause clause;
  std::string order;
};

std::string order_of_new(corpus::QueueOrder order) {
  switch (order) {
    case corpus::QueueOrder::newest:
      return "d.received_at DESC, d.id DESC";
    case corpus::QueueOrder::unsure:
      return "d.label_confidence, d.confidence, d.received_at, d.id";
    case corpus::QueueOrder::oldest:
      break;
  }
  return std::string(kOldest);
}

std::vector<Step> steps_to_review(const QueueAsk& ask) {
  return {{submitted_by_others(ask), std::string(kOldest)},
          {read_by_all(ask), std::string(kOldest)}};
}

// What one reads, what others read, what nobody has begun.
std::vector<Step> steps_to_read(const QueueAsk& ask) {
  const std::string read = " AND EXISTS (SELECT 1" + std::string(kReadings) + ")";
  return {{with_mine(ask, to_read(ask, of_mine("readings"))), std::string(kOldest)},
          {with(to_read(ask, kAll), read), std::string(kOldest)},
          {to_read(ask, kAll), order_of_new(ask.order)}};
}

std::vector<Step> steps_to_label(const QueueAsk& ask) {
  const std::string rejected_first = "d.review_state <> 'rejected', ";
  const auto mine = [&](std::string_view table) {
    return with(with_mine(ask, to_label(ask, of_mine(table))), kToLabel);
  };
  const auto all = [&](std::string_view state) {
    return with(to_label(ask, kAll), " AND d.review_state = '" + std::string(state) + "'");
  };
  const std::string in_order = order_of_new(ask.order);
  return {{mine("queue_leases"), rejected_first + std::string(kOldest)},
          {mine("assignments"), rejected_first + in_order},
          {all("new"), in_order},
          {all("in_progress"), std::string(kOldest)},
          {all("rejected"), std::string(kOldest)}};
}

std::vector<Step> steps_of(const QueueAsk& ask) {
  if (ask.work == Work::review) return steps_to_review(ask);
  return ask.readings > 1 ? steps_to_read(ask) : steps_to_label(ask);
}

// Together all that waits, each once.
std::vector<Clause> counted(const QueueAsk& ask) {
  if (ask.work == Work::review) return {submitted_by_others(ask), read_by_all(ask)};
  if (ask.readings > 1) return {to_read(ask, kAll)};
  return {with(to_label(ask, kAll), kToLabel)};
}

Result<std::optional<corpus::DocumentId>> look(Transaction& tx, Step step) {
  step.clause.add(" ORDER BY " + step.order + " LIMIT 1");
  const auto row = TRY(tx.query_first("SELECT d.id" + step.clause.sql, step.clause.parameters));
  if (!row) return std::optional<corpus::DocumentId>();
  return std::optional(TRY(corpus::DocumentId::parse(row->text(0))));
}

Result<std::optional<corpus::DocumentId>> find_next(Transaction& tx, const QueueAsk& ask) {
  for (Step& step : steps_of(ask)) {
    auto found = TRY(look(tx, std::move(step)));
    if (found) return found;
  }
  return std::optional<corpus::DocumentId>();
}

}  // namespace

Result<std::optional<corpus::DocumentId>> QueueTable::take(const QueueAsk& ask) {
  const auto id = TRY(find_next(tx_, ask));
  if (id && ask.work == Work::label) TRY(give(ask, *id));
  return id;
}

Result<void> QueueTable::give(const QueueAsk& ask, const corpus::DocumentId& id) {
  if (ask.readings > 1) {
    const auto reading = ReadingTable(tx_).take({ask.project, id}, ask.user, ask.readings, ask.now);
    if (reading.ok()) return {};
    // Adjudicated, and back for one person to mend it.
    if (reading.error().code != base::Code::conflict) return reading.error();
  }
  TRY(
      tx_.execute("INSERT INTO queue_leases (project_id, document_id, user_id, until)"
                  " VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET user_id = excluded.user_id,"
                  " until = excluded.until",
                  {ask.project, id.hex, ask.user, ask.now + kLeaseTime}));
  return {};
}

Result<void> QueueTable::skip(ProjectId project, const corpus::DocumentId& document, UserId user,
                              std::string_view reason, base::Milliseconds now) {
  TRY(
      tx_.execute("INSERT INTO queue_skips (project_id, document_id, user_id, reason, at)"
                  " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET reason = excluded.reason,"
                  " at = excluded.at",
                  {project, document.hex, user, reason, now}));
  TRY(tx_.execute(
      "DELETE FROM queue_leases WHERE project_id = ? AND document_id = ? AND user_id = ?",
      {project, document.hex, user}));
  return {};
}

Result<int64_t> QueueTable::count(const QueueAsk& ask) {
  int64_t sum = 0;
  for (Clause& clause : counted(ask)) {
    clause.add(" LIMIT ?", {kMostCounted});
    sum += TRY(
        tx_.query_integer("SELECT count(*) FROM (SELECT 1" + clause.sql + ")", clause.parameters));
  }
  return std::min(sum, kMostCounted);
}

}  // namespace storage
