#include "storage/assignment_table.h"

namespace storage {

Result<void> AssignmentTable::assign(const Order& order, const corpus::DocumentId& document,
                                     UserId to) {
  const int64_t assigned = TRY(tx_.execute(
      "INSERT INTO assignments (project_id, document_id, user_id, assigned_by, at)"
      " SELECT project_id, id, ?, ?, ? FROM documents WHERE project_id = ? AND id = ?"
      " ON CONFLICT DO UPDATE SET user_id = excluded.user_id, assigned_by = excluded.assigned_by,"
      " at = excluded.at",
      {to, order.by, order.now, order.project, document.hex}));
  if (assigned == 0) return base::Error{base::Code::not_found, "no such document"};
  // Whoever had taken it from the queue gives it up.
  TRY(tx_.execute(
      "DELETE FROM queue_leases WHERE project_id = ? AND document_id = ? AND user_id <> ?",
      {order.project, document.hex, to}));
  return {};
}

Result<void> AssignmentTable::take_away(ProjectId project, const corpus::DocumentId& document) {
  TRY(tx_.execute("DELETE FROM assignments WHERE project_id = ? AND document_id = ?",
                  {project, document.hex}));
  return {};
}

}  // namespace storage
