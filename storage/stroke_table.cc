#include "storage/stroke_table.h"

namespace storage {
namespace {

SavedStrokes saved_strokes(const Row& row) {
  return {row.text(0), row.integer(1), row.text(2), row.text(3), row.text(4)};
}

}  // namespace

Result<void> StrokeTable::note(const DraftOwner& owner, const SavedStrokes& saved,
                               base::Milliseconds now) {
  TRY(
      tx_.execute("INSERT INTO saved_strokes (project_id, document_id, user_id, session, page,"
                  " stroke, version, git_commit, saved_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
                  " ON CONFLICT DO UPDATE SET stroke = excluded.stroke, version = excluded.version,"
                  " git_commit = excluded.git_commit, saved_at = excluded.saved_at"
                  " WHERE stroke < excluded.stroke",
                  {owner.project, owner.document.hex, owner.user, saved.session, saved.page,
                   saved.stroke, saved.version, saved.commit, now}));
  return {};
}

Result<std::optional<SavedStrokes>> StrokeTable::find(const DraftOwner& owner,
                                                      const std::string& session, int64_t page) {
  const auto row = TRY(tx_.query_first(
      "SELECT session, page, stroke, version, git_commit FROM saved_strokes WHERE project_id = ?"
      " AND document_id = ? AND user_id = ? AND session = ? AND page = ?",
      {owner.project, owner.document.hex, owner.user, session, page}));
  return row ? std::optional(saved_strokes(*row)) : std::nullopt;
}

Result<std::vector<SavedStrokes>> StrokeTable::list(const DraftOwner& owner) {
  std::vector<SavedStrokes> all;
  for (const Row& row : TRY(tx_.query(
           "SELECT session, page, stroke, version, git_commit FROM saved_strokes WHERE project_id"
           " = ? AND document_id = ? AND user_id = ? ORDER BY session, page",
           {owner.project, owner.document.hex, owner.user}))) {
    all.push_back(saved_strokes(row));
  }
  return all;
}

Result<void> StrokeTable::forget_before(base::Milliseconds time) {
  TRY(tx_.execute("DELETE FROM saved_strokes WHERE saved_at < ?", {time}));
  return {};
}

}  // namespace storage
