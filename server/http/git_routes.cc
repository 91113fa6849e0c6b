// git smart HTTP (gitprotocol-http): /<org>/<project>.git for annotations and, read only,
// /<org>/<project>.data.git for releases.
#include "server/flow/accept_push.h"
#include "server/http/authorize.h"
#include "server/http/routes.h"
#include "vcs/compression.h"
#include "vcs/upload_pack.h"

namespace server::http {
namespace {

using base::Result;
using corpus::Permission;

constexpr uint64_t kFetchLimit = uint64_t{10} << 20;  // of a fetch request, also once inflated
constexpr uint64_t kPushLimit = uint64_t{4} << 30;

// Literally what git's own server sends.
Reply uncached(Reply reply) {
  return std::move(reply)
      .with("Expires", "Fri, 01 Jan 1980 00:00:00 GMT")
      .with("Pragma", "no-cache")
      .with("Cache-Control", "no-cache, max-age=0, must-revalidate");
}

// Which of a project's two repositories a route serves.
enum class Store { annotations, data };

const vcs::UploadPack& upload_pack_of(const OpenProject& project, Store store) {
  return store == Store::data ? *project.data_upload_pack : *project.upload_pack;
}

vcs::WireVersion wire_version(const Request& request) {
  return vcs::wire_version_of(request.headers.value_or("git-protocol", ""));
}

Result<Reply> advertise_fetch(Services& services, Context& context, Store store) {
  const auto project = TRY(project_of(services, context));
  std::string body = TRY(upload_pack_of(*project, store).advertise(wire_version(context.request)));
  return uncached(Reply::text(200, std::move(body), "application/x-git-upload-pack-advertisement"));
}

Result<Reply> advertise_push(Services& services, Context& context) {
  if (!context.principal.access->allows(Permission::repository_push)) {
    return Reply::text(403, "you may not push to this project\n");
  }
  const auto project = TRY(project_of(services, context));
  return uncached(Reply::text(200, project->receive_pack->advertise(),
                              "application/x-git-receive-pack-advertisement"));
}

Result<Reply> advertise(Services& services, Context& context, Store store) {
  const std::string service = context.query("service").value_or("");
  if (service == "git-upload-pack") return advertise_fetch(services, context, store);
  if (service == "git-receive-pack" && store == Store::annotations) {
    return advertise_push(services, context);
  }
  return Reply::text(
      403, service.empty() ? "only smart HTTP is served\n" : "this service is not offered here\n");
}

Result<std::string> fetch_body(Request& request) {
  std::string body = TRY(request.read_body(kFetchLimit));
  const std::string_view encoding = request.headers.value_or("content-encoding", "");
  if (encoding == "gzip" || encoding == "x-gzip") return vcs::gunzip(body, kFetchLimit);
  return body;
}

Result<Reply> fetch(Services& services, Context& context, Store store) {
  const auto project = TRY(project_of(services, context));
  auto body = std::make_shared<std::string>(TRY(fetch_body(context.request)));
  const vcs::WireVersion version = wire_version(context.request);
  return uncached(Reply::stream(
      200, "application/x-git-upload-pack-result", [project, store, version, body](Writer& out) {
        return upload_pack_of(*project, store).serve(version, *body, [&](std::string_view chunk) {
          return out.write(chunk);
        });
      }));
}

Result<Reply> push(Services& services, Context& context) {
  const auto project = TRY(project_of(services, context));
  const auto actor = std::make_shared<Actor>(actor_of(context));
  Request* request = &context.request;
  return uncached(Reply::stream(
      200, "application/x-git-receive-pack-result",
      [&services, project, actor, request](Writer& out) {
        const vcs::PushHandlers handlers = push_handlers(services, *actor, *project);
        return project->receive_pack->serve(
            [request](char* buffer, size_t size) { return request->read(buffer, size); }, handlers,
            [&](std::string_view chunk) { return out.write(chunk); });
      }));
}

RequestBody body_of(const char* media_type, uint64_t limit) {
  RequestBody body;
  body.media_types = {media_type};
  body.limit = limit;
  return body;
}

Route git_route(Method method, std::string path, Permission permission, RouteHandler handler,
                std::string id, std::string summary) {
  Route route{.method = method, .path = std::move(path), .access = Access::needs(permission)};
  route.handler = std::move(handler);
  route.id = std::move(id);
  route.summary = std::move(summary);
  route.tag = "git";
  route.errors = ErrorStyle::text;
  route.documented = false;
  return route;
}

void add_fetch_routes(Router& router, Services& services, const std::string& base, Store store,
                      Permission permission, const std::string& id) {
  Route info =
      git_route(Method::get, base + "/info/refs", permission,
                handled([&services, store](Context& c) { return advertise(services, c, store); }),
                id + "_info_refs", "Reference discovery");
  info.query = {{"service", "", Parameter::Type::string, false, {}, {}, {}}};
  router.add(std::move(info));
  Route route =
      git_route(Method::post, base + "/git-upload-pack", permission,
                handled([&services, store](Context& c) { return fetch(services, c, store); }),
                id + "_upload_pack", "Clone and fetch");
  route.body = body_of("application/x-git-upload-pack-request", kFetchLimit);
  router.add(std::move(route));
}

}  // namespace

void add_git_routes(Router& router, Services& services) {
  add_fetch_routes(router, services, "/{org}/{project}.data.git", Store::data,
                   Permission::release_read, "data");
  add_fetch_routes(router, services, "/{org}/{project}.git", Store::annotations,
                   Permission::repository_clone, "git");
  Route route =
      git_route(Method::post, "/{org}/{project}.git/git-receive-pack", Permission::repository_push,
                handled([&](Context& c) { return push(services, c); }), "git_receive_pack", "Push");
  route.body = body_of("application/x-git-receive-pack-request", kPushLimit);
  router.add(std::move(route));
}

}  // namespace server::http
