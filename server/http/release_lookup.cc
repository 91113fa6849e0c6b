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

RouteHandler of_release(Services& services, ReleaseHandler handler) {
  return handled([&services, handler](Context& context) -> Result<Reply> {
    const auto release = TRY(release_of(services, context));
    const auto withdrawn =
        TRY(find_withdrawal(services, context.principal.access->project, release));
    if (!withdrawn) return handler(services, context, release);
    return context.problem(
        Problem::make(410, "withdrawn", "this release was withdrawn: " + withdrawn->reason)
            .with("reason", withdrawn->reason)
            .with("withdrawn_at", base::to_rfc3339(withdrawn->at)));
  });
}

}  // namespace server::http
