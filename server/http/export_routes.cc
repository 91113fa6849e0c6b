// Exports and shards: a release leaves in a format to train with.
#include "server/flow/export.h"
#include "server/http/authorize.h"
#include "server/http/release_lookup.h"
#include "server/http/routes.h"

namespace server::http {
namespace {

using base::Json;
using base::Result;
using corpus::Permission;

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
  request.hold_out = context.query("hold_out").value_or("");
  std::vector<std::string> named = request.parts;
  if (!request.hold_out.empty()) {
    if (!request.parts.empty()) {
      return base::Error{base::Code::invalid, "hold_out takes all parts: leave out part"};
    }
    named.push_back(request.hold_out);
  }
  TRY(check_parts(services, context.principal.access->project, release, named));
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

Result<Reply> export_stream(Services& services, Context& context,
                            const storage::ReleaseRow& release) {
  const auto project = TRY(project_of(services, context));
  const ExportRequest request =
      TRY(export_request(services, context, release, context.parameter("format")));
  const std::string file_name =
      release.name + "-" + release.version + "." + std::string(request.format->ending);
  return reply_of(std::make_shared<ReleaseExport>(services, project, release, request),
                  *request.format, file_name);
}

// What the format could not hold: made by running the export without keeping its bytes.
Result<Reply> export_loss(Services& services, Context& context,
                          const storage::ReleaseRow& release) {
  const auto project = TRY(project_of(services, context));
  const ReleaseExport leaving(
      services, project, release,
      TRY(export_request(services, context, release, context.parameter("format"))));
  const auto loss = TRY(leaving.write([](std::string_view) { return Result<void>(); }));
  return Reply::text(200, dataset::print_loss(loss), "application/json");
}

Result<Reply> list_shards(Services& services, Context& context,
                          const storage::ReleaseRow& release) {
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

Result<Reply> shard_stream(Services& services, Context& context,
                           const storage::ReleaseRow& release) {
  const auto project = TRY(project_of(services, context));
  ExportRequest request = TRY(export_request(services, context, release, "webdataset"));
  if (!request.hold_out.empty()) {
    return base::Error{base::Code::invalid, "a shard is of one part: hold_out is for exports"};
  }
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
                             {"ending", format->ending},
                             {"media_type", format->media_type},
                             {"summary", format->summary}}));
  }
  return Reply::json(200, Json::object({{"items", std::move(items)}}));
}

}  // namespace

void add_export_routes(Router& router, Services& services) {
  const std::string release = std::string(kProjectPath) + "/releases/{name}/{version}";
  const std::vector<Parameter> export_query = {
      {.name = "part", .description = "only this part of the split; may be repeated"},
      {.name = "hold_out",
       .description = "a part, such as a fold, that leaves as validation, and the others as train"},
      {.name = "proposals",
       .description = "also what a model proposed and nobody has accepted",
       .type = Parameter::Type::flag},
      {.name = "images",
       .description = "whether archives hold the page images",
       .one_of = {"yes", "no"}},
      {.name = "since",
       .description = "only documents that are new or changed since this version of the dataset"}};

  router.add({.method = Method::get,
              .path = release + "/exports/{format}",
              .access = Access::needs(Permission::export_read),
              .handler = of_release(services, export_stream),
              .id = "export_release",
              .summary = "The release in a format to train with, as a stream; ranges are served",
              .tag = "datasets",
              .query = export_query,
              .responses = {{200, "the export", "application/json", {}, {}}}});
  router.add({.method = Method::get,
              .path = release + "/exports/{format}/loss",
              .access = Access::needs(Permission::export_read),
              .handler = of_release(services, export_loss),
              .id = "show_export_loss",
              .summary = "What the format cannot hold, with counts",
              .tag = "datasets",
              .query = export_query,
              .responses = {json_response(200, "the loss report")}});
  router.add({.method = Method::get,
              .path = release + "/shards",
              .access = Access::needs(Permission::export_read),
              .handler = of_release(services, list_shards),
              .id = "list_shards",
              .summary = "The WebDataset shards of the release",
              .tag = "datasets",
              .responses = {json_response(200, "names, sizes and addresses")}});
  router.add({.method = Method::get,
              .path = release + "/shards/{shard}",
              .access = Access::needs(Permission::export_read),
              .handler = of_release(services, shard_stream),
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
}

}  // namespace server::http
