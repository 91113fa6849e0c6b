// What happened: a feed for machines, and server-sent events for browsers.
#include "base/clock.h"
#include "base/text.h"
#include "corpus/event.h"
#include "server/http/authorize.h"
#include "server/http/routes.h"
#include "storage/user_store.h"

namespace server::http {
namespace {

using base::Json;
using base::Result;

constexpr base::Milliseconds kHeartbeat = 15'000;

Json event_json(const storage::Event& event, const std::string& source) {
  const corpus::Event cloud{event.id, event.type, event.subject, event.at, event.data};
  Json out = corpus::to_json(cloud, source);
  out.set("sequence", std::to_string(event.sequence));
  return out;
}

// Events of the projects where the caller may read events; without one there is nothing to see.
Result<std::vector<storage::ProjectId>> visible_projects(Services& services,
                                                         const Context& context) {
  return services.database->read(
      [&](storage::Transaction& tx) -> Result<std::vector<storage::ProjectId>> {
        storage::UserStore users(tx);
        std::vector<storage::ProjectId> ids;
        for (const auto& project : TRY(users.projects_of(principal_of(context)))) {
          const auto access =
              users.access_to(principal_of(context), project.organisation_slug, project.slug);
          if (access.ok() && access->allows(corpus::Permission::event_read)) {
            ids.push_back(project.id);
          }
        }
        return ids;
      });
}

// Where the client stopped: Last-Event-ID after a break, else `after`, else now.
Result<int64_t> first_cursor(Services& services, const Context& context) {
  if (const std::string* last = context.request.headers.find("last-event-id")) {
    if (const auto number = base::parse_integer(*last)) return *number;
  }
  if (context.query("after")) return context.query_integer("after", 0);
  return services.events->last();
}

Result<void> follow(Services& services, const storage::EventQuery& first, const std::string& source,
                    EventStream& out) {
  storage::EventQuery query = first;
  while (out.open()) {
    const auto batch = TRY(services.events->read_or_wait(query, kHeartbeat));
    if (batch.events.empty()) TRY(out.heartbeat());
    for (const storage::Event& event : batch.events) {
      TRY(out.send(
          {std::to_string(event.sequence), event.type, event_json(event, source).print()}));
    }
    query.after = batch.cursor;
  }
  return {};
}

Result<Reply> events(Services& services, Context& context) {
  storage::EventQuery query;
  query.projects = TRY(visible_projects(services, context));
  query.type_prefix = context.query("type").value_or("");
  query.limit = static_cast<size_t>(context.query_integer("limit", 100));
  const std::string source = context.request.base_url();
  const bool stream = context.request.headers.lists("accept", "text/event-stream");
  if (query.projects.empty()) {
    return context.problem(Problem::forbidden("you may read the events of no project"));
  }
  if (stream) {
    query.after = TRY(first_cursor(services, context));
    return Reply::events([&services, query, source](EventStream& out) {
      return follow(services, query, source, out);
    });
  }
  query.after = context.query_integer("after", 0);
  const auto batch = TRY(services.events->read(query));
  Json items = Json::array();
  for (const storage::Event& event : batch.events) items.push(event_json(event, source));
  return Reply::json(
      200, Json::object({{"items", std::move(items)}, {"cursor", std::to_string(batch.cursor)}}));
}

}  // namespace

void add_event_routes(Router& router, Services& services) {
  router.add(
      {.method = Method::get,
       .path = "/api/v1/events",
       .access = Access::signed_in(),
       .handler = handled([&](Context& c) { return events(services, c); }),
       .id = "read_events",
       .summary = "What happened in your projects, from a cursor on",
       .description = "CloudEvents 1.0 in JSON; with Accept: text/event-stream as "
                      "server-sent events that go on until you leave.",
       .tag = "events",
       .query = {{"after", "the last sequence seen", Parameter::Type::integer, false, 0, {}, {}},
                 {"type", "a prefix of the type", Parameter::Type::string, false, {}, {}, {}},
                 {"limit", "", Parameter::Type::integer, false, 1, 1000, {}}},
       .responses = {json_response(200, "the events")}});
}

}  // namespace server::http
