// Many documents at once: to whom they are assigned, reviews, reading again.
#include <set>

#include "base/clock.h"
#include "server/flow/review.h"
#include "server/flow/upload.h"
#include "server/http/authorize.h"
#include "server/http/body_fields.h"
#include "server/http/routes.h"
#include "storage/assignment_table.h"
#include "storage/user_store.h"

namespace server::http {
namespace {

using base::Json;
using base::Result;
using corpus::Permission;

constexpr size_t kMostDocuments = 500;

// Each once, in the order in which they were named.
Result<std::vector<corpus::DocumentId>> documents_in(const BodyFields& body) {
  const auto names = TRY(body.optional_texts("documents"));
  if (!names || names->empty()) return body.error("documents", "names no document");
  if (names->size() > kMostDocuments) return body.error("documents", "has more than 500");
  std::vector<corpus::DocumentId> out;
  std::set<std::string> seen;
  for (const std::string& name : *names) {
    const auto id = corpus::DocumentId::parse(name);
    if (!id.ok()) return body.error("documents", "has something that is no document's id");
    if (seen.insert(name).second) out.push_back(*id);
  }
  return out;
}

// What became of each: nothing, or why not.
class Outcomes {
 public:
  void add(const corpus::DocumentId& id, const std::optional<base::Error>& refusal) {
    Json item = Json::object({{"id", id.hex}, {"done", !refusal}});
    if (refusal) {
      const Problem problem = Problem::of(*refusal);
      item.set("problem", Json::object({{"code", problem.code}, {"detail", problem.told()}}));
    } else {
      ++done_;
    }
    items_.push(std::move(item));
  }
  Reply reply() && {
    return Reply::json(200, Json::object({{"items", std::move(items_)}, {"done", done_}}));
  }

 private:
  Json items_ = Json::array();
  int64_t done_ = 0;
};

std::optional<base::Error> refusal_of(const Result<void>& outcome) {
  return outcome.ok() ? std::nullopt : std::optional(outcome.error());
}

// Somebody who may label here. People from outside are like people who do not exist.
Result<storage::UserId> annotator_in(storage::Transaction& tx, const Actor& actor,
                                     const std::string& address) {
  storage::UserStore users(tx);
  const base::Error stranger{base::Code::not_found, "nobody here has this address"};
  const auto user = users.find_user_by_address(address);
  if (!user.ok()) return stranger;
  const auto roles = TRY(users.roles_of(user->id, actor.project().id));
  if (roles.empty()) return stranger;
  const bool labels = std::any_of(roles.begin(), roles.end(), [&](corpus::Role role) {
    return corpus::allows(role, Permission::annotation_write, actor.project().policy);
  });
  if (!labels) return base::Error{base::Code::conflict, user->name + " may not label here"};
  return user->id;
}

Result<Reply> assign(Services& services, Context& context) {
  const BodyFields body = TRY(read_fields(context.request, {"documents", "address"}));
  const auto documents = TRY(documents_in(body));
  const auto address = TRY(body.optional_text("address")).value_or("");
  const Actor actor = actor_of(context);
  const base::Milliseconds now = base::now_milliseconds();
  Outcomes outcomes;
  TRY(services.database->write([&](storage::Transaction& tx) -> Result<void> {
    storage::AssignmentTable table(tx);
    const storage::ProjectId project = actor.project().id;
    const storage::UserId to =
        address.empty() ? storage::UserId{} : TRY(annotator_in(tx, actor, address));
    for (const corpus::DocumentId& id : documents) {
      const auto done =
          to ? table.assign({project, actor.user(), now}, id, to) : table.take_away(project, id);
      outcomes.add(id, refusal_of(done));
      if (!done.ok()) continue;
      TRY(audit(tx, actor, "document.assign", document_subject(actor.project(), id.hex),
                Json::object({{"to", to ? Json(to.value) : Json()}})));
    }
    return {};
  }));
  return std::move(outcomes).reply();
}

Result<Reply> review(Services& services, Context& context) {
  const BodyFields body = TRY(read_fields(context.request, {"documents", "state", "reason"}));
  const auto documents = TRY(documents_in(body));
  const auto to = corpus::parse_review_state(TRY(body.text("state")));
  if (!to) return body.error("state", "is no state of a review");
  const std::string reason = TRY(body.prose("reason"));
  Outcomes outcomes;
  for (const ReviewOutcome& outcome :
       TRY(move_reviews(services, actor_of(context), documents, *to, reason))) {
    outcomes.add(outcome.document, outcome.refusal);
  }
  return std::move(outcomes).reply();
}

Result<Reply> retry(Services& services, Context& context) {
  const BodyFields body = TRY(read_fields(context.request, {"documents"}));
  const Actor actor = actor_of(context);
  Outcomes outcomes;
  for (const corpus::DocumentId& id : TRY(documents_in(body))) {
    outcomes.add(id, refusal_of(retry_document(services, actor, id, "")));
  }
  return std::move(outcomes).reply();
}

RequestBody documents_body(Json example) {
  example.set("documents", Json::array({"b0acab8be0e2aa804fb2561f822151ea"}));
  return json_body(Json::object({{"type", "object"}, {"required", Json::array({"documents"})}}),
                   std::move(example));
}

}  // namespace

void add_bulk_routes(Router& router, Services& services) {
  const std::string project = kProjectPath;
  router.add({.method = Method::post,
              .path = project + "/assignments",
              .access = Access::needs(Permission::project_manage),
              .handler = handled([&](Context& c) { return assign(services, c); }),
              .id = "assign_documents",
              .summary = "Give documents to somebody to label; without an address, to nobody",
              .description = "At most 500. Nobody else is given them by the queue from then on.",
              .tag = "documents",
              .body = documents_body(Json::object({{"address", "ann@acme.example"}})),
              .responses = {json_response(200, "what became of each")}});
  router.add({.method = Method::post,
              .path = project + "/reviews",
              .access = Access::needs(Permission::document_read),
              .handler = handled([&](Context& c) { return review(services, c); }),
              .id = "move_reviews",
              .summary = "Accept or reject many documents, as one commit",
              .description = "At most 500. Each is judged as show_review's PUT would; those that "
                             "may not be moved say why, and the others are.",
              .tag = "review",
              .body = documents_body(Json::object({{"state", "accepted"}})),
              .responses = {json_response(200, "what became of each")}});
  router.add({.method = Method::post,
              .path = project + "/retries",
              .access = Access::needs(Permission::document_retry),
              .handler = handled([&](Context& c) { return retry(services, c); }),
              .id = "retry_documents",
              .summary = "Read many documents again",
              .description =
                  "At most 500, each as retry_document does it. Those that cannot be read "
                  "again now say why.",
              .tag = "documents",
              .body = documents_body(Json::object()),
              .responses = {json_response(200, "what became of each")}});
}

}  // namespace server::http
