#include "server/flow/import_when_ready.h"

#include "base/clock.h"
#include "base/log.h"
#include "corpus/event.h"
#include "server/flow/intake.h"
#include "storage/event_log.h"
#include "storage/prediction_table.h"
#include "storage/user_store.h"

namespace server {
namespace {

Result<void> keep_waiting(Services& services, const Actor& actor, const ImportRequest& request,
                          const std::set<corpus::DocumentId>& documents) {
  if (request.file.size() > kMostWaitingBytes) {
    return base::Error{base::Code::limit,
                       "some of the documents are still being read, and so large a file does not "
                       "wait: send it again when they are ready, or in parts"};
  }
  const corpus::Origin model = request.origin.value_or(corpus::Origin{});
  const storage::PredictionFile file{actor.user(), std::string(request.format->name), model.model,
                                     model.version, request.file};
  const std::vector<corpus::DocumentId> ids(documents.begin(), documents.end());
  return services.database->write([&](storage::Transaction& tx) {
    return storage::PredictionTable(tx).put(actor.project().id, file, ids, base::now_milliseconds(),
                                            kMostWaitingInAll);
  });
}

// As whoever sent it is now.
Result<Actor> sender_of(Services& services, const storage::Project& project, storage::UserId user) {
  return services.database->read([&](storage::Transaction& tx) -> Result<Actor> {
    storage::UserStore users(tx);
    storage::Principal principal;
    principal.user = TRY(users.find_user(user));
    Actor actor;
    actor.access = TRY(users.access_to(principal, project.organisation_slug, project.slug));
    return actor;
  });
}

bool may_import(const Actor& actor, const storage::PredictionFile& file) {
  return !actor.access.principal.user.disabled &&
         actor.may(file.is_of_people() ? corpus::Permission::annotation_write
                                       : corpus::Permission::prediction_upload);
}

// Nothing if who sent it may not any more.
Result<std::optional<ImportOutcome>> import_now(Services& services, const OpenProject& project,
                                                const storage::PredictionFile& file,
                                                std::span<const corpus::DocumentId> here) {
  const auto actor = sender_of(services, project.project, file.user);
  if (!actor.ok() && actor.error().code != base::Code::not_found) return actor.error();
  if (!actor.ok() || !may_import(*actor, file)) return std::optional<ImportOutcome>();
  ImportRequest request;
  request.format = dataset::find_import_format(file.format);
  request.file = file.content;
  request.dry_run = false;
  if (!file.is_of_people()) request.origin = corpus::Origin{file.model, file.version};
  request.only.insert(here.begin(), here.end());
  request.near = request.only;
  if (request.format == nullptr) {  // of another edition of this program
    return std::optional<ImportOutcome>();
  }
  return std::optional(TRY(import_labels(services, *actor, request)));
}

// Whoever sent it has long had their answer: what became of it is told to who follows along.
storage::NewEvent event_of(const OpenProject& project, const storage::PredictionFile& file,
                           size_t documents, const std::optional<ImportOutcome>& outcome) {
  storage::NewEvent event{.type = std::string(corpus::event_type::kLabelsImported),
                          .project = project.project.id,
                          .subject = project.project.path()};
  event.data.set("format", file.format).set("documents", static_cast<int64_t>(documents));
  if (!outcome) {
    event.data.set("allowed", false);
    return event;
  }
  uint64_t refused = 0;
  for (const auto& [reason, count] : outcome->refused) refused += count;
  event.data.set("added", outcome->added)
      .set("changed", outcome->changed)
      .set("unchanged", outcome->unchanged)
      .set("decided", outcome->decided)
      .set("refused", refused)
      .set("problems", static_cast<int64_t>(outcome->problems.size()));
  return event;
}

// As much of a file as has come.
Result<void> import_file(Services& services, OpenProject& project,
                         const storage::WaitingPrediction& waiting) {
  std::vector<corpus::DocumentId> here;
  for (const corpus::DocumentId& id : waiting.documents) {
    if (TRY(is_in_git(project, id))) here.push_back(id);
  }
  if (here.empty()) return {};
  const auto file = TRY(services.database->read(
      [&](storage::Transaction& tx) { return storage::PredictionTable(tx).file(waiting.number); }));
  if (!file) return {};  // another thread was faster
  const auto outcome = TRY(import_now(services, project, *file, here));
  return services.database->write([&](storage::Transaction& tx) -> Result<void> {
    TRY(services.events->append(tx, event_of(project, *file, here.size(), outcome)));
    return storage::PredictionTable(tx).settle(waiting.number, here);
  });
}

}  // namespace

Result<ImportOutcome> import_when_ready(Services& services, const Actor& actor,
                                        const ImportRequest& request) {
  ImportOutcome outcome = TRY(import_labels(services, actor, request));
  if (request.dry_run || outcome.waiting.empty()) return outcome;
  TRY(keep_waiting(services, actor, request, outcome.waiting));
  // Some may have been read meanwhile, and intake has found nothing that waits for them.
  const auto project = TRY(services.catalog->open(actor.project()));
  const std::vector<corpus::DocumentId> waiting(outcome.waiting.begin(), outcome.waiting.end());
  import_waiting_for(services, *project, waiting);
  return outcome;
}

Result<void> import_waiting(Services& services, OpenProject& project) {
  Result<void> outcome;
  for (const storage::WaitingPrediction& waiting :
       TRY(services.database->read([&](storage::Transaction& tx) {
         return storage::PredictionTable(tx).waiting(project.project.id);
       }))) {
    const auto done = import_file(services, project, waiting);
    if (outcome.ok()) outcome = done;
  }
  return outcome;
}

namespace {

Result<void> import_if_any(Services& services, OpenProject& project,
                           std::span<const corpus::DocumentId> documents) {
  const bool any = TRY(services.database->read([&](storage::Transaction& tx) {
    return storage::PredictionTable(tx).is_any_waiting(project.project.id, documents);
  }));
  return any ? import_waiting(services, project) : Result<void>();
}

}  // namespace

void import_waiting_for(Services& services, OpenProject& project,
                        std::span<const corpus::DocumentId> documents) {
  const auto imported = import_if_any(services, project, documents);
  if (imported.ok()) return;
  base::log_warning(
      "labels that waited could not be imported",
      {{"project", project.project.path()}, {"error.message", imported.error().what}});
}

}  // namespace server
