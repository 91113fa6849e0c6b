#include "server/flow/accept_push.h"

#include <memory>

#include "base/clock.h"
#include "base/log.h"
#include "corpus/event.h"
#include "server/flow/commit_judge.h"
#include "server/flow/index.h"
#include "server/flow/join_push.h"
#include "server/flow/lfs.h"
#include "server/flow/propose.h"
#include "server/flow/readings.h"
#include "server/flow/review.h"
#include "storage/overview_table.h"
#include "storage/push_log.h"

namespace server {
namespace {

constexpr char kPushable[] =
    "only main can be pushed, and proposals; send your work with: git push origin HEAD:main";
constexpr char kProposalsOnly[] =
    "main takes proposals only; open one with: git push origin HEAD:refs/for/main";
constexpr char kReadBlind[] =
    "two people label each document of this project, blind to each other: label in the browser or "
    "through the API";

Result<void> tell_of_push(Services& services, const Actor& actor, const vcs::RefCommand& command,
                          storage::Transaction& tx) {
  const std::string commit = command.after.hex();
  TRY(audit(tx, actor, "git.push", actor.project().path() + "/" + kMain,
            base::Json::object({{"commit", commit}})));
  TRY(storage::OverviewTable(tx).note(actor.project().id, actor.user(), storage::Deed::pushed,
                                      base::now_milliseconds()));
  TRY(services.events->append(tx,
                              {.type = std::string(corpus::event_type::kRepositoryPushed),
                               .project = actor.project().id,
                               .subject = actor.project().path(),
                               .data = base::Json::object({{"ref", kMain}, {"commit", commit}})}));
  return {};
}

// One push, from its judgement to what comes after it.
class Pushing {
 public:
  Pushing(Services& services, const Actor& actor, OpenProject& project)
      : services_(services),
        actor_(actor),
        project_(project),
        join_(actor, project),
        proposing_(services, actor, project) {}

  vcs::Verdict judge(const vcs::PushView& push) {
    vcs::Verdict verdict;
    for (const vcs::RefCommand& command : push.commands) {
      if (reads_blind(actor_)) {
        verdict.refused[command.ref] = "read blind";
        verdict.lines.emplace_back(kReadBlind);
      } else if (command.ref == kMain) {
        judge_main_command(push, command, verdict);
      } else if (command.ref == kForMain) {
        proposing_.judge(push, command, verdict);
      } else {
        verdict.refused[command.ref] =
            command.ref.starts_with("refs/tags/") ? "tags belong to the server" : "forbidden ref";
        verdict.lines.emplace_back(kPushable);
      }
    }
    return verdict;
  }

  Result<vcs::Joined> join(const vcs::RefCommand& command) { return join_.run(command); }

  Result<std::vector<std::string>> accepted(std::span<const vcs::AcceptedUpdate> updates) {
    std::vector<std::string> lines;
    for (const vcs::AcceptedUpdate& update : updates) {
      TRY(record(update));
      if (update.ref == kMain) {
        TRY(main_moved(update.command));
      } else {
        lines.push_back(TRY(proposing_.arrived(update)));
      }
    }
    return lines;
  }

 private:
  Result<void> main_moved(const vcs::RefCommand& command) {
    TRY(reopen_changed(project_, command.before, command.after));
    TRY(catch_up(services_, project_));
    return accept_merged_proposals(services_, actor_, project_, command);
  }

  // In one transaction: each costs the client a sync of the disk.
  Result<void> record(const vcs::AcceptedUpdate& update) {
    return services_.database->write([&](storage::Transaction& tx) -> Result<void> {
      TRY(log(update, tx));
      if (update.ref != kMain) return {};
      return tell_of_push(services_, actor_, update.command, tx);
    });
  }

  Result<void> log(const vcs::AcceptedUpdate& update, storage::Transaction& tx) {
    const bool is_created = update.ref == update.command.ref && update.command.creates();
    return storage::PushLog(tx).append({actor_.project().id, update.ref,
                                        is_created ? "" : update.command.before.hex(),
                                        update.command.after.hex(), actor_.user(),
                                        actor_.access.principal.token, base::now_milliseconds()});
  }

  // The commits on the way last: what is wrong in the end is told first, and in fewer lines.
  Result<void> judge_content(const vcs::PushView& push, const vcs::RefCommand& command,
                             Complaints& complaints) {
    TRY(join_.judge(push.objects, command.before, command.after, complaints));
    if (!complaints.empty()) return {};
    TRY(judge_commits(actor_, project_, push.commits, push.objects, complaints));
    if (!complaints.empty()) return {};
    return judge_attachments(services_, actor_, push.commits, push.objects, complaints);
  }

  void judge_main_command(const vcs::PushView& push, const vcs::RefCommand& command,
                          vcs::Verdict& verdict) {
    if (actor_.project().policy.proposals_only) {
      verdict.refused[command.ref] = "proposals only";
      verdict.lines.emplace_back(kProposalsOnly);
      return;
    }
    Complaints complaints;
    judge_authors(actor_, push.commits, complaints);
    const auto judged = judge_content(push, command, complaints);
    if (!judged.ok()) complaints.add(base::to_string(judged.error()));
    if (complaints.empty()) return;
    verdict.refused[command.ref] = complaints.summary();
    for (std::string& line : complaints.lines()) verdict.lines.push_back(std::move(line));
  }

  Services& services_;
  const Actor& actor_;
  OpenProject& project_;
  MainJoin join_;
  Proposing proposing_;
};

}  // namespace

std::string joined_ref(const Actor& actor) {
  const corpus::ProjectPolicy& policy = actor.project().policy;
  const bool joins = policy.push_behind != corpus::PushBehind::refuse && !policy.proposals_only;
  return joins ? kMain : "";
}

vcs::PushHandlers push_handlers(Services& services, const Actor& actor, OpenProject& project) {
  vcs::PushHandlers handlers;
  const auto pushing = std::make_shared<Pushing>(services, actor, project);
  handlers.client = std::to_string(actor.user().value);
  handlers.validate = [pushing](const vcs::PushView& push) { return pushing->judge(push); };
  handlers.joined_ref = joined_ref(actor);
  handlers.join = [pushing](const vcs::RefCommand& command) { return pushing->join(command); };
  handlers.accepted = [pushing](std::span<const vcs::AcceptedUpdate> updates) {
    // The refs are durable: what fails from here on is caught up with later, and only logged.
    auto lines = pushing->accepted(updates);
    if (lines.ok()) return std::move(lines).value();
    base::log_error("a push was taken but not indexed", {{"error.message", lines.error().what}});
    return std::vector<std::string>{};
  };
  handlers.failed = [](const base::Error& error) {
    base::log_error("a push could not be stored", {{"error.message", error.what}});
  };
  return handlers;
}

}  // namespace server
