// Receipts: which model used which release, and whose data has changed since.
#include "base/clock.h"
#include "server/flow/receipts.h"
#include "server/http/authorize.h"
#include "server/http/body_fields.h"
#include "server/http/idempotent.h"
#include "server/http/routes.h"

namespace server::http {
namespace {

using base::Json;
using base::Result;
using corpus::Permission;

constexpr size_t kMostMetrics = 100;

// The object of that name, read as strictly as the body it lies in.
Result<BodyFields> fields_of(const Json& body, const BodyFields& fields, std::string_view key,
                             std::initializer_list<std::string_view> known) {
  const Json* value = body.find(key);
  if (value == nullptr) return fields.error(key, "is missing");
  auto inner = BodyFields::of(*value, known);
  return inner.ok() ? inner : inner.error().within("in \"" + std::string(key) + "\"");
}

Result<std::map<std::string, double>> metrics_in(const Json& body, const BodyFields& fields) {
  std::map<std::string, double> metrics;
  const Json* value = body.find("metrics");
  if (value == nullptr) return metrics;
  if (!value->is_object()) return fields.error("metrics", "must be an object of numbers");
  for (const Json::Member& member : *value->as_object()) {
    const double* real = member.value.as_real();
    const int64_t* integer = member.value.as_integer();
    if (real == nullptr && integer == nullptr) {
      return fields.error("metrics", "must be an object of numbers");
    }
    metrics[member.key] = real ? *real : static_cast<double>(*integer);
  }
  if (metrics.size() > kMostMetrics) return fields.error("metrics", "has more than 100 numbers");
  return metrics;
}

Result<corpus::Receipt> receipt_in(Request& request) {
  const Json body = TRY(request.read_json());
  const BodyFields fields =
      TRY(BodyFields::of(body, {"kind", "release", "model", "run", "metrics"}));
  const BodyFields release = TRY(fields_of(body, fields, "release", {"name", "version", "parts"}));
  const BodyFields model = TRY(fields_of(body, fields, "model", {"name", "version"}));
  corpus::Receipt receipt;
  const auto kind = corpus::parse_receipt_kind(TRY(fields.text("kind")));
  if (!kind) return fields.error("kind", "is neither training nor evaluation");
  receipt.kind = *kind;
  receipt.dataset = TRY(release.text("name"));
  receipt.version = TRY(release.text("version"));
  if (auto parts = TRY(release.optional_texts("parts"))) receipt.parts = std::move(*parts);
  receipt.model = TRY(model.text("name"));
  receipt.model_version = TRY(model.optional_text("version")).value_or("");
  receipt.run = TRY(fields.optional_text("run")).value_or("");
  receipt.metrics = TRY(metrics_in(body, fields));
  return receipt;
}

Result<Reply> write(Services& services, Context& context) {
  corpus::Receipt receipt = TRY(receipt_in(context.request));
  const auto written = TRY(write_receipt(services, actor_of(context), std::move(receipt)));
  return Reply::json(201, corpus::to_json(written));
}

bool is_asked_for(const Context& context, const corpus::Receipt& receipt) {
  const auto matches = [&](std::string_view key, std::string_view value) {
    const auto wanted = context.query(key);
    return !wanted || *wanted == value;
  };
  return matches("dataset", receipt.dataset) && matches("version", receipt.version) &&
         matches("model", receipt.model) && matches("kind", corpus::name_of(receipt.kind));
}

Result<Reply> list(Services& services, Context& context) {
  const auto project = TRY(project_of(services, context));
  Json items = Json::array();
  for (const corpus::Receipt& receipt : TRY(list_receipts(*project))) {
    if (is_asked_for(context, receipt)) items.push(corpus::to_json(receipt));
  }
  return Reply::json(200, Json::object({{"items", std::move(items)}}));
}

Json change_json(const DataChange& change) {
  Json json = Json::object();
  if (change.withdrawn) {
    json.set("withdrawn", Json::object({{"reason", change.withdrawn->reason},
                                        {"at", base::to_rfc3339(change.withdrawn->at)}}));
  }
  if (!change.newest.empty()) {
    json.set("newest", Json::object({{"version", change.newest},
                                     {"changed", change.changed},
                                     {"moved", change.moved},
                                     {"removed", change.removed}}));
  }
  json.set("main", Json::object({{"relabelled", change.relabelled},
                                 {"reread", change.reread},
                                 {"taken_out", change.taken_out}}));
  Json documents = Json::array();
  for (const corpus::DocumentId& id : change.documents) documents.push(id.hex);
  json.set("documents", std::move(documents));
  return json;
}

Result<Reply> list_outdated(Services& services, Context& context) {
  const auto project = TRY(project_of(services, context));
  Json items = Json::array();
  for (const OutdatedUse& use : TRY(find_outdated(services, *project))) {
    if (!is_asked_for(context, use.receipt)) continue;
    items.push(Json::object(
        {{"receipt", corpus::to_json(use.receipt)}, {"change", change_json(use.change)}}));
  }
  return Reply::json(200, Json::object({{"items", std::move(items)}}));
}

}  // namespace

void add_receipt_routes(Router& router, Services& services) {
  const std::string receipts = std::string(kProjectPath) + "/receipts";
  const std::vector<Parameter> query = {
      {.name = "dataset", .description = "the name of the release"},
      {.name = "version", .description = "its version"},
      {.name = "model", .description = "the name of the model"},
      {.name = "kind", .description = "what was done", .one_of = {"training", "evaluation"}}};
  const Json example =
      Json::object({{"kind", "training"},
                    {"release", Json::object({{"name", "claims"},
                                              {"version", "1.3.0"},
                                              {"parts", Json::array({"train"})}})},
                    {"model", Json::object({{"name", "claim-router"}, {"version", "2026-11-28"}})},
                    {"run", "https://runs.example.org/7"},
                    {"metrics", Json::object({{"f1", 0.93}})}});
  router.add(
      {.method = Method::post,
       .path = receipts,
       .access = Access::needs(Permission::receipt_write),
       .handler = idempotent(services, handled([&](Context& c) { return write(services, c); })),
       .id = "write_receipt",
       .summary = "Say which run of which model used which release, and what came out",
       .tag = "datasets",
       .body = json_body(Json::object({{"type", "object"},
                                       {"required", Json::array({"kind", "release", "model"})}}),
                         example),
       .responses = {json_response(201, "the receipt")}});
  router.add({.method = Method::get,
              .path = receipts,
              .access = Access::needs(Permission::release_read),
              .handler = handled([&](Context& c) { return list(services, c); }),
              .id = "list_receipts",
              .summary = "Which models used which releases",
              .tag = "datasets",
              .query = query,
              .responses = {json_response(200, "the receipts, oldest first")}});
  router.add(
      {.method = Method::get,
       .path = receipts + "/outdated",
       .access = Access::needs(Permission::release_read),
       .handler = handled([&](Context& c) { return list_outdated(services, c); }),
       .id = "list_outdated_receipts",
       .summary = "The models and evaluations whose data has changed since: the release was "
                  "withdrawn, a newer one differs, or main does",
       .tag = "datasets",
       .query = query,
       .responses = {json_response(200, "the receipts, each with what became of its data")}});
}

}  // namespace server::http
