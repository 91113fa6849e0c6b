// Documents that are in git are read again: one by show and retry (document_routes.cc), here those
// that a list would show, and what became of a document's labels.
#include "server/flow/reread.h"
#include "server/http/authorize.h"
#include "server/http/document_query.h"
#include "server/http/routes.h"

namespace server::http {
namespace {

using base::Json;
using base::Result;
using corpus::Permission;

Result<Reply> plan_rereadings(Services& services, Context& context) {
  const bool dry = context.query_flag("dry_run");
  storage::DocumentQuery query = TRY(document_query(services, context));
  const RereadPlan plan = TRY(
      queue_rereadings(services, actor_of(context), std::move(query), dry ? Run::dry : Run::real));
  Json some = Json::array();
  for (const corpus::DocumentId& id : plan.some) some.push(id.hex);
  return Reply::json(dry ? 200 : 202, Json::object({{"matching", plan.matching},
                                                    {"queued", plan.queued},
                                                    {"read_blind", plan.blind},
                                                    {"some", std::move(some)}}));
}

Json to_json(const corpus::AnchoredAnnotation& each) {
  return Json::object({{"id", each.id.text},
                       {"page", static_cast<int64_t>(each.page)},
                       {"type", corpus::name_of(each.type)},
                       {"label", each.label},
                       {"status", corpus::name_of(each.status)}});
}

Result<Reply> show_rereading(Services& services, Context& context) {
  const RereadReport report =
      TRY(report_rereading(services, context.principal.access->project, TRY(document_of(context))));
  using Status = corpus::AnchorStatus;
  Json counts = Json::object({});
  for (const Status status : {Status::exact, Status::moved, Status::orphaned}) {
    const auto found = report.counts.find(status);
    counts.set(std::string(corpus::name_of(status)),
               found == report.counts.end() ? int64_t{0} : found->second);
  }
  Json annotations = Json::array();
  for (const corpus::AnchoredAnnotation& each : report.annotations) annotations.push(to_json(each));
  return Reply::json(200, Json::object({{"pipeline", report.pipeline.version},
                                        {"settings", report.pipeline.settings},
                                        {"as_today", report.is_newest},
                                        {"counts", std::move(counts)},
                                        {"annotations", std::move(annotations)}}))
      .cache("private, no-cache");
}

}  // namespace

void add_reread_routes(Router& router, Services& services) {
  std::vector<Parameter> filters = document_filters();
  filters.push_back(
      {"dry_run", "says what would be done", Parameter::Type::flag, false, {}, {}, {}});
  router.add(
      {.method = Method::post,
       .path = std::string(kProjectPath) + "/rereadings",
       .access = Access::needs(Permission::document_retry),
       .handler = handled([&](Context& c) { return plan_rereadings(services, c); }),
       .id = "reread_documents",
       .summary = "Read documents again that an older pipeline or other settings have read",
       .description =
           "All that list_documents would show with the same query, if today they would be read in "
           "another way. Each becomes a new revision with fresh word ids and page images where "
           "they "
           "changed; labels are carried over by quote and place, and none is dropped: "
           "show_rereading says how. Documents that people read blind just now are left out.",
       .tag = "documents",
       .query = std::move(filters),
       .responses = {json_response(200, "what would be done"),
                     json_response(202, "what was put in the queue")}});
  router.add({.method = Method::get,
              .path = std::string(kProjectPath) + "/documents/{id}/rereading",
              .access = Access::needs(Permission::document_read),
              .handler = handled([&](Context& c) { return show_rereading(services, c); }),
              .id = "show_rereading",
              .summary = "How a document was read, and what became of its labels",
              .description =
                  "Labels that the last reading has moved or orphaned, by page, until somebody has "
                  "looked at them; how many were found again exactly.",
              .tag = "documents",
              .responses = {json_response(200, "the report")}});
}

}  // namespace server::http
