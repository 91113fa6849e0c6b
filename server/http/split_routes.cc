// Splits, and what leaks across their borders.
#include "server/flow/leakage.h"
#include "server/flow/near_pages.h"
#include "server/flow/split.h"
#include "server/http/authorize.h"
#include "server/http/body_fields.h"
#include "server/http/document_reply.h"
#include "server/http/release_lookup.h"
#include "server/http/routes.h"

namespace server::http {
namespace {

using base::Json;
using base::Result;
using corpus::Permission;

constexpr auto kNumbers = dataset::LeakageDepth::numbers;

// JSON, or with pictures for people; 409 with more leaks than allowed, for who asks in a script.
Result<Reply> leakage_reply(const Context& context, const std::string& title,
                            const dataset::LeakageReport& report) {
  const auto most = context.query_integer("at_most", INT64_MAX);
  if (static_cast<int64_t>(report.leaking) > most) {
    return base::Error{
        base::Code::conflict,
        std::to_string(report.leaking) + " documents leak, more than " + std::to_string(most)};
  }
  if (context.query("as").value_or("json") == "html") {
    const std::string base = "/api/v1/projects/" + context.principal.access->project.path();
    const auto image_of = [&](const corpus::DocumentId& id, corpus::PageNumber page) {
      return base + "/documents/" + id.hex + "/pages/" + std::to_string(page) + "/image";
    };
    return Reply::text(200, dataset::print_leakage_page(title, report, image_of),
                       "text/html; charset=utf-8")
        .with("Content-Security-Policy",
              "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; "
              "frame-ancestors 'none'");
  }
  return Reply::json(200, dataset::to_json(report, dataset::LeakageDepth::pairs));
}

Json labels_json(const LabelsByPart& labels) {
  Json out = Json::object();
  for (const auto& [label, parts] : labels) out.set(label, counts_json(parts));
  return out;
}

// As its file has it; of folds their shares, too, for whoever shows parts.
Result<Json> rule_json(const corpus::Split& split) {
  Json rule = TRY(base::parse_json(corpus::print_split(split)));
  if (split.folds == 0) return rule;
  Json ratios = Json::object();
  for (const corpus::SplitPart& part : split.parts) ratios.set(part.name, part.share);
  rule.set("ratios", std::move(ratios));
  return rule;
}

// The body is splits/<name>.json itself; an empty object means the rule that there is.
Result<std::optional<corpus::Split>> rule_in(Context& context) {
  const std::string body = TRY(context.request.read_body());
  const Json json = TRY(base::parse_json(body));
  if (json.is_object() && json.as_object()->empty()) return std::optional<corpus::Split>();
  return std::optional(TRY(corpus::parse_split(body)));
}

Json outcome_json(const Context& context, const SplitOutcome& outcome) {
  return Json::object({{"name", context.parameter("name")},
                       {"counts", counts_json(outcome.counts)},
                       {"labels", labels_json(outcome.labels)},
                       {"torn", static_cast<int64_t>(outcome.torn.size())},
                       {"leakage", dataset::to_json(outcome.leakage, kNumbers)}});
}

Result<Reply> put_split(Services& services, Context& context) {
  const auto rule = TRY(rule_in(context));
  const auto outcome =
      TRY(make_split(services, actor_of(context), context.parameter("name"), rule));
  Json reply = outcome_json(context, outcome);
  reply.set("commit", outcome.commit);
  return Reply::json(200, reply);
}

Result<Reply> look_at_split(Services& services, Context& context) {
  const auto rule = TRY(rule_in(context));
  const auto outcome =
      TRY(preview_split(services, actor_of(context), context.parameter("name"), rule));
  return Reply::json(200, outcome_json(context, outcome));
}

// A split tells of documents that no release has yet, which is more than trainers may read.
Result<void> check_may_read_documents(const Context& context) {
  if (may_read_documents(context)) return {};
  return base::Error{base::Code::denied, "this needs the permission document:read"};
}

Result<Reply> list_splits(Services& services, Context& context) {
  TRY(check_may_read_documents(context));
  const auto project = TRY(project_of(services, context));
  Json items = Json::array();
  for (const auto& [name, split] : TRY(splits_of(*project))) {
    items.push(Json::object({{"name", name}, {"rule", TRY(rule_json(split))}}));
  }
  return Reply::json(200, Json::object({{"items", std::move(items)}}));
}

Result<Reply> show_split(Services& services, Context& context) {
  TRY(check_may_read_documents(context));
  const auto project = TRY(project_of(services, context));
  const auto reading =
      TRY(read_split(services, *project, TRY(project->tip_id()), context.parameter("name")));
  const LabelsByPart labels = TRY(labels_by_part(services, *project, reading.result));
  Json reply = Json::object(
      {{"rule", TRY(rule_json(reading.split))},
       {"counts", counts_json(reading.result.counts)},
       {"labels", labels_json(labels)},
       {"leakage", dataset::to_json(dataset::measure_leakage(reading.members), kNumbers)}});
  if (context.query("members").value_or("yes") == "no") return Reply::json(200, reply);
  Json members = Json::object();
  for (const auto& [id, placed] : reading.result.placements) {
    members.set(id.hex, Json::object({{"part", placed.part}, {"locked", placed.locked}}));
  }
  reply.set("members", std::move(members));
  return Reply::json(200, reply);
}

Result<Reply> near_duplicates(Services& services, Context& context) {
  const auto id = TRY(document_of(context));
  const storage::Project& project = context.principal.access->project;
  Json items = Json::array();
  for (const dataset::NearPages& near : TRY(near_pages_of(services, project.id, id))) {
    items.push(Json::object({{"page", near.page_a},
                             {"document", near.b.hex},
                             {"document_page", near.page_b},
                             {"likeness", static_cast<int64_t>(near.how.likeness * 1000)},
                             {"by", near.how.by_look ? "look" : "words"}}));
  }
  return Reply::json(200, Json::object({{"items", std::move(items)}}));
}

Result<Reply> place(Services& services, Context& context) {
  const BodyFields body = TRY(read_fields(context.request, {"part"}));
  const auto id = TRY(corpus::DocumentId::parse(context.parameter("document")));
  TRY(place_document(services, actor_of(context), context.parameter("name"), id,
                     TRY(body.text("part"))));
  return Reply::empty(204);
}

// Before the next release does.
Result<Reply> lock_now(Services& services, Context& context) {
  const auto project = TRY(project_of(services, context));
  const std::lock_guard lock(project->release_mutex);
  const auto locked = TRY(lock_split(services, *project, context.parameter("name")));
  return Reply::json(200, Json::object({{"commit", locked.commit.hex()}}));
}

Result<Reply> unlock(Services& services, Context& context) {
  const BodyFields body = TRY(read_fields(context.request, {"documents", "reason"}));
  Unlocking unlocking{context.parameter("name"), {}, TRY(body.text("reason"))};
  const auto ids = TRY(body.optional_texts("documents"));
  if (!ids || ids->empty()) return body.error("documents", "must name what is unlocked");
  for (const std::string& id : *ids) {
    unlocking.documents.push_back(TRY(corpus::DocumentId::parse(id)));
  }
  const size_t count = TRY(unlock_documents(services, actor_of(context), unlocking));
  return Reply::json(200, Json::object({{"unlocked", static_cast<int64_t>(count)}}));
}

Result<Reply> split_leakage(Services& services, Context& context) {
  TRY(check_may_read_documents(context));
  const auto project = TRY(project_of(services, context));
  const std::string& name = context.parameter("name");
  return leakage_reply(context, "Leakage of the split " + name,
                       TRY(leakage_of_split(services, *project, name)));
}

Result<Reply> release_leakage(Services& services, Context& context,
                              const storage::ReleaseRow& release) {
  const auto project = TRY(project_of(services, context));
  return leakage_reply(context, "Leakage of " + release.name + " " + release.version,
                       TRY(leakage_of_release(services, *project, release)));
}

}  // namespace

void add_split_routes(Router& router, Services& services) {
  const std::string project = kProjectPath;
  const std::vector<Parameter> leakage_query = {
      {.name = "as", .description = "html: with pictures", .one_of = {"json", "html"}},
      {.name = "at_most",
       .description = "409 if more documents leak: for curl --fail in a pipeline",
       .type = Parameter::Type::integer,
       .least = 0}};

  const RequestBody rule =
      json_body(Json::object({{"type", "object"}}),
                Json::object({{"rule", Json::object({{"group_by", Json::array({"claim"})}})},
                              {"salt", "2026"},
                              {"ratios", Json::object({{"train", 80}, {"test", 20}})}}));
  router.add({.method = Method::get,
              .path = project + "/splits",
              .access = Access::needs(Permission::release_read),
              .handler = handled([&](Context& c) { return list_splits(services, c); }),
              .id = "list_splits",
              .summary = "The splits and their rules",
              .tag = "datasets",
              .responses = {json_response(200, "the splits, by name")}});
  router.add({.method = Method::put,
              .path = project + "/splits/{name}",
              .access = Access::needs(Permission::split_write),
              .handler = handled([&](Context& c) { return put_split(services, c); }),
              .id = "put_split",
              .summary = "Make a split, or place the documents that came since",
              .tag = "datasets",
              .body = rule,
              .responses = {json_response(200, "counts, labels by part, and leakage")}});
  router.add({.method = Method::post,
              .path = project + "/splits/{name}/preview",
              .access = Access::needs(Permission::split_write),
              .handler = handled([&](Context& c) { return look_at_split(services, c); }),
              .id = "preview_split",
              .summary = "What making the split would give; nothing is made",
              .tag = "datasets",
              .body = rule,
              .responses = {json_response(200, "counts, labels by part, and leakage")}});
  router.add({.method = Method::get,
              .path = project + "/splits/{name}",
              .access = Access::needs(Permission::release_read),
              .handler = handled([&](Context& c) { return show_split(services, c); }),
              .id = "show_split",
              .summary = "Where every document is, and what leaks",
              .tag = "datasets",
              .query = {{.name = "members",
                         .description = "whether every document is named",
                         .one_of = {"yes", "no"}}},
              .responses = {json_response(200, "the split")}});
  router.add({.method = Method::get,
              .path = project + "/documents/{id}/near-duplicates",
              .access = Access::needs(Permission::document_read),
              .handler = handled([&](Context& c) { return near_duplicates(services, c); }),
              .id = "list_near_duplicates",
              .summary = "Pages of other documents that are nearly the same as one of this",
              .tag = "datasets",
              .responses = {json_response(200, "pairs of pages, those most alike first")}});
  router.add(
      {.method = Method::put,
       .path = project + "/splits/{name}/documents/{document}",
       .access = Access::needs(Permission::split_write),
       .handler = handled([&](Context& c) { return place(services, c); }),
       .id = "place_document",
       .summary = "Put a document into a part; 409 if it is locked in another",
       .tag = "datasets",
       .body = json_body(Json::object({{"type", "object"}, {"required", Json::array({"part"})}}),
                         Json::object({{"part", "train"}})),
       .responses = {{204, "placed", {}, {}, {}}}});
  router.add({.method = Method::post,
              .path = project + "/splits/{name}/lock",
              .access = Access::needs(Permission::split_write),
              .handler = handled([&](Context& c) { return lock_now(services, c); }),
              .id = "lock_split",
              .summary = "Lock the members of the split's locked parts, as a release does",
              .tag = "datasets",
              .responses = {json_response(200, "the commit that records it")}});
  router.add(
      {.method = Method::post,
       .path = project + "/splits/{name}/unlock",
       .access = Access::needs(Permission::project_manage),
       .handler = handled([&](Context& c) { return unlock(services, c); }),
       .id = "unlock_documents",
       .summary = "Let documents be moved out of their part again; the audit log keeps the reason",
       .tag = "datasets",
       .body = json_body(
           Json::object({{"type", "object"}, {"required", Json::array({"documents", "reason"})}}),
           Json::object({{"documents", Json::array({"0f3a1111111111111111111111111111"})},
                         {"reason", "was labelled twice by mistake"}})),
       .responses = {json_response(200, "how many were locked")}});
  router.add(
      {.method = Method::get,
       .path = project + "/splits/{name}/leakage",
       .access = Access::needs(Permission::release_read),
       .handler = handled([&](Context& c) { return split_leakage(services, c); }),
       .id = "show_split_leakage",
       .summary = "Which documents of two parts are the same, nearly the same, or of one group",
       .tag = "datasets",
       .query = leakage_query,
       .responses = {json_response(200, "the number, and every pair")}});
  router.add({.method = Method::get,
              .path = project + "/releases/{name}/{version}/leakage",
              .access = Access::needs(Permission::release_read),
              .handler = of_release(services, release_leakage),
              .id = "show_release_leakage",
              .summary = "The same of a release",
              .tag = "datasets",
              .query = leakage_query,
              .responses = {json_response(200, "the number, and every pair")}});
}

}  // namespace server::http
