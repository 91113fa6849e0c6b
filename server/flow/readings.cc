#include "server/flow/readings.h"

#include <algorithm>

#include "base/clock.h"

namespace server {
namespace {

using storage::Reading;
using storage::ReadingState;

storage::ReadDocument read_document(const Actor& actor, const corpus::DocumentId& id) {
  return {actor.project().id, id};
}

// Before its first label a reading is what main is. Who is faster does not matter.
Result<void> begin_branch(OpenProject& project, const std::string& branch) {
  if (project.repository->refs().find(branch)) return {};
  const vcs::RefUpdate update{branch, vcs::kNoObject, TRY(project.tip_id())};
  const auto made = project.repository->refs().update(update);
  if (made.ok() || project.repository->refs().find(branch)) return {};
  return made.error();
}

bool is_closed(const std::vector<Reading>& readings) {
  return std::any_of(readings.begin(), readings.end(),
                     [](const Reading& reading) { return reading.state == ReadingState::closed; });
}

}  // namespace

std::string reading_branch(const corpus::DocumentId& id, int64_t slot) {
  return kReadings + id.hex + "/" + std::to_string(slot);
}

bool reads_blind(const Actor& actor) {
  const auto& roles = actor.access.roles;
  return actor.project().policy.readings > 1 &&
         std::all_of(roles.begin(), roles.end(),
                     [](corpus::Role role) { return role == corpus::Role::annotator; });
}

Result<std::string> labels_branch(Services& services, const Actor& actor,
                                  const OpenProject& project, const corpus::DocumentId& id) {
  if (!reads_blind(actor)) return std::string(kMain);
  const auto readings = TRY(services.database->read([&](storage::Transaction& tx) {
    return storage::ReadingTable(tx).list(read_document(actor, id));
  }));
  if (is_closed(readings)) return std::string(kMain);
  const auto own = std::find_if(readings.begin(), readings.end(), [&](const Reading& reading) {
    return reading.user == actor.user();
  });
  if (own == readings.end()) return std::string(kMain);
  std::string branch = reading_branch(id, own->slot);
  const bool has_begun = project.repository->refs().find(branch).has_value();
  return has_begun ? std::move(branch) : std::string(kMain);
}

namespace {

// The branch that this person changes, a new reading's if they have none.
Result<std::string> begin_labels(Services& services, const Actor& actor, OpenProject& project,
                                 const corpus::DocumentId& id) {
  if (!reads_blind(actor)) return std::string(kMain);
  if (!TRY(TRY(project.tip()).entry(corpus::document_dir(project.fan_out, id)))) {
    return base::Error{base::Code::not_found, "there is no such document"};
  }
  const auto of = read_document(actor, id);
  const auto taken =
      TRY(services.database->write([&](storage::Transaction& tx) -> Result<std::optional<Reading>> {
        storage::ReadingTable table(tx);
        if (is_closed(TRY(table.list(of)))) return std::optional<Reading>();
        return std::optional(TRY(table.take(of, actor.user(), actor.project().policy.readings,
                                            base::now_milliseconds())));
      }));
  if (!taken) return std::string(kMain);
  const std::string branch = reading_branch(id, taken->slot);
  TRY(begin_branch(project, branch));
  return branch;
}

}  // namespace

Result<vcs::CommitResult> commit_labels(Services& services, const Actor& actor,
                                        OpenProject& project, const corpus::DocumentId& id,
                                        vcs::CommitRequest request) {
  const bool begins =
      reads_blind(actor) && TRY(labels_branch(services, actor, project, id)) == kMain;
  if (begins && TRY(request.make(TRY(project.tip()))).empty()) {
    return vcs::CommitResult{.commit = TRY(project.tip_id()), .blobs = {}};
  }
  request.branch = TRY(begin_labels(services, actor, project, id));
  return project.commits->commit(std::move(request));
}

Result<void> note_reading(storage::Transaction& tx, const Actor& actor,
                          const corpus::DocumentId& id, storage::ReadingState state) {
  if (!reads_blind(actor)) return {};
  storage::ReadingTable table(tx);
  const auto of = read_document(actor, id);
  if (is_closed(TRY(table.list(of)))) return {};
  return table.move(of, actor.user(), state);
}

}  // namespace server
