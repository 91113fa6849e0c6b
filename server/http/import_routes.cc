// Labels from other tools.
#include "server/flow/import.h"
#include "server/http/authorize.h"
#include "server/http/routes.h"

namespace server::http {
namespace {

using base::Json;
using base::Result;
using corpus::Permission;

Json outcome_json(const ImportOutcome& outcome, bool dry_run) {
  Json refused = Json::object();
  for (const auto& [reason, count] : outcome.refused) refused.set(reason, count);
  Json problems = Json::array();
  for (const std::string& problem : outcome.problems) problems.push(problem);
  return Json::object({{"dry_run", dry_run},
                       {"pages", outcome.pages},
                       {"unknown_pages", outcome.unknown_pages},
                       {"added", outcome.added},
                       {"changed", outcome.changed},
                       {"unchanged", outcome.unchanged},
                       {"refused", std::move(refused)},
                       {"problems", std::move(problems)}});
}

Result<Reply> import(Services& services, Context& context) {
  ImportRequest request;
  request.format = dataset::find_import_format(context.parameter("format"));
  if (request.format == nullptr) {
    return base::Error{base::Code::not_found, "there is no such format"};
  }
  if (const auto document = context.query("document")) {
    request.document = TRY(corpus::DocumentId::parse(*document));
  }
  request.page = static_cast<corpus::PageNumber>(context.query_integer("page", 0));
  request.dry_run = context.query_flag("dry_run");
  request.file = TRY(context.request.read_body(dataset::kMostImportBytes));
  const auto outcome = TRY(import_labels(services, actor_of(context), request));
  return Reply::json(200, outcome_json(outcome, request.dry_run));
}

}  // namespace

void add_import_routes(Router& router, Services& services) {
  RequestBody body;
  body.media_types = {"*/*"};
  body.limit = dataset::kMostImportBytes;
  router.add(
      {.method = Method::post,
       .path = std::string(kProjectPath) + "/imports/{format}",
       .access = Access::needs(Permission::annotation_write),
       .handler = handled([&](Context& c) { return import(services, c); }),
       .id = "import_labels",
       .summary = "Labels of coco, funsd, label-studio or page, onto documents that are here",
       .tag = "datasets",
       .query = {{.name = "dry_run",
                  .description = "only tell what would happen",
                  .type = Parameter::Type::flag},
                 {.name = "document",
                  .description = "the document, of a file that does not name it"},
                 {.name = "page",
                  .description = "its page",
                  .type = Parameter::Type::integer,
                  .least = 1}},
       .body = body,
       .responses = {json_response(200, "what was, or would be, added and refused")}});
}

}  // namespace server::http
