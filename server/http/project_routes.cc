// Projects: making and listing them, policy, settings.
#include <algorithm>
#include <map>

#include "base/clock.h"
#include "corpus/event.h"
#include "corpus/project_settings.h"
#include "ocr/worker_pool.h"
#include "server/flow/project_settings.h"
#include "server/http/authorize.h"
#include "server/http/body_fields.h"
#include "server/http/routes.h"
#include "storage/overview_table.h"
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
                       {"settings", corpus::to_json(corpus::settings_of(project.settings))},
                       {"clone_url", services.catalog->clone_url(project)},
                       {"dvc_url", services.catalog->dvc_url(project)},
                       {"data_url", services.catalog->data_url(project)}});
}

// How many documents there are and how many are accepted, for those who may read them.
Result<void> add_progress(storage::Transaction& tx, const storage::Project& project,
                          const storage::Principal& who, Json& out) {
  const auto roles = TRY(storage::UserStore(tx).roles_of(who.user.id, project.id));
  const bool reads = std::any_of(roles.begin(), roles.end(), [&](corpus::Role role) {
    return corpus::allows(role, Permission::document_read, project.policy);
  });
  if (!reads || !who.scope_allows(Permission::document_read)) return {};
  int64_t all = 0;
  int64_t accepted = 0;
  for (const auto& standing : TRY(storage::OverviewTable(tx).documents(project.id))) {
    all += standing.documents;
    if (standing.review_state == "accepted") accepted += standing.documents;
  }
  out.set("progress", Json::object({{"documents", all}, {"accepted", accepted}}));
  return {};
}

Result<Reply> list_projects(Services& services, Context& context) {
  Json items = Json::array();
  TRY(services.database->read([&](storage::Transaction& tx) -> Result<void> {
    const storage::Principal& who = principal_of(context);
    for (const storage::Project& project : TRY(storage::UserStore(tx).projects_of(who))) {
      Json item = project_json(services, project);
      TRY(add_progress(tx, project, who, item));
      items.push(std::move(item));
    }
    return {};
  }));
  return Reply::json(200, Json::object({{"items", std::move(items)}}));
}

Result<Reply> show_project(Services& services, Context& context) {
  const storage::Project& project = context.principal.access->project;
  Json reply = project_json(services, project);
  const auto standings = TRY(services.database->read(
      [&](storage::Transaction& tx) { return storage::OverviewTable(tx).documents(project.id); }));
  std::map<std::string_view, int64_t> counts;
  for (const storage::Standing& standing : standings) {
    counts[storage::name_of(standing.state)] += standing.documents;
  }
  Json documents = Json::object();
  for (const auto& [state, count] : counts) documents.set(std::string(state), count);
  reply.set("documents", std::move(documents));
  Json roles = Json::array();
  for (const corpus::Role role : context.principal.access->roles) roles.push(corpus::name_of(role));
  reply.set("roles", std::move(roles));
  return Reply::json(200, reply);
}

Result<Reply> create_project(Services& services, Context& context) {
  const BodyFields body = TRY(read_fields(context.request, {"slug", "name"}));
  const std::string slug = TRY(corpus::parse_slug(TRY(body.text("slug"))));
  const std::string name = TRY(body.optional_text("name")).value_or("");
  const auto project =
      TRY(services.database->write([&](storage::Transaction& tx) -> Result<storage::Project> {
        storage::UserStore users(tx);
        const auto access = TRY(users.access_to(principal_of(context), context.parameter("org")));
        storage::NewProject made;
        made.organisation = access.organisation.id;
        made.slug = slug;
        made.name = name.empty() ? slug : name;
        storage::Project project = TRY(users.create_project(made, base::now_milliseconds()));
        TRY(services.events->append(tx, {.type = std::string(corpus::event_type::kProjectCreated),
                                         .project = project.id,
                                         .subject = project.path()}));
        TRY(audit(tx, caller_of(context), "project.create", project.path()));
        return project;
      }));
  TRY(services.catalog->open(project));
  return Reply::json(201, project_json(services, project));
}

// What is there is read again inside: two changes at once take nothing from each other.
Result<Reply> set_policy(Services& services, Context& context) {
  const Json body = TRY(context.request.read_json());
  const Actor actor = actor_of(context);
  const storage::ProjectId id = actor.project().id;
  const auto policy =
      TRY(services.database->write([&](storage::Transaction& tx) -> Result<corpus::ProjectPolicy> {
        storage::UserStore users(tx);
        const auto changed = TRY(corpus::changed_policy(TRY(users.find_project(id)).policy, body));
        TRY(users.set_policy(id, changed));
        TRY(audit(tx, actor, "project.policy", actor.project().path(), corpus::to_json(changed)));
        return changed;
      }));
  return Reply::json(200, corpus::to_json(policy));
}

// Checked against what is installed here: a language that nobody can read in helps nobody.
Result<void> check_languages(const corpus::ProjectSettings& settings) {
  const auto installed = ocr::installed_languages();
  for (const std::string& language : settings.languages) {
    if (std::find(installed.begin(), installed.end(), language) != installed.end()) continue;
    return base::Error{base::Code::invalid, "no page can be read in \"" + language +
                                                "\" here: its data is not installed"};
  }
  return {};
}

Result<Reply> set_settings(Services& services, Context& context) {
  const Json body = TRY(context.request.read_json());
  TRY(check_languages(TRY(corpus::changed_settings({}, body))));
  const auto settings = TRY(change_settings(services, actor_of(context), body));
  return Reply::json(200, corpus::to_json(settings));
}

Result<Reply> list_languages(Context&) {
  Json items = Json::array();
  for (const std::string& language : ocr::installed_languages()) items.push(language);
  return Reply::json(200, Json::object({{"items", std::move(items)}}));
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
  router.add(
      {.method = Method::patch,
       .path = project + "/settings",
       .access = Access::needs(Permission::project_manage),
       .handler = handled([&](Context& c) { return set_settings(services, c); }),
       .id = "set_settings",
       .summary = "Change how the project works: languages of OCR, order of the queue, Git LFS",
       .tag = "projects",
       .body = json_body(Json::object({{"type", "object"}}),
                         corpus::to_json(corpus::ProjectSettings{})),
       .responses = {json_response(200, "the settings")}});
  router.add({.method = Method::get,
              .path = "/api/v1/languages",
              .access = Access::signed_in(),
              .handler = handled([](Context& c) { return list_languages(c); }),
              .id = "list_languages",
              .summary = "The languages in which pages can be read here",
              .tag = "projects",
              .responses = {json_response(200, "their names, as tesseract has them")}});
}

}  // namespace server::http
