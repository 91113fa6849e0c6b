#include "storage/draft_table.h"

namespace storage {

Result<void> DraftTable::put(const DraftOwner& owner, const Draft& draft) {
  const int64_t others =
      TRY(tx_.query_integer("SELECT count(*) FROM drafts WHERE project_id = ? AND document_id = ?"
                            " AND user_id = ? AND session <> ?",
                            {owner.project, owner.document.hex, owner.user, draft.session}));
  if (others >= static_cast<int64_t>(kMostDrafts)) {
    return base::Error{base::Code::limit, "too many drafts of this document: save some of them"};
  }
  TRY(tx_.execute(
      "INSERT INTO drafts (project_id, document_id, user_id, session, content, changed_at)"
      " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET content = excluded.content,"
      " changed_at = excluded.changed_at",
      {owner.project, owner.document.hex, owner.user, draft.session, draft.content,
       draft.changed_at}));
  return {};
}

Result<std::vector<Draft>> DraftTable::list(const DraftOwner& owner) {
  std::vector<Draft> drafts;
  for (const Row& row :
       TRY(tx_.query("SELECT session, content, changed_at FROM drafts WHERE project_id = ? AND"
                     " document_id = ? AND user_id = ? ORDER BY changed_at, session",
                     {owner.project, owner.document.hex, owner.user}))) {
    drafts.push_back({row.text(0), row.text(1), row.integer(2)});
  }
  return drafts;
}

Result<void> DraftTable::remove(const DraftOwner& owner, std::string_view session) {
  TRY(tx_.execute(
      "DELETE FROM drafts WHERE project_id = ? AND document_id = ? AND user_id = ? AND session = ?",
      {owner.project, owner.document.hex, owner.user, session}));
  return {};
}

Result<void> DraftTable::forget_before(base::Milliseconds time) {
  TRY(tx_.execute("DELETE FROM drafts WHERE changed_at < ?", {time}));
  return {};
}

}  // namespace storage
