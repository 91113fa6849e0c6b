#include "server/flow/proposals.h"

#include <algorithm>
#include <set>

#include "base/clock.h"
#include "corpus/event.h"
#include "server/flow/index.h"
#include "server/flow/merge_states.h"
#include "server/flow/push_judge.h"
#include "server/flow/review.h"
#include "vcs/ancestry.h"
#include "vcs/diff.h"

namespace server {
namespace {

using corpus::PathInfo;
using corpus::PathKind;
using corpus::Permission;
using storage::Proposal;
using storage::ProposalState;

bool may_see(const Actor& actor, const Proposal& proposal) {
  return proposal.author == actor.user() || actor.may(Permission::proposal_review);
}

base::Error no_such_proposal() {
  return {base::Code::not_found, "no such proposal"};
}

// A row whose push never arrived has no commit, and does not exist.
Result<ProposalView> with_head(const OpenProject& project, Proposal proposal) {
  const auto head = project.repository->refs().find(proposal_ref(proposal.number));
  if (!head) return no_such_proposal();
  ProposalView view;
  view.proposal = std::move(proposal);
  view.head = *head;
  return view;
}

Result<ProposalView> find(Services& services, const Actor& actor, const OpenProject& project,
                          int64_t number) {
  auto proposal = TRY(services.database->read([&](storage::Transaction& tx) {
    return storage::ProposalTable(tx).find(actor.project().id, number);
  }));
  if (!may_see(actor, proposal)) return no_such_proposal();
  return with_head(project, std::move(proposal));
}

Result<ProposalView> find_open(Services& services, const Actor& actor, const OpenProject& project,
                               int64_t number) {
  auto view = TRY(find(services, actor, project, number));
  if (view.proposal.state == ProposalState::open) return view;
  return base::Error{
      base::Code::conflict,
      "the proposal is " + std::string(storage::name_of(view.proposal.state)) + " already"};
}

Result<vcs::ObjectId> tree_of(const vcs::ObjectReader& objects, const vcs::ObjectId& commit) {
  return TRY(vcs::read_commit(objects, commit)).tree;
}

Result<MergeSides> sides_of(const vcs::ObjectReader& objects, const vcs::ObjectId& head,
                            const vcs::ObjectId& tip) {
  MergeSides sides;
  const vcs::Relation relation = TRY(vcs::relation_of(objects, head, tip));
  sides.base = TRY(tree_of(objects, relation.base));
  sides.ours = TRY(tree_of(objects, head));
  sides.theirs = TRY(tree_of(objects, tip));
  return sides;
}

Result<void> list_files(const OpenProject& project, ProposalView& view) {
  const vcs::ObjectReader& objects = *project.repository;
  const MergeSides sides = TRY(sides_of(objects, view.head, TRY(project.tip_id())));
  const vcs::Snapshot main(objects, sides.theirs);
  return vcs::diff_trees(
      objects, sides.base, sides.ours, [&](const vcs::Change& change) -> Result<bool> {
        const PathInfo info = corpus::classify(change.path, project.fan_out);
        if (!info.document) {
          view.other_files.emplace_back(change.path);
          return true;
        }
        const auto [place, is_new] = view.documents.try_emplace(*info.document);
        const auto entry = TRY(main.entry(change.path));
        const bool same = entry ? change.after && entry->id == change.after->id : !change.after;
        place->second.files.emplace_back(change.path);
        place->second.in_main = same && (is_new || place->second.in_main);
        return true;
      });
}

Result<void> decide_accepted(Services& services, storage::Transaction& tx, const Actor& actor,
                             const Proposal& proposal, bool is_whole, const vcs::ObjectId& commit) {
  if (is_whole) {
    TRY(storage::ProposalTable(tx).decide(proposal.project, proposal.number,
                                          ProposalState::accepted, actor.user(), "",
                                          base::now_milliseconds()));
  }
  return tell_of_proposal(services, tx, actor, proposal.number,
                          corpus::event_type::kProposalAccepted, "proposal.accept",
                          base::Json::object({{"whole", is_whole}, {"commit", commit.hex()}}));
}

// Puts a proposal, or a part of it, onto main.
class Acceptor {
 public:
  Acceptor(Services& services, const Actor& actor, OpenProject& project, const ProposalView& view,
           const Acceptance& acceptance)
      : services_(services),
        actor_(actor),
        project_(project),
        view_(view),
        chosen_(acceptance.documents.begin(), acceptance.documents.end()) {}

  Result<AcceptOutcome> run() {
    vcs::CommitRequest request;
    request.branch = kMain;
    request.advance = [this](vcs::ObjectOverlay& objects, const vcs::ObjectId& tip) {
      return advance(objects, tip);
    };
    const auto moved = project_.commits->commit(std::move(request));
    if (!moved.ok() && outcome_.lines.empty()) return moved.error();
    if (!moved.ok()) return std::move(outcome_);
    outcome_.accepted = true;
    outcome_.commit = moved->commit;
    outcome_.is_whole = chosen_.empty() || TRY(is_all_in_main(moved->commit));
    TRY(record(before_, moved->commit));
    return std::move(outcome_);
  }

 private:
  Result<vcs::ObjectId> advance(vcs::ObjectOverlay& objects, const vcs::ObjectId& tip) {
    outcome_ = AcceptOutcome();
    before_ = tip;
    const MergeSides sides = TRY(sides_of(objects, view_.head, tip));
    StateMerge merge = TRY(merge_states(project_.fan_out, sides, objects, wanted()));
    if (!merge.clashes.empty()) return stop(std::move(merge.clashes));
    Complaints complaints;
    TRY(judge_main(actor_, project_, {objects, sides.theirs}, {objects, merge.tree}, objects,
                   complaints, view_.proposal.author_address));
    if (!complaints.empty()) return stop(complaints.lines());
    outcome_.lines = std::move(merge.notes);
    const bool has_all = TRY(vcs::is_ancestor(objects, view_.head, tip));
    if (has_all || (!chosen_.empty() && merge.tree == sides.theirs)) return tip;
    return add_commit(objects, tip, merge.tree);
  }

  base::Error stop(std::vector<std::string> lines) {
    outcome_.lines = std::move(lines);
    return {base::Code::conflict, "the proposal cannot be accepted"};
  }

  // How far a document is stays for those to say who look at it on main.
  WantsPath wanted() const {
    return [this](std::string_view, const PathInfo& info) {
      if (info.kind == PathKind::review) return false;
      return chosen_.empty() || (info.document && chosen_.contains(*info.document));
    };
  }

  // A whole one keeps its commits; a part becomes one commit in its author's name.
  Result<vcs::ObjectId> add_commit(vcs::ObjectOverlay& objects, const vcs::ObjectId& tip,
                                   const vcs::ObjectId& tree) const {
    vcs::Commit commit;
    commit.tree = tree;
    commit.parents = {tip};
    commit.committer = server_signature();
    commit.author = signature_of(actor_);
    commit.message = "Accept proposal " + std::to_string(view_.proposal.number);
    if (chosen_.empty()) {
      commit.parents.push_back(view_.head);
    } else {
      commit.author = TRY(vcs::read_commit(objects, view_.head)).author;
      commit.message += " in part, as " + actor_.mail() + " chose";
    }
    commit.message += "\n\n" + view_.proposal.title + "\n";
    return objects.add(vcs::ObjectKind::commit, vcs::print_commit(commit));
  }

  Result<bool> is_all_in_main(const vcs::ObjectId& tip) const {
    vcs::ObjectOverlay objects(*project_.repository);
    const MergeSides sides = TRY(sides_of(objects, view_.head, tip));
    const auto all = [](std::string_view, const PathInfo& info) {
      return info.kind != PathKind::review;
    };
    const StateMerge rest = TRY(merge_states(project_.fan_out, sides, objects, all));
    return rest.clashes.empty() && rest.tree == sides.theirs;
  }

  Result<void> record(const vcs::ObjectId& before, const vcs::ObjectId& after) {
    TRY(reopen_changed(project_, before, after));
    TRY(catch_up(services_, project_));
    return services_.database->write([&](storage::Transaction& tx) {
      return decide_accepted(services_, tx, actor_, view_.proposal, outcome_.is_whole, after);
    });
  }

  Services& services_;
  const Actor& actor_;
  OpenProject& project_;
  const ProposalView& view_;
  std::set<corpus::DocumentId> chosen_;
  AcceptOutcome outcome_;
  vcs::ObjectId before_;
};

Result<std::vector<Proposal>> rows_of(Services& services, const Actor& actor,
                                      std::optional<ProposalState> state) {
  const storage::UserId author =
      actor.may(Permission::proposal_review) ? storage::UserId{} : actor.user();
  return services.database->read([&](storage::Transaction& tx) {
    return storage::ProposalTable(tx).list(actor.project().id, author, state);
  });
}

}  // namespace

std::string proposal_ref(int64_t number) {
  return kProposals + std::to_string(number);
}

Result<void> tell_of_proposal(Services& services, storage::Transaction& tx, const Actor& actor,
                              int64_t number, std::string_view event, std::string_view action,
                              base::Json data) {
  const std::string subject = actor.project().path() + "/proposals/" + std::to_string(number);
  TRY(audit(tx, actor, action, subject, data));
  TRY(services.events->append(tx, {.type = std::string(event),
                                   .project = actor.project().id,
                                   .subject = subject,
                                   .data = std::move(data)}));
  return {};
}

Result<std::vector<ProposalView>> list_proposals(Services& services, const Actor& actor,
                                                 std::optional<ProposalState> state) {
  const auto project = TRY(services.catalog->open(actor.project()));
  std::vector<ProposalView> views;
  for (Proposal& proposal : TRY(rows_of(services, actor, state))) {
    auto view = with_head(*project, std::move(proposal));
    if (view.ok()) views.push_back(std::move(view).value());
  }
  return views;
}

Result<ProposalView> show_proposal(Services& services, const Actor& actor, int64_t number) {
  const auto project = TRY(services.catalog->open(actor.project()));
  ProposalView view = TRY(find(services, actor, *project, number));
  TRY(list_files(*project, view));
  return view;
}

Result<AcceptOutcome> accept_proposal(Services& services, const Actor& actor,
                                      const Acceptance& acceptance) {
  const auto project = TRY(services.catalog->open(actor.project()));
  const ProposalView view = TRY(find_open(services, actor, *project, acceptance.number));
  if (!actor.may(Permission::proposal_review)) {
    return base::Error{base::Code::denied, "you may not accept proposals"};
  }
  if (view.proposal.author == actor.user() && !actor.project().policy.self_review) {
    return base::Error{base::Code::denied, "somebody else accepts your own proposals here"};
  }
  return Acceptor(services, actor, *project, view, acceptance).run();
}

Result<void> close_proposal(Services& services, const Actor& actor, int64_t number,
                            std::string_view reason) {
  const auto project = TRY(services.catalog->open(actor.project()));
  TRY(find_open(services, actor, *project, number));
  return services.database->write([&](storage::Transaction& tx) -> Result<void> {
    TRY(storage::ProposalTable(tx).decide(actor.project().id, number, ProposalState::closed,
                                          actor.user(), reason, base::now_milliseconds()));
    return tell_of_proposal(services, tx, actor, number, corpus::event_type::kProposalClosed,
                            "proposal.close");
  });
}

Result<void> accept_merged_proposals(Services& services, const Actor& actor, OpenProject& project,
                                     const vcs::RefCommand& command) {
  const auto open = TRY(services.database->read([&](storage::Transaction& tx) {
    return storage::ProposalTable(tx).list(actor.project().id, {}, ProposalState::open);
  }));
  if (open.empty()) return {};
  const auto brought = TRY(vcs::commits_since(*project.repository, command.before, command.after));
  const std::set<vcs::ObjectId> commits(brought.begin(), brought.end());
  for (const Proposal& proposal : open) {
    const auto view = with_head(project, proposal);
    if (!view.ok() || !commits.contains(view->head)) continue;
    TRY(services.database->write([&](storage::Transaction& tx) {
      return decide_accepted(services, tx, actor, proposal, true, command.after);
    }));
  }
  return {};
}

Result<std::vector<std::string>> visible_proposal_refs(Services& services, const Actor& actor,
                                                       const OpenProject& project) {
  std::vector<std::string> refs;
  if (project.repository->refs().list(kProposals).empty()) return refs;
  for (const Proposal& proposal : TRY(rows_of(services, actor, std::nullopt))) {
    refs.push_back(proposal_ref(proposal.number));
  }
  return refs;
}

}  // namespace server
