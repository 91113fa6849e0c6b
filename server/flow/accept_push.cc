#include "server/flow/accept_push.h"

#include <memory>
#include <set>

#include "base/clock.h"
#include "base/log.h"
#include "corpus/event.h"
#include "server/flow/document_files.h"
#include "server/flow/index.h"
#include "server/flow/join_push.h"
#include "storage/push_log.h"
#include "vcs/diff.h"

namespace server {
namespace {

using corpus::PathInfo;
using corpus::PathKind;

std::string pushable_refs() {
  return "only main can be pushed; send your work with: git push origin HEAD:main";
}

// One push to main, from its judgement to its turn.
class Pushing {
 public:
  Pushing(const Actor& actor, OpenProject& project)
      : actor_(actor), project_(project), join_(actor, project) {}

  vcs::Verdict judge(const vcs::PushView& push) {
    vcs::Verdict verdict;
    for (const vcs::RefCommand& command : push.commands) {
      if (command.ref == kMain) {
        judge_main_command(push, command, verdict);
        continue;
      }
      verdict.refused[command.ref] =
          command.ref.starts_with("refs/tags/") ? "tags belong to the server" : "forbidden ref";
      verdict.lines.push_back(pushable_refs());
    }
    return verdict;
  }

  Result<vcs::Joined> join(const vcs::RefCommand& command) { return join_.run(command); }

 private:
  void judge_main_command(const vcs::PushView& push, const vcs::RefCommand& command,
                          vcs::Verdict& verdict) {
    Complaints complaints;
    judge_authors(actor_, push.commits, complaints);
    const auto judged = join_.judge(push.objects, command.before, command.after, complaints);
    if (!judged.ok()) complaints.add(base::to_string(judged.error()));
    if (complaints.empty()) return;
    verdict.refused[command.ref] = complaints.summary();
    for (std::string& line : complaints.lines()) verdict.lines.push_back(std::move(line));
  }

  const Actor& actor_;
  OpenProject& project_;
  MainJoin join_;
};

// Documents whose labels a push changed after they were submitted or accepted are open again.
Result<void> reopen_reviews(Services&, OpenProject& project, const vcs::RefCommand& command) {
  std::set<corpus::DocumentId> changed;
  TRY(vcs::diff_commits(*project.repository, command.before, command.after,
                        [&](const vcs::Change& change) -> Result<bool> {
                          const PathInfo info = corpus::classify(change.path, project.fan_out);
                          if (info.kind == PathKind::page_annotations ||
                              info.kind == PathKind::document_annotations) {
                            changed.insert(*info.document);
                          }
                          return true;
                        }));
  if (changed.empty()) return {};
  vcs::CommitRequest request;
  request.author = request.committer = server_signature();
  request.message = "Reopen documents that were changed\n";
  request.make = [&](const vcs::Snapshot& tip) -> Result<std::vector<vcs::Edit>> {
    std::vector<vcs::Edit> edits;
    for (const corpus::DocumentId& id : changed) {
      const DocumentFiles files(tip, project.fan_out, id);
      const corpus::Review review = TRY(files.review());
      if (review.state != corpus::ReviewState::submitted &&
          review.state != corpus::ReviewState::accepted) {
        continue;
      }
      if (corpus::covers(review, TRY(files.annotation_versions()))) continue;
      edits.push_back(
          {corpus::review_path(files.directory()),
           corpus::print_review(corpus::after_edit(review, "annotations were changed by a push"))});
    }
    return edits;
  };
  TRY(project.commits->commit(std::move(request)));
  return {};
}

Result<void> record_push(Services& services, const Actor& actor,
                         std::span<const vcs::AcceptedUpdate> updates) {
  return services.database->write([&](storage::Transaction& tx) -> Result<void> {
    for (const vcs::AcceptedUpdate& update : updates) {
      const auto& command = update.command;
      TRY(storage::PushLog(tx).append({actor.project().id, update.ref,
                                       command.creates() ? "" : command.before.hex(),
                                       command.deletes() ? "" : command.after.hex(), actor.user(),
                                       actor.access.principal.token, base::now_milliseconds()}));
      TRY(audit(tx, actor, "git.push", actor.project().path() + "/" + update.ref,
                base::Json::object({{"commit", command.after.hex()}})));
      TRY(services.events->append(
          tx,
          {.type = std::string(corpus::event_type::kRepositoryPushed),
           .project = actor.project().id,
           .subject = actor.project().path(),
           .data = base::Json::object({{"ref", update.ref}, {"commit", command.after.hex()}})}));
    }
    return {};
  });
}

}  // namespace

std::string joined_ref(const Actor& actor) {
  return actor.project().policy.push_behind == corpus::PushBehind::refuse ? "" : kMain;
}

vcs::PushHandlers push_handlers(Services& services, const Actor& actor, OpenProject& project) {
  vcs::PushHandlers handlers;
  const auto pushing = std::make_shared<Pushing>(actor, project);
  handlers.validate = [pushing](const vcs::PushView& push) { return pushing->judge(push); };
  handlers.joined_ref = joined_ref(actor);
  handlers.join = [pushing](const vcs::RefCommand& command) { return pushing->join(command); };
  handlers.accepted = [&](std::span<const vcs::AcceptedUpdate> updates) {
    // The refs are durable: what fails from here on is caught up with later, and only logged.
    const auto done = [&]() -> Result<void> {
      TRY(record_push(services, actor, updates));
      for (const auto& update : updates) TRY(reopen_reviews(services, project, update.command));
      return catch_up(services, project);
    }();
    if (!done.ok()) {
      base::log_error("a push was taken but not indexed", {{"error.message", done.error().what}});
    }
    return std::vector<std::string>{};
  };
  handlers.failed = [](const base::Error& error) {
    base::log_error("a push could not be stored", {{"error.message", error.what}});
  };
  return handlers;
}

}  // namespace server
