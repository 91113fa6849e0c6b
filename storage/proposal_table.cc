#include "storage/proposal_table.h"

namespace storage {
namespace {

constexpr const char* kSelect =
    "SELECT p.project_id, p.number, p.title, p.author_id, u.name, (SELECT address FROM"
    " user_addresses WHERE user_id = u.id ORDER BY position LIMIT 1), p.state, p.reason,"
    " p.decided_by, p.opened_at, p.changed_at FROM proposals p JOIN users u ON u.id = p.author_id ";

Proposal proposal_of(const Row& row) {
  Proposal out;
  out.project = row.id<ProjectId>(0);
  out.number = row.integer(1);
  out.title = row.text(2);
  out.author = row.id<UserId>(3);
  out.author_name = row.text(4);
  out.author_address = row.text(5);
  out.state = parse_proposal_state(row.text(6)).value_or(ProposalState::closed);
  out.reason = row.text(7);
  out.decided_by = row.id<UserId>(8);
  out.opened_at = row.integer(9);
  out.changed_at = row.integer(10);
  return out;
}

}  // namespace

std::string_view name_of(ProposalState state) {
  switch (state) {
    case ProposalState::open:
      return "open";
    case ProposalState::accepted:
      return "accepted";
    case ProposalState::closed:
      return "closed";
  }
  return "closed";
}

std::optional<ProposalState> parse_proposal_state(std::string_view name) {
  for (const auto state : {ProposalState::open, ProposalState::accepted, ProposalState::closed}) {
    if (name == name_of(state)) return state;
  }
  return std::nullopt;
}

Result<Proposal> ProposalTable::open(ProjectId project, UserId author, std::string_view title,
                                     base::Milliseconds now) {
  const Rows rows = TRY(tx_.query(
      "INSERT INTO proposals (project_id, number, title, author_id, state, opened_at, changed_at)"
      " SELECT ?, COALESCE(MAX(number), 0) + 1, ?, ?, 'open', ?, ? FROM proposals"
      " WHERE project_id = ? RETURNING number",
      {project, title, author, now, now, project}));
  return find(project, rows.front().integer(0));
}

Result<Proposal> ProposalTable::find(ProjectId project, int64_t number) {
  const auto row = TRY(tx_.query_first(
      std::string(kSelect) + "WHERE p.project_id = ? AND p.number = ?", {project, number}));
  if (!row) return base::Error{base::Code::not_found, "no such proposal"};
  return proposal_of(*row);
}

Result<std::vector<Proposal>> ProposalTable::list(ProjectId project, UserId author,
                                                  std::optional<ProposalState> state) {
  const Value wanted = state ? Value(name_of(*state)) : Value();
  std::vector<Proposal> out;
  for (const Row& row : TRY(tx_.query(
           std::string(kSelect) + "WHERE p.project_id = ? AND (? IS NULL OR p.author_id = ?)"
                                  " AND (? IS NULL OR p.state = ?) ORDER BY p.number DESC",
           {project, author, author, wanted, wanted}))) {
    out.push_back(proposal_of(row));
  }
  return out;
}

Result<void> ProposalTable::touch(ProjectId project, int64_t number, std::string_view title,
                                  base::Milliseconds now) {
  TRY(tx_.execute(
      "UPDATE proposals SET changed_at = ?, title = CASE WHEN ? = '' THEN title ELSE ? END"
      " WHERE project_id = ? AND number = ?",
      {now, title, title, project, number}));
  return {};
}

Result<void> ProposalTable::decide(ProjectId project, int64_t number, ProposalState state,
                                   UserId by, std::string_view reason, base::Milliseconds now) {
  TRY(
      tx_.execute("UPDATE proposals SET state = ?, decided_by = ?, reason = ?, changed_at = ?"
                  " WHERE project_id = ? AND number = ?",
                  {name_of(state), by, reason, now, project, number}));
  return {};
}

}  // namespace storage
