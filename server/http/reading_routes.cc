// Blind readings, for whoever makes one of them. Those who read use the routes of annotations.
#include "server/flow/adjudicate.h"
#include "server/http/authorize.h"
#include "server/http/routes.h"

namespace server::http {
namespace {

using base::Json;
using base::Result;
using corpus::Permission;

Json side_json(const std::optional<corpus::Annotation>& annotation) {
  return annotation ? corpus::to_json(*annotation) : Json();
}

Json pairs_json(const std::vector<PagePair>& pairs) {
  Json list = Json::array();
  for (const PagePair& each : pairs) {
    Json pair = Json::object({{"page", each.page}, {"agreed", each.pair.agreed}});
    pair.set("first", side_json(each.pair.first)).set("second", side_json(each.pair.second));
    list.push(std::move(pair));
  }
  return list;
}

Result<Reply> show(Services& services, Context& context) {
  const ReadingsView view =
      TRY(show_readings(services, actor_of(context), TRY(document_of(context))));
  Json items = Json::array();
  for (const ReadingView& one : view.readings) {
    items.push(Json::object({{"slot", one.reading.slot},
                             {"reader", one.name},
                             {"state", storage::name_of(one.state)}}));
  }
  Json reply = Json::object({{"wanted", view.wanted}, {"closed", view.is_closed}});
  reply.set("items", std::move(items));
  reply.set("agreement", view.agreement ? corpus::to_json(*view.agreement) : Json());
  reply.set("pairs", pairs_json(view.pairs));
  return Reply::json(200, reply).cache("no-store");
}

Result<Reply> close(Services& services, Context& context) {
  return Reply::json(
      201,
      corpus::to_json(TRY(adjudicate(services, actor_of(context), TRY(document_of(context))))));
}

}  // namespace

void add_reading_routes(Router& router, Services& services) {
  const std::string document = std::string(kProjectPath) + "/documents/{id}";
  router.add({.method = Method::get,
              .path = document + "/readings",
              .access = Access::needs(Permission::review_write),
              .handler = handled([&](Context& c) { return show(services, c); }),
              .id = "show_readings",
              .summary = "Who reads the document blind; once all have submitted, what they said",
              .tag = "readings",
              .responses = {json_response(
                  200, "the readings, how far they agree, and each place beside each other")}});
  router.add({.method = Method::post,
              .path = document + "/adjudication",
              .access = Access::needs(Permission::review_write),
              .handler = handled([&](Context& c) { return close(services, c); }),
              .id = "adjudicate",
              .summary = "The labels of the document are what its readings come to",
              .description =
                  "Accepts the document, and commits who read it, what they read and how far they "
                  "agreed beside its labels.",
              .tag = "readings",
              .responses = {json_response(201, "what was committed")}});
}

}  // namespace server::http
