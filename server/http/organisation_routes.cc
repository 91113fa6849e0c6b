// Organisations: made by who owns the server, who owns the new one too.
#include "base/clock.h"
#include "corpus/ids.h"
#include "server/http/authorize.h"
#include "server/http/body_fields.h"
#include "server/http/routes.h"
#include "storage/user_store.h"

namespace server::http {
namespace {

using base::Json;
using base::Result;
using corpus::Permission;

Result<Reply> create_organisation(Services& services, Context& context) {
  const BodyFields body = TRY(read_fields(context.request, {"slug", "name"}));
  const auto slug = corpus::parse_slug(TRY(body.text("slug")));
  if (!slug.ok()) return slug.error().within("slug");
  const std::string name = TRY(body.optional_text("name")).value_or("");
  const auto made =
      TRY(services.database->write([&](storage::Transaction& tx) -> Result<storage::Organisation> {
        storage::UserStore users(tx);
        const auto organisation = TRY(users.create_organisation(*slug, name.empty() ? *slug : name,
                                                                base::now_milliseconds()));
        TRY(users.set_role(organisation.id, principal_of(context).user.id, corpus::Role::owner));
        TRY(audit(tx, caller_of(context), "organisation.create", organisation.slug));
        return organisation;
      }));
  return Reply::json(201, Json::object({{"organisation", made.slug}, {"name", made.name}}));
}

}  // namespace

void add_organisation_routes(Router& router, Services& services) {
  router.add(
      {.method = Method::post,
       .path = "/api/v1/organisations",
       .access = Access::needs(Permission::operate),
       .handler = handled([&](Context& c) { return create_organisation(services, c); }),
       .id = "create_organisation",
       .summary = "Make an organisation, and own it",
       .tag = "projects",
       .body = json_body(Json::object({{"type", "object"}, {"required", Json::array({"slug"})}}),
                         Json::object({{"slug", "acme"}, {"name", "Acme Insurance"}})),
       .responses = {json_response(201, "the organisation")}});
}

}  // namespace server::http
