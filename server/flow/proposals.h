// Proposals: changes to main that wait for somebody's yes. `git push origin HEAD:refs/for/main`
// opens one or brings new commits to it (server/flow/propose.h); here they are listed, accepted
// whole or document by document, and closed.
//
//   const auto waiting = TRY(list_proposals(services, actor, storage::ProposalState::open));
//   const AcceptOutcome outcome = TRY(accept_proposal(services, actor, {.number = 3}));
//
// What is proposed is the commit at refs/proposals/<number>; who opened it and what became of it is
// in the database. Seen by its author and by those who may decide; to others it does not exist,
// over git neither. Whoever accepts needs the right to what is changed, too.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/flow/actor.h"
#include "server/flow/services.h"
#include "storage/proposal_table.h"
#include "vcs/receive_pack.h"

namespace server {

inline constexpr char kForMain[] = "refs/for/main";
inline constexpr char kProposals[] = "refs/proposals/";

std::string proposal_ref(int64_t number);

struct ProposedDocument {
  std::vector<std::string> files;
  bool in_main = false;  // main has the same files by now
};

struct ProposalView {
  storage::Proposal proposal;
  vcs::ObjectId head;
  std::map<corpus::DocumentId, ProposedDocument> documents;
  std::vector<std::string> other_files;  // outside of documents
};

// Newest first, without documents and files.
Result<std::vector<ProposalView>> list_proposals(Services& services, const Actor& actor,
                                                 std::optional<storage::ProposalState> state);
// not_found also for those that the actor may not see.
Result<ProposalView> show_proposal(Services& services, const Actor& actor, int64_t number);

struct Acceptance {
  int64_t number = 0;
  std::vector<corpus::DocumentId> documents = {};  // none: everything
};

struct AcceptOutcome {
  bool accepted = false;
  bool is_whole = false;  // nothing of it is left to accept
  vcs::ObjectId commit;   // of main
  // Why it was not accepted: what main has changed otherwise, or what is wrong; and what was left
  // out of what was.
  std::vector<std::string> lines;
};

// denied for one's own where the project forbids it, conflict if it is not open any more.
Result<AcceptOutcome> accept_proposal(Services& services, const Actor& actor,
                                      const Acceptance& acceptance);

// By its author or by those who may decide.
Result<void> close_proposal(Services& services, const Actor& actor, int64_t number,
                            std::string_view reason);

// Marks the open proposals as accepted whose commits a push has brought to main.
Result<void> accept_merged_proposals(Services& services, const Actor& actor, OpenProject& project,
                                     const vcs::RefCommand& command);

// An audit entry and an event, in the transaction of what they tell of.
Result<void> tell_of_proposal(Services& services, storage::Transaction& tx, const Actor& actor,
                              int64_t number, std::string_view event, std::string_view action,
                              base::Json data = base::Json::object());

// The refs of those that the actor may fetch.
Result<std::vector<std::string>> visible_proposal_refs(Services& services, const Actor& actor,
                                                       const OpenProject& project);

}  // namespace server
