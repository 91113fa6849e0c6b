#include "server/flow/withdraw.h"

#include <map>

#include "base/json.h"
#include "corpus/event.h"
#include "dataset/release.h"
#include "server/flow/released.h"
#include "storage/settings_table.h"

namespace server {
namespace {

std::string key_of(const storage::Project& project, const storage::ReleaseRow& release) {
  return "withdrawn-release:" + project.ulid + "/" + release.name + "/" + release.version;
}

// Out of sight of every client, and still named, so that nothing of it is ever dropped.
Result<void> hide_tag(vcs::Repository& repository, const std::string& tag) {
  const std::string shown = "refs/tags/" + tag;
  const auto target = repository.refs().find(shown);
  if (!target) return {};  // an earlier try came so far
  const vcs::RefUpdate updates[] = {{kWithdrawnPrefix + tag, std::nullopt, target},
                                    {shown, target, std::nullopt}};
  return repository.refs().update(updates);
}

Result<std::optional<storage::ReleaseRow>> newest_standing(Services& services,
                                                           const OpenProject& project,
                                                           const storage::ReleaseRow& withdrawn) {
  const auto releases = TRY(services.database->read([&](storage::Transaction& tx) {
    return storage::ReleaseTable(tx).list(project.project.id);
  }));
  for (const storage::ReleaseRow& row : releases) {
    if (row.name == withdrawn.name && row.version == withdrawn.version) continue;
    if (!TRY(find_withdrawal(services, project.project, row))) return std::optional(row);
  }
  return std::optional<storage::ReleaseRow>();
}

Result<void> add_files(const OpenProject& project, const storage::ReleaseRow& release,
                       std::map<std::string, std::optional<std::string>>& files) {
  const vcs::ObjectId commit = TRY(vcs::ObjectId::from_hex(release.data_commit));
  const vcs::Snapshot snapshot = TRY(vcs::Snapshot::at_commit(*project.data, commit));
  return snapshot.walk("", [&](std::string_view path, const vcs::TreeEntry&) -> Result<bool> {
    files[std::string(path)] = TRY(snapshot.read(path));
    return true;
  });
}

// What `dvc get` without a revision takes: the newest release that stands, and a note.
Result<void> show_newest_standing(Services& services, OpenProject& project,
                                  const storage::ReleaseRow& withdrawn, const std::string& note) {
  const auto standing = TRY(newest_standing(services, project, withdrawn));
  vcs::CommitRequest request;
  request.author = request.committer = server_signature();
  request.message = "Withdraw " + withdrawn.name + " v" + withdrawn.version + "\n";
  request.make = [&](const vcs::Snapshot& tip) -> Result<std::vector<vcs::Edit>> {
    std::map<std::string, std::optional<std::string>> files;
    TRY(tip.walk("", [&](std::string_view path, const vcs::TreeEntry&) -> Result<bool> {
      files[std::string(path)] = std::nullopt;
      return true;
    }));
    if (standing) TRY(add_files(project, *standing, files));
    const bool has_notes = files.contains(kWithdrawnNotes);
    std::string notes = has_notes ? TRY(tip.read(kWithdrawnNotes)) : "";
    if (notes.find(note) == notes.npos) notes += note;
    files[kWithdrawnNotes] = notes;
    std::vector<vcs::Edit> edits;
    for (const auto& [path, content] : files) edits.push_back({path, content});
    return edits;
  };
  TRY(project.data_commits->commit(std::move(request)));
  return {};
}

// One line: what people wrote may have several.
std::string note_of(const storage::ReleaseRow& release, std::string reason, bool expired) {
  for (char& c : reason) {
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  }
  const std::string name = "- " + release.name + " v" + release.version;
  return name + (expired ? " is gone: " : " was withdrawn: ") + reason + "\n";
}

base::Json to_json(const Withdrawal& withdrawal) {
  base::Json json = base::Json::object({{"reason", withdrawal.reason}, {"at", withdrawal.at}});
  if (withdrawal.expired) json.set("expired", true);
  return json;
}

// What was written down of it.
Result<std::optional<Withdrawal>> recorded(Services& services, const storage::Project& project,
                                           const storage::ReleaseRow& release) {
  const auto text = TRY(services.database->read([&](storage::Transaction& tx) {
    return storage::SettingsTable(tx).find(key_of(project, release));
  }));
  if (!text) return std::optional<Withdrawal>();
  const base::Json entry = TRY(base::parse_json(*text));
  return std::optional(Withdrawal{entry.string_or("reason", ""), entry.integer_or("at", 0),
                                  entry.find("expired") != nullptr});
}

std::optional<Withdrawal> expiry_of(const storage::ReleaseRow& release) {
  if (release.expires_at == 0 || base::now_milliseconds() < release.expires_at) return {};
  return Withdrawal{"it expired on " + base::to_rfc3339(release.expires_at), release.expires_at,
                    true};
}

// Out of sight, then written down. Each step may be done twice: a try that is cut off has not
// withdrawn the release, and the next one goes on. Under the project's release_mutex.
Result<void> take_away(Services& services, OpenProject& project, const storage::ReleaseRow& release,
                       const Withdrawal& withdrawal, const Caller& caller) {
  const std::string tag =
      dataset::release_tag(release.name, TRY(dataset::parse_version(release.version)));
  TRY(show_newest_standing(services, project, release,
                           note_of(release, withdrawal.reason, withdrawal.expired)));
  TRY(hide_tag(*project.data, tag));
  TRY(hide_tag(*project.repository, tag));
  const std::string subject =
      project.project.path() + "/releases/" + release.name + "/" + release.version;
  const base::Json told =
      base::Json::object({{"reason", withdrawal.reason}, {"expired", withdrawal.expired}});
  return services.database->write([&](storage::Transaction& tx) -> Result<void> {
    TRY(storage::SettingsTable(tx).set(key_of(project.project, release),
                                       to_json(withdrawal).print()));
    TRY(rebuild_released_blobs(project, tx));
    TRY(audit(tx, caller, withdrawal.expired ? "release.expire" : "release.withdraw", subject,
              base::Json::object({{"reason", withdrawal.reason}})));
    TRY(services.events->append(tx, {.type = std::string(corpus::event_type::kReleaseWithdrawn),
                                     .project = project.project.id,
                                     .subject = subject,
                                     .data = told}));
    return {};
  });
}

}  // namespace

Result<void> withdraw_release(Services& services, const Actor& actor,
                              const storage::ReleaseRow& release, const std::string& reason) {
  if (reason.empty()) {
    return base::Error{base::Code::invalid, "say why the release is withdrawn"};
  }
  const auto project = TRY(services.catalog->open(actor.project()));
  const std::lock_guard lock(project->release_mutex);
  if (TRY(find_withdrawal(services, actor.project(), release))) {
    return base::Error{base::Code::conflict, "the release was withdrawn already"};
  }
  return take_away(services, *project, release, {reason, base::now_milliseconds()},
                   caller_of(actor));
}

Result<std::optional<Withdrawal>> find_withdrawal(Services& services,
                                                  const storage::Project& project,
                                                  const storage::ReleaseRow& release) {
  if (auto known = TRY(recorded(services, project, release))) return known;
  return expiry_of(release);
}

Result<void> expire_releases(Services& services, OpenProject& project) {
  const Caller server{.organisation = project.project.organisation};
  const std::lock_guard lock(project.release_mutex);
  for (const storage::ReleaseRow& row : TRY(services.database->read([&](storage::Transaction& tx) {
         return storage::ReleaseTable(tx).list(project.project.id);
       }))) {
    const auto expiry = expiry_of(row);
    if (!expiry || TRY(recorded(services, project.project, row))) continue;
    TRY(take_away(services, project, row, *expiry, server));
  }
  return {};
}

}  // namespace server
