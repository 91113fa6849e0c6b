#include "server/flow/project_settings.h"

#include "corpus/project_files.h"
#include "server/flow/index.h"
#include "storage/user_store.h"

namespace server {
namespace {

Result<void> write_attributes(Services& services, const Actor& actor, bool git_lfs) {
  const auto project = TRY(services.catalog->open(actor.project()));
  vcs::CommitRequest request;
  request.author = request.committer = signature_of(actor);
  request.message = git_lfs ? "Keep attachments by Git LFS\n" : "Keep no attachments by Git LFS\n";
  request.make = [&](const vcs::Snapshot&) -> Result<std::vector<vcs::Edit>> {
    return std::vector<vcs::Edit>{
        {std::string(corpus::kGitAttributesPath), corpus::git_attributes(git_lfs)}};
  };
  const auto written = TRY(project->commits->commit(std::move(request)));
  return written.is_new ? catch_up(services, *project) : Result<void>();
}

}  // namespace

Result<corpus::ProjectSettings> change_settings(Services& services, const Actor& actor,
                                                const base::Json& changes) {
  const storage::ProjectId id = actor.project().id;
  const auto settings = TRY(
      services.database->write([&](storage::Transaction& tx) -> Result<corpus::ProjectSettings> {
        storage::UserStore users(tx);
        const auto now = corpus::settings_of(TRY(users.find_project(id)).settings);
        const auto changed = TRY(corpus::changed_settings(now, changes));
        TRY(users.set_settings(id, corpus::to_json(changed)));
        TRY(audit(tx, actor, "project.settings", actor.project().path(), corpus::to_json(changed)));
        return changed;
      }));
  if (changes.find("git_lfs") != nullptr) {
    TRY(write_attributes(services, actor, settings.git_lfs));
  }
  return settings;
}

}  // namespace server
