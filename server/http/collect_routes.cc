// Collection of stored bytes, for whoever operates the server (server/flow/collect.h).
#include "base/clock.h"
#include "server/flow/collect.h"
#include "server/http/authorize.h"
#include "server/http/body_fields.h"
#include "server/http/routes.h"

namespace server::http {
namespace {

using base::Json;
using base::Result;

constexpr int64_t kMostDays = 3'650;

Json report_json(const std::string& organisation, const CollectReport& report) {
  return Json::object({{"organisation", organisation},
                       {"objects", report.objects},
                       {"unneeded", report.unneeded},
                       {"removed", report.removed},
                       {"bytes", report.removed_bytes}});
}

Result<Reply> collect_bytes(Services& services, Context& context) {
  const BodyFields body = TRY(read_fields(context.request, {"dry_run", "grace_days"}));
  const int64_t days =
      TRY(body.optional_integer("grace_days")).value_or(services.config.grace_days);
  if (days < 1 || days > kMostDays) return body.error("grace_days", "is 1 to 3650");
  CollectOptions options;
  options.now = base::now_milliseconds();
  options.grace = days * kLeastLiveGrace;
  options.dry_run = TRY(body.flag("dry_run"));
  options.stop = context.request.stopping;
  Json items = Json::array();
  for (const auto& [organisation, report] : TRY(collect_all(services, options))) {
    items.push(report_json(organisation, report));
  }
  TRY(services.database->write([&](storage::Transaction& tx) {
    return audit(tx, caller_of(context), "bytes.collect", "server",
                 Json::object({{"grace_days", days}, {"dry_run", options.dry_run}}));
  }));
  return Reply::json(200,
                     Json::object({{"items", std::move(items)}, {"dry_run", options.dry_run}}));
}

}  // namespace

void add_collect_routes(Router& router, Services& services) {
  router.add({.method = Method::post,
              .path = "/api/v1/server/gc",
              .access = Access::needs(corpus::Permission::operate),
              .handler = handled([&](Context& c) { return collect_bytes(services, c); }),
              .id = "collect_bytes",
              .summary = "Remove stored bytes that nothing has needed for the time of grace",
              .description =
                  "As it happens once a day; with dry_run it only says what would go. Bytes that "
                  "a release, a commit of any branch or somebody's push needs always stay.",
              .tag = "server",
              .body = json_body(Json::object({{"type", "object"}}),
                                Json::object({{"dry_run", true}, {"grace_days", 14}})),
              .responses = {json_response(200, "what went, of each organisation")}});
}

}  // namespace server::http
