// Drafts: a browser's work that is no version yet, kept for who did it.
#include "base/clock.h"
#include "server/http/authorize.h"
#include "server/http/body_fields.h"
#include "server/http/routes.h"
#include "storage/document_table.h"
#include "storage/draft_table.h"
#include "storage/stroke_table.h"

namespace server::http {
namespace {

using base::Json;
using base::Result;
using corpus::Permission;

constexpr uint64_t kDraftLimit = uint64_t{8} << 20;
constexpr size_t kSessionName = 64;

Result<storage::DraftOwner> owner_of(storage::Transaction& tx, const Context& context) {
  const storage::Access& access = *context.principal.access;
  const corpus::DocumentId id = TRY(document_of(context));
  TRY(storage::DocumentTable(tx).find(access.project.id, id));
  return storage::DraftOwner{access.project.id, id, access.principal.user.id};
}

Result<std::string> session_of(const Context& context) {
  const std::string& session = context.parameter("session");
  const bool fine = session.size() <= kSessionName &&
                    session.find_first_not_of("0123456789ABCDEFGHJKMNPQRSTVWXYZ") == session.npos;
  if (!fine) return base::Error{base::Code::invalid, "a session is named by a ULID"};
  return session;
}

struct Work {
  std::vector<storage::Draft> drafts;
  std::vector<storage::SavedStrokes> saved;
};

// By page: the last stroke of the session that a version has.
Json saved_json(const std::vector<storage::SavedStrokes>& saved, const std::string& session) {
  Json pages = Json::object();
  for (const storage::SavedStrokes& each : saved) {
    if (each.session == session) pages.set(std::to_string(each.page), each.stroke);
  }
  return pages;
}

Result<Reply> list_drafts(Services& services, Context& context) {
  const Work work = TRY(services.database->read([&](storage::Transaction& tx) -> Result<Work> {
    const auto owner = TRY(owner_of(tx, context));
    auto drafts = TRY(storage::DraftTable(tx).list(owner));
    return Work{std::move(drafts), TRY(storage::StrokeTable(tx).list(owner))};
  }));
  Json items = Json::array();
  for (const storage::Draft& draft : work.drafts) {
    Json content = TRY(base::parse_json(draft.content));
    items.push(Json::object({{"session", draft.session},
                             {"changed_at", base::to_rfc3339(draft.changed_at)},
                             {"saved", saved_json(work.saved, draft.session)},
                             {"content", std::move(content)}}));
  }
  return Reply::json(200, Json::object({{"items", std::move(items)}})).cache("no-store");
}

Result<Reply> put_draft(Services& services, Context& context) {
  const Json body = TRY(context.request.read_json(kDraftLimit));
  const Json* content = body.find("content");
  if (content == nullptr || content->as_object() == nullptr) {
    return base::Error{base::Code::invalid, "\"content\" must be an object"};
  }
  const storage::Draft draft{TRY(session_of(context)), content->print(), base::now_milliseconds()};
  TRY(services.database->write([&](storage::Transaction& tx) -> Result<void> {
    return storage::DraftTable(tx).put(TRY(owner_of(tx, context)), draft);
  }));
  return Reply::empty(204);
}

Result<Reply> drop_draft(Services& services, Context& context) {
  const std::string session = TRY(session_of(context));
  TRY(services.database->write([&](storage::Transaction& tx) -> Result<void> {
    return storage::DraftTable(tx).remove(TRY(owner_of(tx, context)), session);
  }));
  return Reply::empty(204);
}

}  // namespace

void add_draft_routes(Router& router, Services& services) {
  const std::string drafts = std::string(kProjectPath) + "/documents/{id}/drafts";
  RequestBody content =
      json_body(Json::object({{"type", "object"}, {"required", Json::array({"content"})}}),
                Json::object({{"content", Json::object({{"pages", Json::object()}})}}));
  content.limit = kDraftLimit;
  router.add({.method = Method::get,
              .path = drafts,
              .access = Access::needs(Permission::annotation_write),
              .handler = handled([&](Context& c) { return list_drafts(services, c); }),
              .id = "list_drafts",
              .summary = "Your own work on a document that is no version of it yet",
              .tag = "drafts",
              .responses = {json_response(200,
                                          "the drafts, oldest first; `saved`: of each page, the "
                                          "last stroke of the session that a version has")}});
  router.add({.method = Method::put,
              .path = drafts + "/{session}",
              .access = Access::needs(Permission::annotation_write),
              .handler = handled([&](Context& c) { return put_draft(services, c); }),
              .id = "put_draft",
              .summary = "Keep the work of one session (a ULID), durable when this answers",
              .description =
                  "The content is yours and is not looked into. It is dropped after 30 days in "
                  "which nobody changed it.",
              .tag = "drafts",
              .body = content,
              .responses = {{204, "kept", "", {}, {}}}});
  router.add({.method = Method::delete_,
              .path = drafts + "/{session}",
              .access = Access::needs(Permission::annotation_write),
              .handler = handled([&](Context& c) { return drop_draft(services, c); }),
              .id = "drop_draft",
              .summary = "Drop a draft, once it is a version",
              .tag = "drafts",
              .responses = {{204, "dropped", "", {}, {}}}});
}

}  // namespace server::http
