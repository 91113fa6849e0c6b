#include "storage/push_log.h"

namespace storage {
namespace {

constexpr const char* kSelect =
    "SELECT project_id, ref, old_commit, new_commit, user_id, token_id, at FROM ref_updates ";

RefUpdate update_of(const Row& row) {
  return {row.id<ProjectId>(0), row.text(1),        row.text(2),   row.text(3),
          row.id<UserId>(4),    row.id<TokenId>(5), row.integer(6)};
}

}  // namespace

Result<void> PushLog::append(const RefUpdate& update) {
  TRY(tx_.execute(
      "INSERT INTO ref_updates (project_id, ref, old_commit, new_commit, user_id, token_id, at)"
      " VALUES (?, ?, ?, ?, ?, ?, ?)",
      {update.project, update.ref, update.old_commit, update.new_commit, update.user, update.token,
       update.at}));
  return {};
}

Result<std::vector<RefUpdate>> PushLog::list(ProjectId project, std::string_view ref,
                                             size_t limit) {
  std::vector<RefUpdate> updates;
  for (const Row& row : TRY(tx_.query(
           std::string(kSelect) +
               "WHERE project_id = ? AND (? = '' OR ref = ?) ORDER BY number DESC LIMIT ?",
           {project, ref, ref, limit}))) {
    updates.push_back(update_of(row));
  }
  return updates;
}

Result<RefUpdate> PushLog::find(ProjectId project, std::string_view new_commit) {
  const auto row = TRY(tx_.query_first(
      std::string(kSelect) + "WHERE project_id = ? AND new_commit = ? ORDER BY number LIMIT 1",
      {project, new_commit}));
  if (!row) return base::Error{base::Code::not_found, "no ref was moved to that commit"};
  return update_of(*row);
}

}  // namespace storage
