// The DVC HTTP remote: /<org>/<project>.dvc/files/md5/<2 hex>/<30 hex>[.dir]. Status codes as the
// stock client needs them: what it may not have looks absent, and an absent object has an empty
// body, so that its connection lives on (docs/formats/dvc.md).
#include "server/flow/dvc_remote.h"
#include "server/http/authorize.h"
#include "server/http/object_replies.h"
#include "server/http/routes.h"

namespace server::http {
namespace {

using base::Result;
using corpus::Permission;

Result<storage::BlobName> name_of(const Context& context) {
  return storage::BlobName::parse_path(context.parameter("fan"), context.parameter("rest"));
}

Reply absent(const base::Error& error) {
  return Reply::empty(error.code == base::Code::not_found ? 404 : 503);
}

Reply get_object(Services& services, Context& context) {
  const auto name = name_of(context);
  if (!name.ok()) return Reply::empty(404);
  const storage::Access& access = *context.principal.access;
  const auto object = open_object(services, access.project, sight_of(access), *name);
  if (!object.ok()) return absent(object.error());
  const auto noted = note_shown(services, actor_of(context), *object);
  if (!noted.ok()) return absent(noted.error());
  return send_object(*object);
}

Reply put_object(Services& services, Context& context) {
  const auto name = name_of(context);
  if (!name.ok()) return Reply::text(422, "not an object's address\n");
  Request& request = context.request;
  if (open_object(services, context.principal.access->project, Sight::all, *name).ok()) {
    const auto gone =
        rely_on(services, actor_of(context), std::span<const storage::BlobName>(&*name, 1));
    if (!gone.ok()) return Reply::empty(503);
    if (gone->empty()) {
      (void)request.drain(kMostObjectBytes);
      return Reply::empty(200);
    }
  }
  const auto taken =
      take_object(services, actor_of(context), {.md5 = name->md5, .directory = name->directory},
                  [&](char* buffer, size_t size) { return request.read(buffer, size); });
  if (taken.ok()) return Reply::empty(201);
  const int status = upload_status_of(taken.error());
  if (status < 500) return Reply::text(status, taken.error().what + "\n");
  Reply failed = Reply::empty(status);
  failed.failure = taken.error().what;
  return failed;
}

Route dvc_route(Method method, std::string path, Permission permission, RouteHandler handler,
                std::string id, std::string summary) {
  Route route{.method = method, .path = std::move(path), .access = Access::needs(permission)};
  route.handler = std::move(handler);
  route.id = std::move(id);
  route.summary = std::move(summary);
  route.tag = "dvc";
  route.errors = ErrorStyle::empty;
  route.documented = false;
  return route;
}

}  // namespace

void add_dvc_routes(Router& router, Services& services) {
  const std::string object = "/{org}/{project}.dvc/files/md5/{fan}/{rest}";
  RequestBody bytes;
  bytes.media_types = {"*/*"};
  bytes.limit = kMostObjectBytes;
  bytes.required = false;  // an empty file is an empty chunked body

  router.add(dvc_route(
      Method::get, "/{org}/{project}.dvc/files/md5", Permission::release_read,
      [](Context&) { return Reply::empty(404); }, "dvc_root",
      "The client's probe; there is no listing"));
  router.add(dvc_route(
      Method::get, object, Permission::release_read,
      [&](Context& c) { return get_object(services, c); }, "dvc_get", "An object"));
  for (const Method method : {Method::put, Method::post}) {
    Route route = dvc_route(
        method, object, Permission::data_push, [&](Context& c) { return put_object(services, c); },
        method == Method::put ? "dvc_put" : "dvc_post", "Upload an object");
    route.body = bytes;
    router.add(std::move(route));
  }
}

}  // namespace server::http
