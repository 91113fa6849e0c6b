// git smart HTTP (gitprotocol-http): /<org>/<project>.git for annotations and, read only,
// /<org>/<project>.data.git for releases.
#include "server/flow/accept_push.h"
#include "server/flow/proposals.h"
#include "server/http/authorize.h"
#include "server/http/routes.h"
#include "server/http/smart_http.h"

namespace server::http {
namespace {

using base::Result;
using corpus::Permission;

// Which of a project's two repositories a route serves.
enum class Store { annotations, data };

const vcs::UploadPack& upload_pack_of(const OpenProject& project, Store store) {
  return store == Store::data ? *project.data_upload_pack : *project.upload_pack;
}

// The hidden refs that the caller may fetch.
Result<std::vector<std::string>> shown_refs(Services& services, Context& context,
                                            const OpenProject& project, Store store) {
  if (store == Store::data) return std::vector<std::string>();
  return visible_proposal_refs(services, actor_of(context), project);
}

Result<Reply> fetch_info(Services& services, Context& context, Store store) {
  const auto project = TRY(project_of(services, context));
  const auto shown = TRY(shown_refs(services, context, *project, store));
  return advertise_fetch(context.request, upload_pack_of(*project, store), shown);
}

// Whether the client sends a push to a branch that is shown without a value: git and libgit2 do
// ("git/2.39.5", "git/2.0 (libgit2 1.9.0)"); dulwich ("git/dulwich/1.2.1") would compare. Any other
// sees where the branch is, and looks itself whether it is behind.
bool takes_unset_refs(const Request& request) {
  constexpr std::string_view kGit = "git/";
  const std::string_view agent = request.headers.value_or("user-agent", "");
  return agent.starts_with(kGit) && agent.size() > kGit.size() && agent[kGit.size()] >= '0' &&
         agent[kGit.size()] <= '9';
}

Result<Reply> push_info(Services& services, Context& context) {
  if (!context.principal.access->allows(Permission::repository_push)) {
    return Reply::text(403, "you may not push to this project\n");
  }
  const auto project = TRY(project_of(services, context));
  const std::string joined = takes_unset_refs(context.request) ? joined_ref(actor_of(context)) : "";
  return advertise_push(*project->receive_pack, joined);
}

Result<Reply> advertise(Services& services, Context& context, Store store) {
  const std::string service = context.query("service").value_or("");
  if (service == "git-upload-pack") return fetch_info(services, context, store);
  if (service == "git-receive-pack" && store == Store::annotations) {
    return push_info(services, context);
  }
  return refuse_service(service);
}

Result<Reply> fetch(Services& services, Context& context, Store store) {
  const auto project = TRY(project_of(services, context));
  const auto shown = TRY(shown_refs(services, context, *project, store));
  const std::string client = std::to_string(actor_of(context).user().value);
  return serve_fetch(
      context.request, [project, store, shown, client](
                           vcs::WireVersion version, std::string_view body, const vcs::Sink& out) {
        return upload_pack_of(*project, store).serve(version, body, out, {shown, client});
      });
}

Result<Reply> push(Services& services, Context& context) {
  const auto project = TRY(project_of(services, context));
  const auto actor = std::make_shared<Actor>(actor_of(context));
  return serve_push(context.request,
                    [&services, project, actor](const vcs::Source& body, const vcs::Sink& out) {
                      const vcs::PushHandlers handlers = push_handlers(services, *actor, *project);
                      return project->receive_pack->serve(body, handlers, out);
                    });
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
  route.body = body_of(kFetchRequestType, kMaxFetchRequest);
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
  route.body = body_of(kPushRequestType, kMaxPush);
  router.add(std::move(route));
}

}  // namespace server::http
