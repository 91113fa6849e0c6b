#include "server/http/release_lookup.h"

#include "base/clock.h"
#include "server/flow/withdraw.h"
#include "server/http/authorize.h"
#include "server/http/routes.h"

namespace server::http {

using base::Result;

Result<storage::ReleaseRow> release_of(Services& services, const Context& context) {
  return services.database->read([&](storage::Transaction& tx) {
    return storage::ReleaseTable(tx).find(context.principal.access->project.id,
                                          context.parameter("name"), context.parameter("version"));
  });
}

Result<storage::ReleaseRow> earlier_release(Services& services, const Context& context,
                                            const std::string& version) {
  auto row = services.database->read([&](storage::Transaction& tx) {
    return storage::ReleaseTable(tx).find(context.principal.access->project.id,
                                          context.parameter("name"), version);
  });
  if (row.ok() || row.error().code != base::Code::not_found) return row;
  return base::Error{base::Code::invalid, "since: there is no release " + version};
}

namespace {

// Why the release cannot be had; nothing: it stands.
Result<std::optional<Problem>> gone_for(Services& services, const Context& context,
                                        const storage::ReleaseRow& release) {
  const auto gone = TRY(find_withdrawal(services, context.principal.access->project, release));
  if (!gone) return std::optional<Problem>();
  const std::string which = release.name + " " + release.version;
  const std::string at = base::to_rfc3339(gone->at);
  Problem problem = gone->expired
                        ? Problem::make(410, "expired", which + " is gone: " + gone->reason)
                              .with("expired_at", at)
                        : Problem::make(410, "withdrawn", which + " was withdrawn: " + gone->reason)
                              .with("withdrawn_at", at);
  return std::optional(std::move(problem).with("reason", gone->reason));
}

}  // namespace

RouteHandler of_release(Services& services, ReleaseHandler handler) {
  return handled([&services, handler](Context& context) -> Result<Reply> {
    const auto release = TRY(release_of(services, context));
    if (const auto gone = TRY(gone_for(services, context, release))) return context.problem(*gone);
    if (const auto since = context.query("since")) {
      const auto earlier = TRY(earlier_release(services, context, *since));
      if (const auto gone = TRY(gone_for(services, context, earlier))) {
        return context.problem(*gone);
      }
    }
    return handler(services, context, release);
  });
}

}  // namespace server::http
