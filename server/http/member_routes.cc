// Members of projects and organisations: who has which role, giving and taking roles, inviting
// people.
#include "base/clock.h"
#include "server/flow/members.h"
#include "server/http/authorize.h"
#include "server/http/body_fields.h"
#include "server/http/routes.h"
#include "storage/user_store.h"

namespace server::http {
namespace {

using base::Json;
using base::Result;
using corpus::Permission;

Place place_of(const Context& context) {
  if (const auto& access = context.principal.access) {
    return {access->project.organisation, access->project.id, access->project.path(),
            access->allows(Permission::user_manage)};
  }
  const storage::OrganisationAccess& access = *context.principal.organisation;
  return {
      access.organisation.id, {}, access.organisation.slug, access.allows(Permission::user_manage)};
}

Result<corpus::Role> role_in(const BodyFields& body) {
  const auto role = corpus::parse_role(TRY(body.text("role")));
  if (!role) return body.error("role", "names no role that there is");
  return *role;
}

Result<Reply> list(Services& services, Context& context) {
  const Place place = place_of(context);
  const auto members = TRY(services.database->read([&](storage::Transaction& tx) {
    storage::UserStore users(tx);
    return place.project ? users.members(place.project) : users.members(place.organisation);
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

Result<Reply> set(Services& services, Context& context) {
  const BodyFields body = TRY(read_fields(context.request, {"role"}));
  const corpus::Role role = TRY(role_in(body));
  const std::string& address = context.parameter("address");
  TRY(set_member(services, caller_of(context), place_of(context), address, role));
  return Reply::json(200, Json::object({{"address", address}, {"role", corpus::name_of(role)}}));
}

Result<Reply> remove(Services& services, Context& context) {
  TRY(remove_member(services, caller_of(context), place_of(context), context.parameter("address")));
  return Reply::empty(204);
}

Result<Reply> invite_person(Services& services, Context& context) {
  const BodyFields body = TRY(read_fields(context.request, {"name", "address", "role"}));
  Invitation invitation;
  invitation.name = TRY(body.text("name"));
  invitation.address = TRY(body.text("address"));
  invitation.role = TRY(role_in(body));
  const std::string link = TRY(invite(services, caller_of(context), place_of(context), invitation));
  return Reply::json(201, Json::object({{"address", invitation.address},
                                        {"role", corpus::name_of(invitation.role)},
                                        {"link", link}}))
      .cache("no-store");
}

Result<Reply> list_invitations(Services& services, Context& context) {
  Json items = Json::array();
  for (const PendingInvitation& pending : TRY(pending_invitations(services, place_of(context)))) {
    items.push(Json::object({{"id", pending.id},
                             {"name", pending.invitation.name},
                             {"address", pending.invitation.address},
                             {"role", corpus::name_of(pending.invitation.role)},
                             {"made_by", pending.maker},
                             {"expires_at", base::to_rfc3339(pending.expires_at)}}));
  }
  return Reply::json(200, Json::object({{"items", std::move(items)}})).cache("no-store");
}

Result<Reply> withdraw(Services& services, Context& context) {
  TRY(withdraw_invitation(services, caller_of(context), place_of(context),
                          context.parameter("invitation")));
  return Reply::empty(204);
}

Json object_with(Json::Array required) {
  return Json::object({{"type", "object"}, {"required", Json(std::move(required))}});
}

// The same routes below a project and below an organisation.
struct Base {
  std::string path;
  Permission permission;
  std::string id;     // the end of the ids: "set_member"
  std::string where;  // in the summaries
};

Route route(const Base& base, Method method, const char* path, const char* id, std::string summary,
            RouteHandler handler, Response response) {
  Route out{.method = method, .path = base.path + path, .access = Access::needs(base.permission)};
  out.handler = std::move(handler);
  out.id = id + std::string("_") + base.id;
  out.summary = std::move(summary);
  out.tag = "members";
  out.responses = {std::move(response)};
  return out;
}

void add_routes(Router& router, Services& services, const Base& base) {
  router.add(route(base, Method::get, "/members", "list", "Who has which role in " + base.where,
                   handled([&](Context& c) { return list(services, c); }),
                   json_response(200, "the members")));
  Route put = route(base, Method::put, "/members/{address}", "set",
                    "Give another role to somebody of the organisation, in " + base.where,
                    handled([&](Context& c) { return set(services, c); }),
                    json_response(200, "the member"));
  put.body = json_body(object_with({"role"}), Json::object({{"role", "annotator"}}));
  router.add(std::move(put));
  router.add(route(base, Method::delete_, "/members/{address}", "remove",
                   "Take away somebody's role in " + base.where,
                   handled([&](Context& c) { return remove(services, c); }),
                   {204, "it is taken away", "", {}, {}}));
  Route invitation = route(base, Method::post, "/invitations", "invite",
                           "Make a link with which somebody joins " + base.where,
                           handled([&](Context& c) { return invite_person(services, c); }),
                           json_response(201, "the secret of the link, shown once"));
  invitation.description =
      "Hand the link (/#link=SECRET) to the person: it works once, for a week. It asks for a new "
      "password, or, where the address has an account, for the password of that.";
  invitation.body = json_body(
      object_with({"name", "address", "role"}),
      Json::object({{"name", "Eve"}, {"address", "eve@acme.example"}, {"role", "annotator"}}));
  router.add(std::move(invitation));
  router.add(route(base, Method::get, "/invitations", "list_invitations",
                   "Links to " + base.where + " that nobody has used yet",
                   handled([&](Context& c) { return list_invitations(services, c); }),
                   json_response(200, "the invitations, without their secrets")));
  router.add(route(base, Method::delete_, "/invitations/{invitation}", "withdraw_invitation",
                   "Withdraw a link to " + base.where,
                   handled([&](Context& c) { return withdraw(services, c); }),
                   {204, "the link opens nothing any more", "", {}, {}}));
}

}  // namespace

void add_member_routes(Router& router, Services& services) {
  add_routes(router, services, {kProjectPath, Permission::member_manage, "member", "the project"});
  add_routes(
      router, services,
      {kOrganisationPath, Permission::user_manage, "organisation_member", "the organisation"});
}

}  // namespace server::http
