#include "server/flow/withdraw.h"

#include "base/json.h"
#include "storage/settings_table.h"

namespace server {
namespace {

std::string key_of(const storage::Project& project, const storage::ReleaseRow& release) {
  return "withdrawn-release:" + project.ulid + "/" + release.name + "/" + release.version;
}

}  // namespace

Result<void> withdraw_release(Services& services, const Actor& actor,
                              const storage::ReleaseRow& release, const std::string& reason) {
  if (reason.empty()) {
    return base::Error{base::Code::invalid, "say why the release is withdrawn"};
  }
  const base::Json entry =
      base::Json::object({{"reason", reason}, {"at", base::now_milliseconds()}});
  const std::string key = key_of(actor.project(), release);
  return services.database->write([&](storage::Transaction& tx) -> Result<void> {
    storage::SettingsTable settings(tx);
    if (TRY(settings.find(key))) {
      return base::Error{base::Code::conflict, "the release was withdrawn already"};
    }
    TRY(settings.set(key, entry.print()));
    return audit(tx, actor, "release.withdraw",
                 actor.project().path() + "/releases/" + release.name + "/" + release.version,
                 base::Json::object({{"reason", reason}}));
  });
}

Result<std::optional<Withdrawal>> find_withdrawal(Services& services,
                                                  const storage::Project& project,
                                                  const storage::ReleaseRow& release) {
  const auto text = TRY(services.database->read([&](storage::Transaction& tx) {
    return storage::SettingsTable(tx).find(key_of(project, release));
  }));
  if (!text) return std::optional<Withdrawal>();
  const base::Json entry = TRY(base::parse_json(*text));
  return std::optional(Withdrawal{entry.string_or("reason", ""), entry.integer_or("at", 0)});
}

}  // namespace server
