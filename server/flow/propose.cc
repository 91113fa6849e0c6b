#include "server/flow/propose.h"

#include <charconv>

#include "base/clock.h"
#include "base/text.h"
#include "corpus/event.h"
#include "server/flow/commit_judge.h"
#include "server/flow/lfs.h"
#include "vcs/ancestry.h"
#include "vcs/diff.h"

namespace server {
namespace {

using corpus::PathKind;
using storage::Proposal;

constexpr std::string_view kNumberOption = "proposal=";
constexpr std::string_view kTitleOption = "title=";
constexpr size_t kMaxTitleBytes = 200;

// One line, of bounded length, whatever was sent.
std::string title_from(std::string_view text) {
  std::string title;
  for (const char c : text.substr(0, text.find('\n')).substr(0, kMaxTitleBytes)) {
    title += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
  }
  while (!title.empty() && !base::is_utf8(title)) title.pop_back();
  return title;
}

std::optional<int64_t> number_from(std::string_view text) {
  int64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

void Proposing::judge(const vcs::PushView& push, const vcs::RefCommand& command,
                      vcs::Verdict& verdict) {
  Complaints complaints;
  if (!actor_.may(corpus::Permission::proposal_write)) complaints.add("you may not propose");
  judge_authors(actor_, push.commits, complaints);
  const auto judged = judge_content(push, command, complaints);
  if (!judged.ok()) complaints.add(base::to_string(judged.error()));
  if (complaints.empty()) {
    const auto chosen = choose(push, command);
    if (chosen.ok()) {
      number_ = chosen->number;
      const std::string ref = proposal_ref(number_);
      const auto head = project_.repository->refs().find(ref);
      verdict.redirected[command.ref] = {ref, head.value_or(vcs::kNoObject)};
      return;
    }
    complaints.add(chosen.error().what);
  }
  verdict.refused[command.ref] = complaints.summary();
  for (std::string& line : complaints.lines()) verdict.lines.push_back(std::move(line));
}

Result<void> Proposing::judge_content(const vcs::PushView& push, const vcs::RefCommand& command,
                                      Complaints& complaints) const {
  const vcs::ObjectId tip = TRY(project_.tip_id());
  const vcs::Relation relation = TRY(vcs::relation_of(push.objects, command.after, tip));
  if (relation.base == vcs::kNoObject) {
    complaints.add("this history has nothing in common with main");
    return {};
  }
  if (relation.base == command.after) {
    complaints.add("main holds this already");
    return {};
  }
  const auto before = TRY(vcs::Snapshot::at_commit(push.objects, relation.base));
  const auto after = TRY(vcs::Snapshot::at_commit(push.objects, command.after));
  TRY(vcs::diff_trees(
      push.objects, before.tree(), after.tree(), [&](const vcs::Change& change) -> Result<bool> {
        const auto info = corpus::classify(change.path, project_.fan_out);
        if (info.kind != PathKind::review) return true;
        complaints.add(std::string(change.path) + ": a review is not proposed; it is said on main");
        return true;
      }));
  TRY(judge_main(actor_, project_, before, after, push.objects, complaints));
  if (!complaints.empty()) return {};
  TRY(judge_commits(actor_, project_, push.commits, push.objects, complaints));
  if (!complaints.empty()) return {};
  return judge_attachments(services_, actor_, push.commits, push.objects, complaints);
}

Result<Proposing::Options> Proposing::options_of(const vcs::PushView& push,
                                                 const vcs::RefCommand& command) const {
  Options options;
  for (const std::string& option : push.options) {
    const std::string_view text = option;
    if (text.starts_with(kTitleOption)) {
      options.title = title_from(text.substr(kTitleOption.size()));
    } else if (text.starts_with(kNumberOption)) {
      options.number = number_from(text.substr(kNumberOption.size()));
      if (!options.number) return base::Error{base::Code::invalid, "-o proposal= takes a number"};
    }
  }
  if (!options.title.empty()) return options;
  options.title = title_from(TRY(vcs::read_commit(push.objects, command.after)).message);
  return options;
}

Result<Proposal> Proposing::choose(const vcs::PushView& push, const vcs::RefCommand& command) {
  const Options options = TRY(options_of(push, command));
  title_ = options.title;
  if (options.number) {
    const ProposalView view = TRY(show_proposal(services_, actor_, *options.number));
    if (view.proposal.state == storage::ProposalState::open) return view.proposal;
    return base::Error{base::Code::conflict, "the proposal is not open any more"};
  }
  const auto mine = TRY(continued(push, command));
  if (mine) return *mine;
  is_new_ = true;
  return services_.database->write([&](storage::Transaction& tx) {
    return storage::ProposalTable(tx).open(actor_.project().id, actor_.user(), title_,
                                           base::now_milliseconds());
  });
}

Result<std::optional<Proposal>> Proposing::continued(const vcs::PushView& push,
                                                     const vcs::RefCommand& command) const {
  const auto open = TRY(services_.database->read([&](storage::Transaction& tx) {
    return storage::ProposalTable(tx).list(actor_.project().id, actor_.user(),
                                           storage::ProposalState::open);
  }));
  for (const Proposal& proposal : open) {
    const auto head = project_.repository->refs().find(proposal_ref(proposal.number));
    if (head && TRY(vcs::is_ancestor(push.objects, *head, command.after))) {
      return std::optional(proposal);
    }
  }
  return std::optional<Proposal>();
}

Result<std::string> Proposing::arrived(const vcs::AcceptedUpdate& update) {
  TRY(services_.database->write([&](storage::Transaction& tx) -> Result<void> {
    TRY(storage::ProposalTable(tx).touch(actor_.project().id, number_, title_,
                                         base::now_milliseconds()));
    const auto event =
        is_new_ ? corpus::event_type::kProposalOpened : corpus::event_type::kProposalUpdated;
    return tell_of_proposal(services_, tx, actor_, number_, event,
                            is_new_ ? "proposal.open" : "proposal.update",
                            base::Json::object({{"commit", update.command.after.hex()}}));
  }));
  return "proposal " + std::to_string(number_) + (is_new_ ? " is open" : " has your new commits") +
         "; fetch it with: git fetch origin " + proposal_ref(number_);
}

}  // namespace server
