#include "storage/queue_table.h"

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

Clause waiting_for(const QueueAsk& ask) {
  Clause out;
  out.add(
      " FROM documents d LEFT JOIN queue_leases l ON l.project_id = d.project_id AND"
      " l.document_id = d.id WHERE d.project_id = ? AND d.id <> ? AND d.state IN ('ready',"
      " 'partly_ready') AND NOT EXISTS (SELECT 1 FROM queue_skips s WHERE s.project_id ="
      " d.project_id AND s.document_id = d.id AND s.user_id = ?)",
      {ask.project, ask.after, ask.user});
  if (ask.work == Work::review) {
    out.add(" AND d.review_state = 'submitted' AND (l.user_id IS NULL OR l.user_id <> ?)",
            {ask.user});
  } else {
    out.add(
        " AND d.review_state IN ('new', 'in_progress', 'rejected')"
        " AND (l.user_id IS NULL OR l.user_id = ? OR l.until <= ?)",
        {ask.user, ask.now});
  }
  return out;
}

// What came back, what one has begun, what is new, what others left lying.
constexpr std::string_view kOrder =
    " ORDER BY CASE WHEN l.user_id = ? AND d.review_state = 'rejected' THEN 0"
    " WHEN l.user_id = ? THEN 1 WHEN d.review_state = 'new' THEN 2 ELSE 3 END,"
    " d.received_at, d.id LIMIT 1";

}  // namespace

Result<std::optional<corpus::DocumentId>> QueueTable::take(const QueueAsk& ask) {
  Clause waiting = waiting_for(ask);
  waiting.add(kOrder, {ask.user, ask.user});
  const auto row = TRY(tx_.query_first("SELECT d.id" + waiting.sql, waiting.parameters));
  if (!row) return std::optional<corpus::DocumentId>();
  const corpus::DocumentId id = TRY(corpus::DocumentId::parse(row->text(0)));
  if (ask.work == Work::label) {
    TRY(
        tx_.execute("INSERT INTO queue_leases (project_id, document_id, user_id, until)"
                    " VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET user_id = excluded.user_id,"
                    " until = excluded.until",
                    {ask.project, id.hex, ask.user, ask.now + kLeaseTime}));
  }
  return std::optional(id);
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
  const Clause waiting = waiting_for(ask);
  return tx_.query_integer("SELECT count(*)" + waiting.sql, waiting.parameters);
}

}  // namespace storage
