// For operators and machines: is it alive, is it ready, what are its numbers, what is its API.
#include "server/http/openapi.h"
#include "server/http/routes.h"
#include "storage/settings_table.h"

namespace server::http {
namespace {

using base::Json;
using base::Result;

Reply ready(Services& services) {
  const auto answer = services.database->read(
      [](storage::Transaction& tx) { return storage::SettingsTable(tx).find("ready"); });
  if (!answer.ok()) return Reply::json(503, Json::object({{"ready", false}}));
  // A project that lags is told of, but takes the others' server out of no balancer.
  const auto behind = static_cast<int64_t>(services.index_lag.count());
  return Reply::json(200, Json::object({{"ready", true}, {"indexes_behind", behind}}));
}

// Prometheus text format 0.0.4.
Result<Reply> metrics(Services& services) {
  std::string out = "# HELP glossator_jobs Jobs by kind and state.\n# TYPE glossator_jobs gauge\n";
  for (const auto& [kind, counts] : TRY(services.jobs->counts())) {
    for (const auto& [state, count] :
         {std::pair("ready", counts.ready), std::pair("leased", counts.leased),
          std::pair("done", counts.done), std::pair("dead", counts.dead)}) {
      out += "glossator_jobs{kind=\"" + kind + "\",state=\"" + state + "\"} " +
             std::to_string(count) + "\n";
    }
  }
  out +=
      "# HELP glossator_sandbox_processes Sandboxed processes alive.\n"
      "# TYPE glossator_sandbox_processes gauge\nglossator_sandbox_processes " +
      std::to_string(services.readers ? services.readers->alive() : 0) + "\n";
  out +=
      "# HELP glossator_indexes_behind Projects whose index is not in step with git.\n"
      "# TYPE glossator_indexes_behind gauge\nglossator_indexes_behind " +
      std::to_string(services.index_lag.count()) + "\n";
  return Reply::text(200, std::move(out), "text/plain; version=0.0.4; charset=utf-8");
}

ApiInfo api_info() {
  ApiInfo info;
  info.description = "Documents in, labels as git revisions, datasets out.";
  info.tags = {{"accounts", "Sessions, tokens, users"},
               {"projects", "Projects, policy, schema"},
               {"members", "Roles and invitations"},
               {"documents", "Upload, state, pages"},
               {"annotations", "Labels and their review"},
               {"comments", "What people say about a document"},
               {"readings", "Two readings, blind to each other, and what is made of them"},
               {"history", "Who changed what"},
               {"datasets", "Splits, releases, exports"},
               {"events", "What happened"},
               {"git-lfs", "Files that a project keeps by Git LFS, if it does"},
               {"server", "Health"}};
  return info;
}

}  // namespace

void add_health_routes(Router& router, Services& services) {
  router.add({.method = Method::get,
              .path = "/healthz",
              .access = Access::everyone(),
              .handler = [](Context&) { return Reply::text(200, "ok\n"); },
              .id = "healthz",
              .summary = "The process answers",
              .tag = "server",
              .responses = {{200, "alive", "text/plain", {}, {}}}});
  router.add({.method = Method::get,
              .path = "/readyz",
              .access = Access::everyone(),
              .handler = [&](Context&) { return ready(services); },
              .id = "readyz",
              .summary = "The server can do its work",
              .tag = "server",
              .responses = {json_response(200,
                                          "ready; indexes_behind counts the projects whose index "
                                          "could not be brought in step with git")}});
  router.add({.method = Method::get,
              .path = "/metrics",
              .access = Access::needs(corpus::Permission::operate),
              .handler = handled([&](Context&) { return metrics(services); }),
              .id = "metrics",
              .summary = "Numbers for Prometheus",
              .tag = "server",
              .responses = {{200, "Prometheus text", "text/plain", {}, {}}}});
  router.add({.method = Method::get,
              .path = "/api/openapi.json",
              .access = Access::everyone(),
              .handler =
                  [&router](Context&) {
                    return Reply::json(200, openapi_document(router.routes(), api_info()));
                  },
              .id = "openapi",
              .summary = "This document",
              .tag = "server",
              .responses = {json_response(200, "OpenAPI 3.1")}});
}

}  // namespace server::http
