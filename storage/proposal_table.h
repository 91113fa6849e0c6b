// Proposals: changes that wait for somebody's yes. Original to the database: who opened which, and
// what became of it. What is proposed is git's: the commit at refs/proposals/<number>.
//
//   const Proposal made = TRY(db.write([&](auto& tx) {
//     return ProposalTable(tx).open(project, author, "Fix the totals", now); }));
//
// A view of one transaction, as all tables. not_found if there is no such proposal.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "storage/database.h"

namespace storage {

enum class ProposalState { open, accepted, closed };
std::string_view name_of(ProposalState state);
std::optional<ProposalState> parse_proposal_state(std::string_view name);

struct Proposal {
  ProjectId project = {};
  int64_t number = 0;  // counts from 1 in each project
  std::string title = {};
  UserId author = {};
  std::string author_name = {};
  std::string author_address = {};
  ProposalState state = ProposalState::open;
  std::string reason = {};  // why it was closed
  UserId decided_by = {};   // none while it is open
  base::Milliseconds opened_at = 0;
  base::Milliseconds changed_at = 0;
  bool operator==(const Proposal&) const = default;
};

class ProposalTable {
 public:
  explicit ProposalTable(Transaction& tx) : tx_(tx) {}

  Result<Proposal> open(ProjectId project, UserId author, std::string_view title,
                        base::Milliseconds now);
  Result<Proposal> find(ProjectId project, int64_t number);
  // Newest first; of one author, in one state, or all.
  Result<std::vector<Proposal>> list(ProjectId project, UserId author = {},
                                     std::optional<ProposalState> state = {});
  // It has new commits; an empty title leaves the old one.
  Result<void> touch(ProjectId project, int64_t number, std::string_view title,
                     base::Milliseconds now);
  Result<void> decide(ProjectId project, int64_t number, ProposalState state, UserId by,
                      std::string_view reason, base::Milliseconds now);

 private:
  Transaction& tx_;
};

}  // namespace storage
