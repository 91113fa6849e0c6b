// Projects: making and listing them, members, policy, the schema.
#include "base/clock.h"
#include "corpus/event.h"
#include "corpus/schema.h"
#include "server/http/authorize.h"
#include "server/http/routes.h"
#include "storage/document_table.h"
#include "storage/user_store.h"

namespace server::http {
namespace {

using base::Json;
using base::Result;
using corpus::Permission;

Json project_json(const Services& services, const storage::Project& project) {
  return Json::object({{"project", project.path()},
                       {"organisation", project.organisation_slug},
                       {"slug", project.slug},
                       {"name", project.name},
                       {"id", project.ulid},
                       {"created_at", base::to_rfc3339(project.created_at)},
                       {"policy", corpus::to_json(project.policy)},
                       {"clone_url", services.catalog->clone_url(project)},
                       {"dvc_url", services.catalog->dvc_url(project)},
                       {"data_url", services.catalog->data_url(project)}});
}

Result<Reply> list_projects(Services& services, Context& context) {
  const auto projects = TRY(services.database->read([&](storage::Transaction& tx) {
    return storage::UserStore(tx).projects_of(principal_of(context));
  }));
  Json items = Json::array();
  for (const storage::Project& project : projects) items.push(project_json(services, project));
  return Reply::json(200, Json::object({{"items", std::move(items)}}));
}

Result<Reply> show_project(Services& services, Context& context) {
  const storage::Project& project = context.principal.access->project;
  Json reply = project_json(services, project);
  const auto counts = TRY(services.database->read(
      [&](storage::Transaction& tx) { return storage::DocumentTable(tx).counts(project.id); }));
  Json documents = Json::object();
  for (const auto& [state, count] : counts) documents.set(storage::name_of(state), count);
  reply.set("documents", std::move(documents));
  Json roles = Json::array();
  for (const corpus::Role role : context.principal.access->roles) roles.push(corpus::name_of(role));
  reply.set("roles", std::move(roles));
  return Reply::json(200, reply);
}

Result<Reply> create_project(Services& services, Context& context) {
  const Json body = TRY(context.request.read_json());
  const std::string slug = TRY(corpus::parse_slug(body.string_or("slug", "")));
  const auto project =
      TRY(services.database->write([&](storage::Transaction& tx) -> Result<storage::Project> {
        storage::UserStore users(tx);
        const auto access = TRY(users.access_to(principal_of(context), context.parameter("org")));
        storage::NewProject made;
        made.organisation = access.organisation.id;
        made.slug = slug;
        made.name = body.string_or("name", slug);
        storage::Project project = TRY(users.create_project(made, base::now_milliseconds()));
        TRY(services.events->append(tx, {.type = std::string(corpus::event_type::kProjectCreated),
                                         .project = project.id,
                                         .subject = project.path()}));
        return project;
      }));
  TRY(services.catalog->open(project));
  return Reply::json(201, project_json(services, project));
}

Result<Reply> set_policy(Services& services, Context& context) {
  const Json body = TRY(context.request.read_json());
  const corpus::ProjectPolicy policy =
      TRY(corpus::changed_policy(context.principal.access->project.policy, body));
  const Actor actor = actor_of(context);
  TRY(services.database->write([&](storage::Transaction& tx) -> Result<void> {
    TRY(storage::UserStore(tx).set_policy(actor.project().id, policy));
    return audit(tx, actor, "project.policy", actor.project().path(), corpus::to_json(policy));
  }));
  return Reply::json(200, corpus::to_json(policy));
}

Result<Reply> list_members(Services& services, Context& context) {
  const auto members = TRY(services.database->read([&](storage::Transaction& tx) {
    return storage::UserStore(tx).members(context.principal.access->project.id);
  }));
  Json items = Json::array();
  for (const storage::Member& member : members) {
    items.push(Json::object({{"name", member.name},
                             {"address", member.address},
                             {"role", corpus::name_of(member.role)},
                             {"through_organisation", member.through_organisation}}));
  }
  return Reply::json(200, Json::object({{"items", std::move(items)}}));
}

// The organisation's own roles are given only by those who manage its users.
bool may_give(const storage::Access& access, corpus::Role role) {
  const bool of_organisation =
      role == corpus::Role::owner || role == corpus::Role::admin || role == corpus::Role::auditor;
  return !of_organisation || access.allows(Permission::user_manage);
}

Result<Reply> set_member(Services& services, Context& context) {
  const Json body = TRY(context.request.read_json());
  const auto role = corpus::parse_role(body.string_or("role", ""));
  if (!role) return base::Error{base::Code::invalid, "there is no such role"};
  if (!may_give(*context.principal.access, *role)) {
    return context.problem(Problem::forbidden("you may not give this role"));
  }
  const Actor actor = actor_of(context);
  const std::string& address = context.parameter("address");
  TRY(services.database->write([&](storage::Transaction& tx) -> Result<void> {
    storage::UserStore users(tx);
    const storage::User user = TRY(users.find_user_by_address(address));
    TRY(users.set_role(actor.project().id, user.id, *role));
    return audit(tx, actor, "member.set", actor.project().path() + "/members/" + address,
                 Json::object({{"role", corpus::name_of(*role)}}));
  }));
  return Reply::json(200, Json::object({{"address", address}, {"role", corpus::name_of(*role)}}));
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

}  // namespace

void add_project_routes(Router& router, Services& services) {
  const std::string project = kProjectPath;
  router.add({.method = Method::get,
              .path = "/api/v1/projects",
              .access = Access::signed_in(),
              .handler = handled([&](Context& c) { return list_projects(services, c); }),
              .id = "list_projects",
              .summary = "The projects that you have a role in",
              .tag = "projects",
              .responses = {json_response(200, "the projects")}});
  router.add(
      {.method = Method::post,
       .path = "/api/v1/projects/{org}",
       .access = Access::needs(Permission::project_create),
       .handler = handled([&](Context& c) { return create_project(services, c); }),
       .id = "create_project",
       .summary = "Make a project",
       .tag = "projects",
       .body = json_body(Json::object({{"type", "object"}, {"required", Json::array({"slug"})}}),
                         Json::object({{"slug", "claims"}, {"name", "Motor claims"}})),
       .responses = {json_response(201, "the project")}});
  router.add({.method = Method::get,
              .path = project,
              .access = Access::needs(Permission::project_read),
              .handler = handled([&](Context& c) { return show_project(services, c); }),
              .id = "show_project",
              .summary = "A project, its policy and how many documents are in which state",
              .tag = "projects",
              .responses = {json_response(200, "the project")}});
  router.add({.method = Method::patch,
              .path = project + "/policy",
              .access = Access::needs(Permission::project_manage),
              .handler = handled([&](Context& c) { return set_policy(services, c); }),
              .id = "set_policy",
              .summary = "Change what the project allows",
              .tag = "projects",
              .body = json_body(Json::object({{"type", "object"}}),
                                corpus::to_json(corpus::ProjectPolicy{})),
              .responses = {json_response(200, "the policy")}});
  router.add({.method = Method::get,
              .path = project + "/members",
              .access = Access::needs(Permission::member_manage),
              .handler = handled([&](Context& c) { return list_members(services, c); }),
              .id = "list_members",
              .summary = "Who has which role",
              .tag = "projects",
              .responses = {json_response(200, "the members")}});
  router.add(
      {.method = Method::put,
       .path = project + "/members/{address}",
       .access = Access::needs(Permission::member_manage),
       .handler = handled([&](Context& c) { return set_member(services, c); }),
       .id = "set_member",
       .summary = "Give a user a role in the project",
       .tag = "projects",
       .body = json_body(Json::object({{"type", "object"}, {"required", Json::array({"role"})}}),
                         Json::object({{"role", "annotator"}})),
       .responses = {json_response(200, "the member")}});
  router.add({.method = Method::get,
              .path = project + "/schema",
              .access = Access::needs(Permission::document_read),
              .handler = handled([&](Context& c) { return show_schema(services, c); }),
              .id = "show_schema",
              .summary = "The labels, attributes and relations that the project knows",
              .tag = "projects",
              .responses = {json_response(200, "the schema")}});
}

}  // namespace server::http
