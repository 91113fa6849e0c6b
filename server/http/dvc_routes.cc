// The DVC HTTP remote: /<org>/<project>.dvc/files/md5/<2 hex>/<30 hex>[.dir]. Status codes as the
// stock client needs them: what it may not have looks absent, and an absent object has an empty
// body, so that its connection lives on (docs/formats/dvc.md).
#include <fcntl.h>

#include "server/flow/dvc_remote.h"
#include "server/http/authorize.h"
#include "server/http/routes.h"

namespace server::http {
namespace {

using base::Result;
using corpus::Permission;

constexpr uint64_t kObjectLimit = uint64_t{64} << 30;

Result<storage::BlobName> name_of(const Context& context) {
  return storage::BlobName::parse_path(context.parameter("fan"), context.parameter("rest"));
}

Reply get_object(Services& services, Context& context) {
  const auto name = name_of(context);
  if (!name.ok()) return Reply::empty(404);
  const storage::Access& access = *context.principal.access;
  const auto object = open_object(services, access.project, sight_of(access), *name);
  if (!object.ok()) {
    return Reply::empty(object.error().code == base::Code::not_found ? 404 : 503);
  }
  if (object->withdrawn) return Reply::empty(410);
  base::UniqueFd fd(::fcntl(object->reader->descriptor(), F_DUPFD_CLOEXEC, 0));
  if (!fd) return Reply::empty(503);
  return Reply::file(std::move(fd), object->reader->size(), "application/octet-stream")
      .etag(name->md5.hex())
      .immutable();
}

int status_of(const base::Error& error) {
  switch (error.code) {
    case base::Code::invalid:
      return 422;
    case base::Code::conflict:
      return 409;
    case base::Code::limit:
      return 413;
    case base::Code::no_space:
      return 507;
    default:
      return 503;
  }
}

Reply put_object(Services& services, Context& context) {
  const auto name = name_of(context);
  if (!name.ok()) return Reply::text(422, "not an object's address\n");
  Request& request = context.request;
  if (open_object(services, context.principal.access->project, Sight::all, *name).ok()) {
    (void)request.drain(kObjectLimit);
    return Reply::empty(note_sent_again(services, actor_of(context), *name).ok() ? 200 : 503);
  }
  const auto taken =
      take_object(services, actor_of(context), *name,
                  [&](char* buffer, size_t size) { return request.read(buffer, size); });
  if (taken.ok()) return Reply::empty(201);
  const int status = status_of(taken.error());
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
  bytes.limit = kObjectLimit;
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
