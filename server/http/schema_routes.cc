// The schema and the guidelines: reading and changing them, and what a change would do.
#include "server/flow/guidelines.h"
#include "server/flow/schema.h"
#include "server/http/authorize.h"
#include "server/http/body_fields.h"
#include "server/http/routes.h"

namespace server::http {
namespace {

using base::Json;
using base::Result;
using corpus::Permission;

constexpr size_t kSchemaLimit = corpus::kMaxSchemaBytes * 2;

Problem precondition_required() {
  return Problem::make(428, "precondition_required",
                       "send If-Match with the ETag of the version you edited");
}

Result<Reply> show_schema(Services& services, Context& context) {
  const auto project = TRY(project_of(services, context));
  const vcs::Snapshot tip = TRY(project->tip());
  const auto entry = TRY(tip.entry(corpus::kSchemaPath));
  const corpus::Schema schema = TRY(corpus::parse_schema(TRY(tip.read(corpus::kSchemaPath))));
  return Reply::json(200, corpus::to_json(schema))
      .etag(entry ? entry->id.hex() : "")
      .cache("private, no-cache");
}

Result<std::vector<SchemaRename>> renames_in(BodyFields body) {
  std::vector<SchemaRename> out;
  if (!body.has("renames")) return out;
  const Json renames = TRY(std::move(body).array("renames"));
  for (const Json& item : *renames.as_array()) {
    const BodyFields fields = TRY(BodyFields::of(item, {"list", "from", "to"}));
    out.push_back({TRY(fields.text("list")), TRY(fields.text("from")), TRY(fields.text("to"))});
  }
  return out;
}

Json findings_json(const SchemaOutcome& outcome) {
  Json findings = Json::array();
  for (const corpus::SchemaFinding& finding : outcome.findings) {
    findings.push(corpus::to_json(finding));
  }
  return findings;
}

Problem problem_of(const SchemaOutcome& outcome) {
  switch (outcome.kind) {
    case SchemaOutcome::Kind::invalid: {
      Json errors = Json::array();
      for (const corpus::Diagnostic& problem : outcome.problems.list()) {
        errors.push(Json::object({{"detail", problem.message}}));
      }
      const std::string first =
          outcome.problems.list().empty() ? "" : ": " + outcome.problems.list().front().message;
      return Problem::make(422, "invalid_schema", "this is no valid schema" + first)
          .with("errors", std::move(errors));
    }
    case SchemaOutcome::Kind::clash:
      return Problem::make(412, "conflict", "somebody else has changed the schema meanwhile")
          .with_header("ETag", "\"" + outcome.version.hex() + "\"");
    case SchemaOutcome::Kind::needs_decision:
    case SchemaOutcome::Kind::done:
      break;
  }
  return Problem::make(
             409, "schema_in_use",
             "annotations that there are would not be valid any more: see what, then send "
             "accept_findings")
      .with("findings", findings_json(outcome));
}

Result<Reply> change(Services& services, Context& context, bool dry_run) {
  const std::string* if_match = context.request.headers.find("if-match");
  if (if_match == nullptr) return context.problem(precondition_required());
  const Json json = TRY(context.request.read_json(kSchemaLimit));
  const Json* schema = json.find("schema");
  const BodyFields body = TRY(BodyFields::of(json, {"schema", "renames", "accept_findings"}));
  if (schema == nullptr) return body.error("schema", "is missing");
  SchemaChange change;
  change.schema = *schema;
  change.base = TRY(version_in(*if_match));
  change.renames = TRY(renames_in(body));
  change.accept_findings = TRY(body.flag("accept_findings"));
  change.dry_run = dry_run;
  const SchemaOutcome outcome = TRY(change_schema(services, actor_of(context), change));
  if (outcome.kind != SchemaOutcome::Kind::done) return context.problem(problem_of(outcome));
  Json reply = Json::object({{"schema", corpus::to_json(outcome.schema)},
                             {"findings", findings_json(outcome)},
                             {"renamed_documents", outcome.renamed_documents}});
  if (!outcome.commit.empty()) reply.set("commit", outcome.commit);
  return Reply::json(200, reply).etag(outcome.version.hex()).cache("no-store");
}

// ---- guidelines

Result<Reply> list(Services& services, Context& context) {
  const auto project = TRY(project_of(services, context));
  Json items = Json::array();
  for (const Guideline& guideline : TRY(list_guidelines(*project))) {
    items.push(Json::object({{"name", guideline.name}, {"version", guideline.version.hex()}}));
  }
  return Reply::json(200, Json::object({{"items", std::move(items)}})).cache("private, no-cache");
}

Reply guideline_reply(int status, const Guideline& guideline) {
  return Reply::json(status, Json::object({{"name", guideline.name}, {"text", guideline.text}}))
      .etag(guideline.version.hex())
      .cache("private, no-cache");
}

Result<Reply> show(Services& services, Context& context) {
  const auto project = TRY(project_of(services, context));
  return guideline_reply(200, TRY(read_guideline(*project, context.parameter("name"))));
}

// If-Match names the version that was edited; If-None-Match: * says that there should be none.
Result<std::optional<vcs::ObjectId>> base_of(const Context& context) {
  if (context.request.headers.value_or("if-none-match", "") == "*") {
    return std::optional<vcs::ObjectId>();
  }
  return std::optional(TRY(version_in(context.request.headers.value_or("if-match", ""))));
}

bool names_a_version(const Context& context) {
  return context.request.headers.has("if-match") || context.request.headers.has("if-none-match");
}

Result<Reply> refuse(const Context& context, const base::Error& error) {
  if (error.code != base::Code::conflict) return error;
  return context.problem(Problem::make(412, "conflict", error.what));
}

Result<Reply> write(Services& services, Context& context) {
  if (!names_a_version(context)) return context.problem(precondition_required());
  const BodyFields body = TRY(read_fields(context.request, {"text"}, kMaxGuidelineBytes * 2));
  const std::string text = TRY(body.any_text("text"));
  const auto base = TRY(base_of(context));
  const auto written =
      write_guideline(services, actor_of(context), context.parameter("name"), text, base);
  if (!written.ok()) return refuse(context, written.error());
  return guideline_reply(base ? 200 : 201, *written);
}

Result<Reply> remove(Services& services, Context& context) {
  if (!names_a_version(context)) return context.problem(precondition_required());
  const auto removed = write_guideline(services, actor_of(context), context.parameter("name"),
                                       std::nullopt, TRY(base_of(context)));
  if (!removed.ok()) return refuse(context, removed.error());
  return Reply::empty(204);
}

Parameter if_match() {
  return {
      "If-Match", "the ETag of the version that was edited", Parameter::Type::string, false, {}, {},
      {}};
}

RequestBody schema_body() {
  RequestBody body = json_body(
      Json::object({{"type", "object"}, {"required", Json::array({"schema"})}}),
      Json::object({{"schema", Json::object({{"labels", Json::array()}})},
                    {"renames", Json::array({Json::object(
                                    {{"list", "labels"}, {"from", "total"}, {"to", "amount"}})})},
                    {"accept_findings", false}}));
  body.limit = kSchemaLimit;
  return body;
}

}  // namespace

void add_schema_routes(Router& router, Services& services) {
  const std::string schema = std::string(kProjectPath) + "/schema";
  const std::string guidelines = std::string(kProjectPath) + "/guidelines";
  router.add({.method = Method::get,
              .path = schema,
              .access = Access::needs(Permission::document_read),
              .handler = handled([&](Context& c) { return show_schema(services, c); }),
              .id = "show_schema",
              .summary = "The labels, attributes and relations that the project knows",
              .tag = "schema",
              .responses = {json_response(200, "the schema")}});
  router.add({.method = Method::put,
              .path = schema,
              .access = Access::needs(Permission::schema_write),
              .handler = handled([&](Context& c) { return change(services, c, false); }),
              .id = "change_schema",
              .summary = "Change the schema; names can be changed in all annotations with it",
              .description =
                  "One commit on main. If annotations that there are would not be valid any more, "
                  "the answer is 409 with `findings`, and nothing is changed unless "
                  "`accept_findings` is true: such annotations then stay as they are, and have to "
                  "be put right by whoever changes them next. `renames` changes names in all "
                  "annotations, of at most 5000 documents, in the same commit.",
              .tag = "schema",
              .headers = {if_match()},
              .body = schema_body(),
              .responses = {json_response(200, "the schema as it is now")}});
  router.add({.method = Method::post,
              .path = schema + "/preview",
              .access = Access::needs(Permission::schema_write),
              .handler = handled([&](Context& c) { return change(services, c, true); }),
              .id = "preview_schema",
              .summary = "What a change of the schema would do to the annotations that there are",
              .description =
                  "As change_schema, but nothing is changed. Counts come from the index; "
                  "ends of relations on another page are not counted.",
              .tag = "schema",
              .headers = {if_match()},
              .body = schema_body(),
              .responses = {json_response(200, "the findings")}});

  router.add({.method = Method::get,
              .path = guidelines,
              .access = Access::needs(Permission::document_read),
              .handler = handled([&](Context& c) { return list(services, c); }),
              .id = "list_guidelines",
              .summary = "The names of the texts that say how to label",
              .tag = "schema",
              .responses = {json_response(200, "the names")}});
  router.add({.method = Method::get,
              .path = guidelines + "/{name...}",
              .access = Access::needs(Permission::document_read),
              .handler = handled([&](Context& c) { return show(services, c); }),
              .id = "show_guideline",
              .summary = "A guideline, in Markdown",
              .tag = "schema",
              .responses = {json_response(200, "its text")}});
  RequestBody text = json_body(
      Json::object({{"type", "object"}, {"required", Json::array({"text"})}}),
      Json::object({{"text", "# Totals\n\nThe amount to be paid, with its currency.\n"}}));
  text.limit = kMaxGuidelineBytes * 2;
  router.add({.method = Method::put,
              .path = guidelines + "/{name...}",
              .access = Access::needs(Permission::schema_write),
              .handler = handled([&](Context& c) { return write(services, c); }),
              .id = "write_guideline",
              .summary = "Write a guideline; If-None-Match: * for a new one",
              .tag = "schema",
              .headers = {if_match()},
              .body = text,
              .responses = {json_response(200, "its text"), json_response(201, "it is new")}});
  router.add({.method = Method::delete_,
              .path = guidelines + "/{name...}",
              .access = Access::needs(Permission::schema_write),
              .handler = handled([&](Context& c) { return remove(services, c); }),
              .id = "remove_guideline",
              .summary = "Remove a guideline",
              .tag = "schema",
              .headers = {if_match()},
              .responses = {{204, "it is gone", "", {}, {}}}});
}

}  // namespace server::http
