// Splits, releases, exports and verification.
#include "base/clock.h"
#include "base/text.h"
#include "dataset/release.h"
#include "server/flow/export.h"
#include "server/flow/release.h"
#include "server/flow/released.h"
#include "server/flow/split.h"
#include "server/http/authorize.h"
#include "server/http/body_fields.h"
#include "server/http/idempotent.h"
#include "server/http/routes.h"
#include "storage/release_table.h"

namespace server::http {
namespace {

using base::Json;
using base::Result;
using corpus::Permission;

Json counts_json(const std::map<std::string, uint64_t>& counts) {
  Json out = Json::object();
  for (const auto& [name, count] : counts) out.set(name, static_cast<int64_t>(count));
  return out;
}

Json leakage_json(const dataset::LeakageReport& report) {
  Json examples = Json::array();
  for (const corpus::DocumentId& id : report.examples) examples.push(id.hex);
  return Json::object({{"documents", static_cast<int64_t>(report.documents)},
                       {"leaking", static_cast<int64_t>(report.leaking)},
                       {"by_group", static_cast<int64_t>(report.by_group)},
                       {"by_source", static_cast<int64_t>(report.by_source)},
                       {"by_page_image", static_cast<int64_t>(report.by_page_image)},
                       {"examples", std::move(examples)}});
}

// The body of a PUT is splits/<name>.json itself; an empty object evaluates an existing split.
Result<Reply> put_split(Services& services, Context& context) {
  const std::string body = TRY(context.request.read_body());
  std::optional<corpus::Split> rule;
  const Json json = TRY(base::parse_json(body));
  if (json.is_object() && !json.as_object()->empty()) rule = TRY(corpus::parse_split(body));
  const auto outcome =
      TRY(make_split(services, actor_of(context), context.parameter("name"), rule));
  return Reply::json(200, Json::object({{"name", context.parameter("name")},
                                        {"counts", counts_json(outcome.counts)},
                                        {"torn", static_cast<int64_t>(outcome.torn.size())},
                                        {"leakage", leakage_json(outcome.leakage)},
                                        {"commit", outcome.commit}}));
}

Result<Reply> show_split(Services& services, Context& context) {
  const auto project = TRY(project_of(services, context));
  const auto reading = TRY(read_split(*project, TRY(project->tip_id()), context.parameter("name")));
  Json members = Json::object();
  for (const auto& [id, placed] : reading.result.placements) {
    members.set(id.hex, Json::object({{"part", placed.part}, {"locked", placed.locked}}));
  }
  Json rule = TRY(base::parse_json(corpus::print_split(reading.split)));
  return Reply::json(200, Json::object({{"rule", std::move(rule)},
                                        {"counts", counts_json(reading.result.counts)},
                                        {"leakage", leakage_json(reading.leakage)},
                                        {"members", std::move(members)}}));
}

Json release_json(const Services& services, const storage::Project& project,
                  const storage::ReleaseRow& release) {
  const std::string tag = "datasets/" + release.name + "/v" + release.version;
  return Json::object(
      {{"name", release.name},
       {"version", release.version},
       {"tag", tag},
       {"commit", release.commit},
       {"data_commit", release.data_commit},
       {"manifest_sha256", release.manifest_sha256.hex()},
       {"documents", release.document_count},
       {"created_at", base::to_rfc3339(release.created_at)},
       {"dvc", "dvc get " + services.catalog->data_url(project) + " documents --rev " + tag}});
}

Result<std::set<corpus::ReviewState>> states_in(const BodyFields& body) {
  std::set<corpus::ReviewState> states;
  const auto names = TRY(body.optional_texts("states"));
  if (!names) return states;
  for (const std::string& name : *names) {
    const auto state = corpus::parse_review_state(name);
    if (!state) return body.error("states", "names a state that does not exist");
    states.insert(*state);
  }
  return states;
}

Json change_json(const dataset::ReleaseChange& change) {
  return Json::object({{"bump", dataset::name_of(change.bump)},
                       {"added", static_cast<int64_t>(change.added)},
                       {"removed", static_cast<int64_t>(change.removed)},
                       {"changed", static_cast<int64_t>(change.changed)},
                       {"moved", static_cast<int64_t>(change.moved)},
                       {"unchanged", static_cast<int64_t>(change.unchanged)}});
}

Result<Reply> create_release(Services& services, Context& context) {
  const BodyFields body =
      TRY(read_fields(context.request, {"name", "split", "licence", "description", "states"}));
  ReleaseRequest request;
  request.name = TRY(body.text("name"));
  request.split = TRY(body.optional_text("split")).value_or("");
  request.licence = TRY(body.optional_text("licence")).value_or("");
  request.description = TRY(body.prose("description"));
  request.states = TRY(states_in(body));
  const auto made = TRY(make_release(services, actor_of(context), request));
  Json reply = release_json(services, context.principal.access->project, made.row);
  reply.set("change", change_json(made.change));
  if (made.unreadable > 0) reply.set("unreadable", static_cast<int64_t>(made.unreadable));
  return Reply::json(201, reply);
}

Result<Reply> list_releases(Services& services, Context& context) {
  const storage::Project& project = context.principal.access->project;
  const auto rows = TRY(services.database->read(
      [&](storage::Transaction& tx) { return storage::ReleaseTable(tx).list(project.id); }));
  Json items = Json::array();
  for (const storage::ReleaseRow& row : rows) items.push(release_json(services, project, row));
  return Reply::json(200, Json::object({{"items", std::move(items)}}));
}

Result<storage::ReleaseRow> release_of(Services& services, const Context& context) {
  return services.database->read([&](storage::Transaction& tx) {
    return storage::ReleaseTable(tx).find(context.principal.access->project.id,
                                          context.parameter("name"), context.parameter("version"));
  });
}

Result<Reply> show_release(Services& services, Context& context) {
  const auto release = TRY(release_of(services, context));
  return Reply::json(200, release_json(services, context.principal.access->project, release));
}

Result<Reply> show_manifest(Services& services, Context& context) {
  const auto release = TRY(release_of(services, context));
  const storage::Project project = context.principal.access->project;
  auto chunks = TRY(open_manifest(services, project, release));
  return Reply::stream(200, "application/jsonl",
                       [chunks](Writer& out) mutable -> Result<void> {
                         while (true) {
                           const std::string chunk = TRY(chunks());
                           if (chunk.empty()) return {};
                           TRY(out.write(chunk));
                         }
                       })
      .etag(release.manifest_sha256.hex())
      .immutable();
}

// "1.2.0" of the same dataset.
Result<storage::ReleaseRow> earlier_release(Services& services, const Context& context,
                                            const std::string& version) {
  auto row = services.database->read([&](storage::Transaction& tx) {
    return storage::ReleaseTable(tx).find(context.principal.access->project.id,
                                          context.parameter("name"), version);
  });
  if (row.ok() || row.error().code != base::Code::not_found) return row;
  return base::Error{base::Code::invalid, "since: there is no release " + version};
}

// Everything that can be wrong with it is told before the first byte of the export.
Result<ExportRequest> export_request(Services& services, const Context& context,
                                     const storage::ReleaseRow& release,
                                     const std::string& format_name) {
  ExportRequest request;
  request.format = dataset::find_export_format(format_name);
  if (request.format == nullptr) {
    return base::Error{base::Code::not_found, "there is no such format"};
  }
  request.proposals = context.query_flag("proposals");
  request.images = context.query("images").value_or("yes") == "yes";
  if (const auto version = context.query("since")) {
    request.since = TRY(earlier_release(services, context, *version));
  }
  for (const std::string_view part : context.request.query.all("part")) {
    request.parts.emplace_back(part);
  }
  TRY(check_parts(services, context.principal.access->project, release, request.parts));
  return request;
}

// Its first bytes go out at once; a part of it is made alone.
Reply reply_of(std::shared_ptr<const ReleaseExport> leaving, const dataset::ExportFormat& format,
               const std::string& file_name) {
  SeekableStream stream;
  stream.length = [leaving] { return leaving->length(); };
  stream.write = [leaving](Writer& out, const ByteRange& range) -> Result<void> {
    TRY(leaving->write([&](std::string_view chunk) { return out.write(chunk); },
                       {range.first, range.length}));
    return {};
  };
  return Reply::seekable(std::string(format.media_type), std::move(stream))
      .download(file_name)
      .etag(leaving->name())
      .cache("private, no-cache");
}

Result<Reply> export_stream(Services& services, Context& context) {
  const auto project = TRY(project_of(services, context));
  const auto release = TRY(release_of(services, context));
  const ExportRequest request =
      TRY(export_request(services, context, release, context.parameter("format")));
  const std::string file_name =
      release.name + "-" + release.version + "." + std::string(request.format->ending);
  return reply_of(std::make_shared<ReleaseExport>(services, project, release, request),
                  *request.format, file_name);
}

// What the format could not hold: made by running the export without keeping its bytes.
Result<Reply> export_loss(Services& services, Context& context) {
  const auto project = TRY(project_of(services, context));
  const auto release = TRY(release_of(services, context));
  const ReleaseExport leaving(
      services, project, release,
      TRY(export_request(services, context, release, context.parameter("format"))));
  const auto loss = TRY(leaving.write([](std::string_view) { return Result<void>(); }));
  return Reply::text(200, dataset::print_loss(loss), "application/json");
}

Result<Reply> list_shards(Services& services, Context& context) {
  const auto release = TRY(release_of(services, context));
  const storage::Project& project = context.principal.access->project;
  const std::string base = services.config.public_url + "/api/v1/projects/" + project.path() +
                           "/releases/" + release.name + "/" + release.version + "/shards/";
  Json items = Json::array();
  for (const dataset::Shard& shard : TRY(shards_of(services, project, release))) {
    items.push(Json::object({{"name", shard.name()},
                             {"part", shard.part},
                             {"documents", shard.documents},
                             {"samples", shard.pages},
                             {"image_bytes", shard.bytes},
                             {"url", base + shard.name()}}));
  }
  return Reply::json(200, Json::object({{"items", std::move(items)}}));
}

Result<Reply> shard_stream(Services& services, Context& context) {
  const auto project = TRY(project_of(services, context));
  const auto release = TRY(release_of(services, context));
  ExportRequest request = TRY(export_request(services, context, release, "webdataset"));
  for (const dataset::Shard& shard : TRY(shards_of(services, project->project, release))) {
    if (shard.name() == context.parameter("shard")) request.shard = shard;
  }
  if (!request.shard) return base::Error{base::Code::not_found, "there is no such shard"};
  return reply_of(std::make_shared<ReleaseExport>(services, project, release, request),
                  *request.format, request.shard->name());
}

Result<Reply> list_formats(Services&, Context&) {
  Json items = Json::array();
  for (const dataset::ExportFormat* format : dataset::export_formats()) {
    items.push(Json::object({{"name", format->name},
                             {"media_type", format->media_type},
                             {"summary", format->summary}}));
  }
  return Reply::json(200, Json::object({{"items", std::move(items)}}));
}

Result<Reply> verify(Services& services, Context& context) {
  const auto project = TRY(project_of(services, context));
  const auto result =
      TRY(verify_release_of(services, *project, TRY(release_of(services, context))));
  Json findings = Json::array();
  for (const dataset::Finding& finding : result.findings) {
    findings.push(
        Json::object({{"name", finding.name}, {"place", finding.place}, {"what", finding.what}}));
  }
  return Reply::json(200, Json::object({{"clean", result.clean()},
                                        {"documents", static_cast<int64_t>(result.documents)},
                                        {"objects", static_cast<int64_t>(result.objects)},
                                        {"bytes", static_cast<int64_t>(result.bytes)},
                                        {"findings", std::move(findings)}}));
}

}  // namespace

void add_dataset_routes(Router& router, Services& services) {
  const std::string project = kProjectPath;
  const std::string release = project + "/releases/{name}/{version}";
  const std::vector<Parameter> export_query = {
      {.name = "part", .description = "only this part of the split; may be repeated"},
      {.name = "proposals",
       .description = "also what a model proposed and nobody has accepted",
       .type = Parameter::Type::flag},
      {.name = "images",
       .description = "whether archives hold the page images",
       .one_of = {"yes", "no"}},
      {.name = "since",
       .description = "only documents that are new or changed since this version of the dataset"}};

  router.add({.method = Method::put,
              .path = project + "/splits/{name}",
              .access = Access::needs(Permission::split_write),
              .handler = handled([&](Context& c) { return put_split(services, c); }),
              .id = "put_split",
              .summary = "Make a split, or place the documents that came since",
              .tag = "datasets",
              .body = json_body(
                  Json::object({{"type", "object"}}),
                  Json::object({{"rule", Json::object({{"group_by", Json::array({"claim"})}})},
                                {"salt", "2026"},
                                {"ratios", Json::object({{"train", 80}, {"test", 20}})}})),
              .responses = {json_response(200, "counts and leakage")}});
  router.add({.method = Method::get,
              .path = project + "/splits/{name}",
              .access = Access::needs(Permission::release_read),
              .handler = handled([&](Context& c) { return show_split(services, c); }),
              .id = "show_split",
              .summary = "Where every document is, and what leaks",
              .tag = "datasets",
              .responses = {json_response(200, "the split")}});
  router.add(
      {.method = Method::post,
       .path = project + "/releases",
       .access = Access::needs(Permission::release_create),
       .handler =
           idempotent(services, handled([&](Context& c) { return create_release(services, c); })),
       .id = "create_release",
       .summary = "Release a dataset; the version follows from what changed",
       .tag = "datasets",
       .body = json_body(
           Json::object({{"type", "object"}, {"required", Json::array({"name"})}}),
           Json::object(
               {{"name", "claims"}, {"split", "default"}, {"states", Json::array({"accepted"})}})),
       .responses = {json_response(201, "the release")}});
  router.add({.method = Method::get,
              .path = project + "/releases",
              .access = Access::needs(Permission::release_read),
              .handler = handled([&](Context& c) { return list_releases(services, c); }),
              .id = "list_releases",
              .summary = "The releases, newest first",
              .tag = "datasets",
              .responses = {json_response(200, "the releases")}});
  router.add({.method = Method::get,
              .path = release,
              .access = Access::needs(Permission::release_read),
              .handler = handled([&](Context& c) { return show_release(services, c); }),
              .id = "show_release",
              .summary = "A release",
              .tag = "datasets",
              .responses = {json_response(200, "the release")}});
  router.add({.method = Method::get,
              .path = release + "/manifest",
              .access = Access::needs(Permission::release_read),
              .handler = handled([&](Context& c) { return show_manifest(services, c); }),
              .id = "show_manifest",
              .summary = "The manifest: every document, page and hash",
              .tag = "datasets",
              .responses = {{200, "JSON lines", "application/jsonl", {}, {}}}});
  router.add({.method = Method::get,
              .path = release + "/exports/{format}",
              .access = Access::needs(Permission::export_read),
              .handler = handled([&](Context& c) { return export_stream(services, c); }),
              .id = "export_release",
              .summary = "The release in a format to train with, as a stream; ranges are served",
              .tag = "datasets",
              .query = export_query,
              .responses = {{200, "the export", "application/json", {}, {}}}});
  router.add({.method = Method::get,
              .path = release + "/exports/{format}/loss",
              .access = Access::needs(Permission::export_read),
              .handler = handled([&](Context& c) { return export_loss(services, c); }),
              .id = "show_export_loss",
              .summary = "What the format cannot hold, with counts",
              .tag = "datasets",
              .query = export_query,
              .responses = {json_response(200, "the loss report")}});
  router.add({.method = Method::get,
              .path = release + "/shards",
              .access = Access::needs(Permission::export_read),
              .handler = handled([&](Context& c) { return list_shards(services, c); }),
              .id = "list_shards",
              .summary = "The WebDataset shards of the release",
              .tag = "datasets",
              .responses = {json_response(200, "names, sizes and addresses")}});
  router.add({.method = Method::get,
              .path = release + "/shards/{shard}",
              .access = Access::needs(Permission::export_read),
              .handler = handled([&](Context& c) { return shard_stream(services, c); }),
              .id = "export_shard",
              .summary = "One WebDataset shard, as train-000000.tar; ranges are served",
              .tag = "datasets",
              .responses = {{200, "the shard", "application/x-tar", {}, {}}}});
  router.add({.method = Method::get,
              .path = "/api/v1/export-formats",
              .access = Access::everyone(),
              .handler = handled([&](Context& c) { return list_formats(services, c); }),
              .id = "list_export_formats",
              .summary = "The formats in which a release leaves",
              .tag = "datasets",
              .responses = {json_response(200, "the formats")}});
  router.add({.method = Method::get,
              .path = release + "/verify",
              .access = Access::needs(Permission::release_read),
              .handler = handled([&](Context& c) { return verify(services, c); }),
              .id = "verify_release",
              .summary = "Recompute everything that the release says",
              .tag = "datasets",
              .responses = {json_response(200, "the findings; none: it is whole")}});
}

}  // namespace server::http
