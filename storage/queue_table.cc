#include "storage/queue_table.h"

#include <vector>

namespace storage {
namespace {

// A condition and the parameters that it brings.
struct Clause {
  std::string sql;
  Values parameters;

  void add(std::string_view text, std::initializer_list<Value> values) {
    sql += text;
    parameters.insert(parameters.end(), values.begin(), values.end());
  }
};

// What may be given to whoever asks, of the documents `d` that the source yields.
Clause offered(const QueueAsk& ask, std::string_view source) {
  Clause out;
  out.add(source, {});
  out.add(
      " LEFT JOIN queue_leases l ON l.project_id = d.project_id AND l.document_id = d.id"
      " WHERE d.project_id = ? AND d.id <> ? AND d.state IN ('ready', 'partly_ready')"
      " AND NOT EXISTS (SELECT 1 FROM queue_skips s WHERE s.project_id = d.project_id"
      " AND s.document_id = d.id AND s.user_id = ?)",
      {ask.project, ask.after, ask.user});
  if (ask.work == Work::review) {
    out.add(" AND d.review_state = 'submitted' AND (l.user_id IS NULL OR l.user_id <> ?)",
            {ask.user});
    return out;
  }
  out.add(
      " AND (l.user_id IS NULL OR l.user_id = ? OR l.until <= ?)"
      " AND NOT EXISTS (SELECT 1 FROM assignments a WHERE a.project_id = d.project_id"
      " AND a.document_id = d.id AND a.user_id <> ?)",
      {ask.user, ask.now, ask.user});
  return out;
}

constexpr std::string_view kAll = " FROM documents d";
constexpr std::string_view kBegun =
    " FROM queue_leases mine CROSS JOIN documents d ON d.project_id = mine.project_id"
    " AND d.id = mine.document_id";
constexpr std::string_view kAssigned =
    " FROM assignments mine CROSS JOIN documents d ON d.project_id = mine.project_id"
    " AND d.id = mine.document_id";
constexpr std::string_view kToLabel = " AND d.review_state IN ('new', 'in_progress', 'rejected')";

constexpr std::string_view kMine = " AND mine.user_id = ? AND mine.project_id = ?";

// One place to look for the next document. The first that has one decides.
struct Step {
  std::string_view source;
  std::string condition;
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
  return "d.received_at, d.id";
}

std::vector<Step> steps_of(const QueueAsk& ask) {
  const std::string oldest = order_of_new(corpus::QueueOrder::oldest);
  if (ask.work == Work::review) return {{kAll, "", oldest}};
  const std::string mine = std::string(kMine) + std::string(kToLabel);
  return {{kBegun, mine, "d.review_state <> 'rejected', " + oldest},
          {kAssigned, mine, "d.review_state <> 'rejected', " + order_of_new(ask.order)},
          {kAll, " AND d.review_state = 'new'", order_of_new(ask.order)},
          {kAll, " AND d.review_state = 'in_progress'", oldest},
          {kAll, " AND d.review_state = 'rejected'", oldest}};
}

Result<std::optional<corpus::DocumentId>> look(Transaction& tx, const QueueAsk& ask,
                                               const Step& step) {
  Clause clause = offered(ask, step.source);
  clause.add(step.condition, {});
  if (step.source != kAll) clause.add("", {ask.user, ask.project});
  clause.add(" ORDER BY " + step.order + " LIMIT 1", {});
  const auto row = TRY(tx.query_first("SELECT d.id" + clause.sql, clause.parameters));
  if (!row) return std::optional<corpus::DocumentId>();
  return std::optional(TRY(corpus::DocumentId::parse(row->text(0))));
}

Result<std::optional<corpus::DocumentId>> find_next(Transaction& tx, const QueueAsk& ask) {
  for (const Step& step : steps_of(ask)) {
    auto found = TRY(look(tx, ask, step));
    if (found) return found;
  }
  return std::optional<corpus::DocumentId>();
}

}  // namespace

Result<std::optional<corpus::DocumentId>> QueueTable::take(const QueueAsk& ask) {
  const auto id = TRY(find_next(tx_, ask));
  if (!id || ask.work == Work::review) return id;
  TRY(
      tx_.execute("INSERT INTO queue_leases (project_id, document_id, user_id, until)"
                  " VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET user_id = excluded.user_id,"
                  " until = excluded.until",
                  {ask.project, id->hex, ask.user, ask.now + kLeaseTime}));
  return id;
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
  Clause clause = offered(ask, kAll);
  if (ask.work == Work::label) clause.add(kToLabel, {});
  clause.add(" LIMIT ?", {kMostCounted});
  return tx_.query_integer("SELECT count(*) FROM (SELECT 1" + clause.sql + ")", clause.parameters);
}

}  // namespace storage
