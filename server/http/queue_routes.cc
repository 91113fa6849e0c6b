// What somebody works on next.
#include "base/clock.h"
#include "server/flow/actor.h"
#include "server/flow/inbox.h"
#include "server/flow/readings.h"
#include "server/http/authorize.h"
#include "server/http/body_fields.h"
#include "server/http/document_json.h"
#include "server/http/routes.h"
#include "storage/document_table.h"
#include "storage/queue_table.h"

namespace server::http {
namespace {

using base::Json;
using base::Result;
using corpus::Permission;

// Who submits labels; who judges reviews.
Result<storage::QueueAsk> ask_of(const Context& context) {
  const storage::Access& access = *context.principal.access;
  storage::QueueAsk ask{access.project.id,
                        access.principal.user.id,
                        storage::Work::label,
                        base::now_milliseconds(),
                        context.query("after").value_or(""),
                        corpus::settings_of(access.project.settings).queue_order};
  if (context.query("work") == "review") ask.work = storage::Work::review;
  if (reads_blind(actor_of(context))) ask.readings = access.project.policy.readings;
  const Permission needed =
      ask.work == storage::Work::review ? Permission::review_write : Permission::annotation_write;
  if (!access.allows(needed)) return base::Error{base::Code::denied, "this is not your work"};
  return ask;
}

Result<Reply> take_next(Services& services, Context& context) {
  const storage::QueueAsk ask = TRY(ask_of(context));
  std::optional<storage::DocumentRow> row;
  int64_t waiting = 0;
  TRY(services.database->write([&](storage::Transaction& tx) -> Result<void> {
    storage::QueueTable queue(tx);
    const auto id = TRY(queue.take(ask));
    waiting = TRY(queue.count(ask));
    if (id) row = TRY(storage::DocumentTable(tx).find(ask.project, *id));
    return {};
  }));
  Json reply = Json::object({{"waiting", waiting}});
  reply.set("document",
            row ? TRY(document_json(services, *context.principal.access, *row)) : Json());
  return Reply::json(200, reply).cache("no-store");
}

Result<Reply> skip(Services& services, Context& context) {
  const BodyFields body = TRY(read_fields(context.request, {"reason"}));
  const std::string reason = TRY(body.text("reason"));
  const corpus::DocumentId id = TRY(document_of(context));
  const Actor actor = actor_of(context);
  TRY(services.database->write([&](storage::Transaction& tx) -> Result<void> {
    TRY(storage::DocumentTable(tx).find(actor.project().id, id));
    TRY(storage::QueueTable(tx).skip(actor.project().id, id, actor.user(), reason,
                                     base::now_milliseconds()));
    return audit(tx, actor, "document.skip", document_subject(actor.project(), id.hex),
                 Json::object({{"reason", reason}}));
  }));
  return Reply::empty(204);
}

constexpr size_t kInboxLength = 100;

Result<Reply> show_inbox(Services& services, Context& context) {
  const Actor actor = actor_of(context);
  Json items = Json::array();
  for (const Returned& back : TRY(returned_to(services, actor, kInboxLength))) {
    items.push(
        Json::object({{"document", TRY(document_json(services, actor.access, back.document))},
                      {"reviewer", back.review.reviewer},
                      {"reason", back.review.reason},
                      {"rejected", back.rejected}}));
  }
  return Reply::json(200, Json::object({{"items", std::move(items)}})).cache("no-store");
}

}  // namespace

void add_queue_routes(Router& router, Services& services) {
  const std::string project = kProjectPath;
  router.add({.method = Method::post,
              .path = project + "/queue/next",
              .access = Access::needs(Permission::document_read),
              .handler = handled([&](Context& c) { return take_next(services, c); }),
              .id = "take_next",
              .summary = "The document to work on next, and how many wait",
              .description =
                  "To label: yours for an hour, in which nobody else is given it. First what "
                  "came back to you, then what you have begun, then what you were assigned, then "
                  "new ones in the order that the project wants. To review: the oldest that others "
                  "have submitted. `waiting` ends at 1000: so many or more.",
              .tag = "queue",
              .query = {{"work", "", Parameter::Type::string, false, {}, {}, {"label", "review"}},
                        {"after",
                         "the document that you have before you, which is not given again",
                         Parameter::Type::string,
                         false,
                         {},
                         {},
                         {}}},
              .responses = {json_response(200, "the document, or null")}});
  router.add({.method = Method::get,
              .path = project + "/inbox",
              .access = Access::needs(Permission::annotation_write),
              .handler = handled([&](Context& c) { return show_inbox(services, c); }),
              .id = "show_inbox",
              .summary = "What you have submitted and a reviewer rejected, with the reason",
              .tag = "queue",
              .responses = {json_response(200, "the documents, the newest 100")}});
  router.add(
      {.method = Method::post,
       .path = project + "/documents/{id}/skip",
       .access = Access::needs(Permission::annotation_write),
       .handler = handled([&](Context& c) { return skip(services, c); }),
       .id = "skip_document",
       .summary = "Not be given this document again, and say why",
       .tag = "queue",
       .body = json_body(Json::object({{"type", "object"}, {"required", Json::array({"reason"})}}),
                         Json::object({{"reason", "it is not for us"}})),
       .responses = {{204, "it is for somebody else", "", {}, {}}}});
}

}  // namespace server::http
