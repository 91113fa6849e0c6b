// Who else has a document before them.
#include "base/clock.h"
#include "base/text.h"
#include "server/flow/presence.h"
#include "server/flow/readings.h"
#include "server/http/authorize.h"
#include "server/http/routes.h"
#include "storage/document_table.h"

namespace server::http {
namespace {

using base::Json;
using base::Result;
using corpus::Permission;

Result<Presence::Place> place_of(const Context& context) {
  return Presence::Place{context.principal.access->project.id, TRY(document_of(context))};
}

// Only for a document that is there: what anybody could make up would fill the memory.
Result<Reply> note(Services& services, Presence& presence, Context& context) {
  const storage::User& user = context.principal.access->principal.user;
  const Presence::Place place = TRY(place_of(context));
  TRY(services.database->read([&](storage::Transaction& tx) {
    return storage::DocumentTable(tx).find(place.first, place.second);
  }));
  const auto others = presence.note(place, {user.id, user.name, context.query_integer("page", 0)},
                                    base::now_milliseconds());
  Json items = Json::array();
  // Who reads blind works as if alone.
  const bool alone = reads_blind(actor_of(context));
  for (const Reader& other : alone ? std::vector<Reader>() : others) {
    items.push(Json::object({{"name", other.name}, {"page", other.page}}));
  }
  return Reply::json(200, Json::object({{"items", std::move(items)}})).cache("no-store");
}

Result<Reply> leave(Presence& presence, Context& context) {
  presence.leave(TRY(place_of(context)), context.principal.access->principal.user.id);
  return Reply::empty(204);
}

}  // namespace

void add_presence_routes(Router& router, Services& services) {
  const auto presence = std::make_shared<Presence>();
  const std::string path = std::string(kProjectPath) + "/documents/{id}/presence";
  router.add({.method = Method::put,
              .path = path,
              .access = Access::needs(Permission::document_read),
              .handler = handled(
                  [&services, presence](Context& c) { return note(services, *presence, c); }),
              .id = "note_presence",
              .summary = "Say that you have this document before you; hear who else has",
              .description = "Say it again every ten seconds or so.",
              .tag = "presence",
              .query = {{"page", "", Parameter::Type::integer, false, 0, corpus::kMaxPages, {}}},
              .responses = {json_response(200, "the others")}});
  router.add({.method = Method::delete_,
              .path = path,
              .access = Access::needs(Permission::document_read),
              .handler = handled([presence](Context& c) { return leave(*presence, c); }),
              .id = "end_presence",
              .summary = "Say that you have left",
              .tag = "presence",
              .responses = {{204, "left", "", {}, {}}}});
}

}  // namespace server::http
