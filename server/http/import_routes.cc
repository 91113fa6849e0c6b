// Labels from other tools.
#include "dataset/bar_chart.h"
#include "server/flow/agreement.h"
#include "server/flow/import_when_ready.h"
#include "server/http/authorize.h"
#include "server/http/document_json.h"
#include "server/http/form_upload.h"
#include "server/http/routes.h"

namespace server::http {
namespace {

using base::Json;
using base::Result;
using corpus::Permission;

constexpr char kMayNotUpload[] = "you may not bring documents along (it needs document:upload)";

Json outcome_json(const ImportOutcome& outcome, bool dry_run) {
  Json refused = Json::object();
  for (const auto& [reason, count] : outcome.refused) refused.set(reason, count);
  Json problems = Json::array();
  for (const std::string& problem : outcome.problems) problems.push(problem);
  return Json::object({{"dry_run", dry_run},
                       {"pages", outcome.pages},
                       {"coming_pages", outcome.coming_pages},
                       {"unknown_pages", outcome.unknown_pages},
                       {"waiting", static_cast<int64_t>(outcome.waiting.size())},
                       {"added", outcome.added},
                       {"changed", outcome.changed},
                       {"unchanged", outcome.unchanged},
                       {"decided", outcome.decided},
                       {"refused", std::move(refused)},
                       {"problems", std::move(problems)}});
}

Result<ImportRequest> request_in(const Context& context) {
  ImportRequest request;
  request.format = dataset::find_import_format(context.parameter("format"));
  if (request.format == nullptr) {
    return base::Error{base::Code::not_found, "there is no such format"};
  }
  request.dry_run = context.query_flag("dry_run");
  return request;
}

Result<corpus::Origin> origin_in(const Context& context) {
  corpus::Origin origin{context.query("model").value_or(""), context.query("version").value_or("")};
  const bool named = !origin.model.empty() && origin.model.size() <= corpus::kMaxNameBytes &&
                     !origin.version.empty() && origin.version.size() <= corpus::kMaxNameBytes;
  if (named) return origin;
  return base::Error{base::Code::invalid, "model and version must be said, in at most 100 bytes"};
}

// A form: documents, and what a file, the part of that name, says of them.
Result<Reply> import_with_documents(Services& services, Context& context, ImportRequest request,
                                    const std::string& part) {
  const Actor actor = actor_of(context);
  FormUpload form(services, actor,
                  {.kept = part, .kept_limit = kMostWaitingBytes, .dry_run = request.dry_run});
  TRY(form.read(context.request));
  if (!form.kept()) return base::Error{base::Code::invalid, "the form has no part " + part};
  request.file = *form.kept();
  TRY(request.format->read(request.file));  // what nobody can read brings no documents along
  if (request.dry_run) {
    request.coming = form.file_names();
    return Reply::json(200, outcome_json(TRY(import_labels(services, actor, request)), true));
  }
  const auto items = TRY(form.finish());
  for (const UploadItem& item : items) {
    if (item.id) request.near.insert(*item.id);
  }
  if (const Refusal* refusal = sole_refusal(items)) {
    return context.problem(Problem::make(422, refusal->code, refusal->reason));
  }
  Json json = outcome_json(TRY(import_when_ready(services, actor, request)), false);
  json.set("items", TRY(to_json(services, actor.access, items, 0)));
  return Reply::json(200, json);
}

Result<Reply> import_body(Services& services, Context& context, ImportRequest request) {
  request.file = TRY(context.request.read_body(dataset::kMostImportBytes));
  const auto outcome = TRY(import_when_ready(services, actor_of(context), request));
  return Reply::json(200, outcome_json(outcome, request.dry_run));
}

bool is_form(const Context& context) {
  return context.request.media_type() == "multipart/form-data";
}

Result<Reply> import(Services& services, Context& context) {
  ImportRequest request = TRY(request_in(context));
  if (is_form(context)) {
    if (!context.principal.access->allows(Permission::document_upload)) {
      return context.problem(Problem::forbidden(kMayNotUpload));
    }
    return import_with_documents(services, context, std::move(request), "labels");
  }
  if (const auto document = context.query("document")) {
    request.document = TRY(corpus::DocumentId::parse(*document));
  }
  request.page = dataset::page_number(context.query_integer("page", 0));
  return import_body(services, context, std::move(request));
}

Result<Reply> predict_labels(Services& services, Context& context) {
  ImportRequest request = TRY(request_in(context));
  request.origin = TRY(origin_in(context));
  return is_form(context)
             ? import_with_documents(services, context, std::move(request), "predictions")
             : import_body(services, context, std::move(request));
}

Result<Reply> show_agreement(Services& services, Context& context) {
  const auto project = TRY(project_of(services, context));
  const auto all = TRY(agreement_with_models(*project));
  if (context.query("as").value_or("json") == "svg") {
    dataset::BarChart chart{.title = "What people made of proposals",
                            .series = {"taken", "changed", "rejected", "open"},
                            .rows = {}};
    for (const auto& [what, fate] : all) {
      chart.rows.push_back({what.model + " " + what.version + ": " + what.label,
                            {fate.taken, fate.changed, fate.rejected, fate.open}});
    }
    return Reply::text(200, dataset::print_svg(chart), "image/svg+xml")
        .with("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'");
  }
  Json items = Json::array();
  for (const auto& [what, fate] : all) {
    Json item = Json::object({{"model", what.model},
                              {"version", what.version},
                              {"label", what.label},
                              {"taken", fate.taken},
                              {"changed", fate.changed},
                              {"rejected", fate.rejected},
                              {"open", fate.open}});
    const uint64_t decided = fate.taken + fate.changed + fate.rejected;
    if (decided > 0) item.set("agreement", fate.taken * 1000 / decided);
    items.push(std::move(item));
  }
  return Reply::json(200, Json::object({{"items", std::move(items)}}));
}

}  // namespace

void add_import_routes(Router& router, Services& services) {
  RequestBody body;
  body.media_types = {"*/*"};
  body.limit = kLargestUpload;
  router.add({.method = Method::post,
              .path = std::string(kProjectPath) + "/imports/{format}",
              .access = Access::needs(Permission::annotation_write),
              .handler = handled([&](Context& c) { return import(services, c); }),
              .id = "import_labels",
              .summary = "Labels of alto, coco, funsd, hocr, jsonl, label-studio or page",
              .description =
                  "Onto documents that are here, or are being read: the file as the body. With its "
                  "documents: "
                  "multipart/form-data with the file as the part `labels`, an optional field "
                  "`metadata` as of "
                  "uploads, and documents as files, which the file names by their file names.",
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
  std::vector<Parameter> query = {{.name = "model", .description = "its name", .required = true},
                                  {.name = "version", .description = "of it", .required = true},
                                  {.name = "dry_run",
                                   .description = "only tell what would happen",
                                   .type = Parameter::Type::flag}};
  router.add({.method = Method::post,
              .path = std::string(kProjectPath) + "/predictions/{format}",
              .access = Access::needs(Permission::prediction_upload),
              .handler = handled([&](Context& c) { return predict_labels(services, c); }),
              .id = "upload_predictions",
              .summary = "What a model found, as proposals; sent twice it changes nothing",
              .description =
                  "The file of predictions as the body; or multipart/form-data with it as the part "
                  "`predictions`, an optional field `metadata` as of uploads, and documents as "
                  "files: what is said of these becomes proposals as soon as they have been read.",
              .tag = "datasets",
              .query = query,
              .body = body,
              .responses = {json_response(200, "what was, or would be, proposed and refused")}});
  router.add(
      {.method = Method::get,
       .path = std::string(kProjectPath) + "/predictions/agreement",
       .access = Access::needs(Permission::document_read),
       .handler = handled([&](Context& c) { return show_agreement(services, c); }),
       .id = "show_agreement",
       .summary = "What people made of proposals, by model, version and label",
       .tag = "datasets",
       .query = {{.name = "as", .description = "svg: as a figure", .one_of = {"json", "svg"}}},
       .responses = {json_response(200, "counts, and agreement in thousandths")}});
}

}  // namespace server::http
