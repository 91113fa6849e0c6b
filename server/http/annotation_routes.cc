// Annotations of a page, review, history, diff and blame.
#include <algorithm>

#include "base/clock.h"
#include "base/random.h"
#include "base/text.h"
#include "corpus/annotation.h"
#include "server/flow/annotate.h"
#include "server/flow/history.h"
#include "server/flow/readings.h"
#include "server/flow/review.h"
#include "server/http/authorize.h"
#include "server/http/body_fields.h"
#include "server/http/routes.h"

namespace server::http {
namespace {

using base::Json;
using base::Result;
using corpus::Permission;

constexpr uint64_t kSaveLimit = uint64_t{32} << 20;

Json list_json(const std::vector<corpus::Annotation>& annotations) {
  Json list = Json::array();
  for (const corpus::Annotation& annotation : annotations) list.push(corpus::to_json(annotation));
  return list;
}

Reply annotations_reply(int status, const PageAnnotations& page) {
  return Reply::json(status, Json::object({{"annotations", list_json(page.annotations)}}))
      .etag(page.version.hex())
      .cache("private, no-cache");
}

// Page 0 is the document as a whole.
Result<corpus::PageNumber> page_number(const Context& context) {
  const auto number = base::parse_integer(context.parameter("page"));
  if (!number || *number < 0 || *number > corpus::kMaxPages) {
    return base::Error{base::Code::not_found, "there is no such page"};
  }
  return static_cast<corpus::PageNumber>(*number);
}

// A document as it is for whoever asks.
struct Seen {
  std::shared_ptr<OpenProject> project;
  corpus::DocumentId id;
  std::string branch;
};

Result<Seen> seen_in(Services& services, const Context& context) {
  Seen seen{TRY(project_of(services, context)), TRY(document_of(context)), {}};
  seen.branch = TRY(labels_branch(services, actor_of(context), *seen.project, seen.id));
  return seen;
}

Result<Reply> show_annotations(Services& services, Context& context) {
  const Seen seen = TRY(seen_in(services, context));
  const corpus::PageNumber number = TRY(page_number(context));
  const auto at = context.query("at");
  const vcs::Snapshot state =
      at ? TRY(seen.project->past(*at, seen.branch)) : TRY(seen.project->tip(seen.branch));
  return annotations_reply(200, TRY(read_annotations_in(*seen.project, state, seen.id, number)));
}

Problem invalid_annotations(const corpus::Diagnostics& problems) {
  Json errors = Json::array();
  for (const corpus::Diagnostic& problem : problems.list()) {
    errors.push(Json::object({{"line", static_cast<int64_t>(problem.at.line)},
                              {"column", static_cast<int64_t>(problem.at.column)},
                              {"detail", problem.message}}));
  }
  return Problem::make(422, "invalid_annotations",
                       std::to_string(problems.count()) + " problems in the annotations")
      .with("errors", std::move(errors));
}

Problem clash(const SaveOutcome& outcome) {
  Json conflicts = Json::array();
  for (const corpus::Conflict& conflict : outcome.conflicts) {
    conflicts.push(corpus::to_json(conflict));
  }
  return Problem::make(412, "conflict",
                       "somebody else changed the same annotations: choose between both sides")
      .with("conflicts", std::move(conflicts))
      .with("current", Json::object({{"etag", outcome.current.version.hex()},
                                     {"annotations", list_json(outcome.current.annotations)}}))
      .with_header("ETag", "\"" + outcome.current.version.hex() + "\"");
}

// The annotations as they were just printed, since they may be thousands.
Reply saved_reply(const SaveOutcome& outcome) {
  std::string list = outcome.text;
  if (!list.empty()) list.pop_back();
  std::replace(list.begin(), list.end(), '\n', ',');  // inside a line it is written \n
  const Json rest = Json::object({{"merged", outcome.merged}, {"commit", outcome.commit}});
  return Reply::text(200, "{\"annotations\":[" + list + "]," + rest.print().substr(1) + "\n",
                     "application/json");
}

// Whose work a save is, and up to which stroke: for who sends saves again.
Result<void> take_strokes(const Context& context, SaveRequest& request) {
  request.session = context.query("session").value_or("");
  request.stroke = context.query("stroke").value_or("");
  const bool named = base::is_ulid(request.session) && base::is_ulid(request.stroke);
  if (named || (request.session.empty() && request.stroke.empty())) return {};
  return base::Error{base::Code::invalid, "`session` and `stroke` are ULIDs, and belong together"};
}

Result<Reply> save(Services& services, Context& context) {
  const std::string* if_match = context.request.headers.find("if-match");
  if (if_match == nullptr) {
    return context.problem(Problem::make(428, "precondition_required",
                                         "send If-Match with the ETag of the version you edited"));
  }
  SaveRequest request;
  request.document = TRY(document_of(context));
  request.page = TRY(page_number(context));
  TRY(take_strokes(context, request));
  auto version = version_in(*if_match);
  if (!version.ok()) {
    // What is not there is said before what is wrong with its version.
    const auto project = TRY(project_of(services, context));
    TRY(read_annotations_of(*project, kMain, request.document, request.page));
    return version.error();
  }
  request.base = *version;
  request.annotations =
      TRY(TRY(read_fields(context.request, {"annotations"}, kSaveLimit)).array("annotations"));
  const SaveOutcome outcome = TRY(save_annotations(services, actor_of(context), request));
  switch (outcome.kind) {
    case SaveOutcome::Kind::invalid:
      return context.problem(invalid_annotations(outcome.problems));
    case SaveOutcome::Kind::clash:
      return context.problem(clash(outcome));
    case SaveOutcome::Kind::saved:
      break;
  }
  return saved_reply(outcome).etag(outcome.current.version.hex()).cache("private, no-cache");
}

Result<Reply> show_review(Services& services, Context& context) {
  const Seen seen = TRY(seen_in(services, context));
  const auto review = TRY(read_review(*seen.project, seen.branch, seen.id));
  return Reply::json(200, corpus::to_json(review)).cache("private, no-cache");
}

Result<Reply> move(Services& services, Context& context) {
  const BodyFields body = TRY(read_fields(context.request, {"state", "reason"}));
  const auto to = corpus::parse_review_state(TRY(body.text("state")));
  if (!to) return body.error("state", "is no state of a review");
  const std::string reason = TRY(body.prose("reason"));
  const auto review =
      TRY(move_review(services, actor_of(context), {TRY(document_of(context)), *to, reason}));
  return Reply::json(200, corpus::to_json(review));
}

Json event_json(const AnnotationEvent& event) {
  const bool gone = event.kind == AnnotationEvent::Kind::removed;
  const corpus::Annotation& subject = gone ? event.before : event.after;
  Json out = Json::object({{"page", event.page},
                           {"kind", name_of(event.kind)},
                           {"id", subject.id.text},
                           {"label", subject.label}});
  Json fields = Json::array();
  for (const std::string& field : event.fields) fields.push(field);
  out.set("fields", std::move(fields));
  if (event.kind != AnnotationEvent::Kind::added) out.set("before", corpus::to_json(event.before));
  if (!gone) out.set("after", corpus::to_json(event.after));
  return out;
}

// Into a reply: `changes`, and `review` and `unreadable` where there are any.
void set_changes(Json& out, const DocumentChanges& changed) {
  Json changes = Json::array();
  for (const AnnotationEvent& event : changed.annotations) changes.push(event_json(event));
  out.set("changes", std::move(changes));
  if (changed.review) out.set("review", *changed.review);
  if (changed.unreadable.empty()) return;
  Json unreadable = Json::array();
  for (const std::string& path : changed.unreadable) unreadable.push(path);
  out.set("unreadable", std::move(unreadable));
}

Json revision_json(const Revision& revision) {
  Json out = Json::object({{"commit", revision.commit},
                           {"author", revision.author.name},
                           {"address", revision.author.email},
                           {"at", base::to_rfc3339(revision.author.time * 1000)},
                           {"message", std::string(base::trim(revision.message))}});
  if (!revision.pusher.empty()) out.set("pusher", revision.pusher);
  set_changes(out, revision.changes);
  return out;
}

Result<Reply> show_history(Services& services, Context& context) {
  const Seen seen = TRY(seen_in(services, context));
  const auto history =
      TRY(history_of_document(services, *seen.project, seen.branch, seen.id,
                              static_cast<size_t>(context.query_integer("limit", 50)),
                              context.query("cursor").value_or("")));
  Json items = Json::array();
  for (const Revision& revision : history.revisions) items.push(revision_json(revision));
  Json reply = Json::object({{"items", std::move(items)}});
  reply.set("next_cursor", history.next.empty() ? Json() : Json(history.next));
  return Reply::json(200, reply);
}

Result<Reply> show_diff(Services& services, Context& context) {
  const Seen seen = TRY(seen_in(services, context));
  Json reply = Json::object();
  set_changes(reply, TRY(diff_document(*seen.project, seen.branch, seen.id,
                                       context.query("from").value_or(""),
                                       context.query("to").value_or(""))));
  return Reply::json(200, reply);
}

Result<Reply> show_blame(Services& services, Context& context) {
  const Seen seen = TRY(seen_in(services, context));
  const auto id = corpus::AnnotationId::parse(context.parameter("annotation"));
  if (!id.ok()) return base::Error{base::Code::not_found, "there is no such annotation"};
  const auto revision = TRY(blame_annotation(services, *seen.project, seen.branch, seen.id, *id));
  return Reply::json(200, revision_json(revision));
}

Parameter required_commit(std::string name) {
  return {std::move(name), "a commit id", Parameter::Type::string, true, {}, {}, {}};
}

}  // namespace

void add_annotation_routes(Router& router, Services& services) {
  const std::string document = std::string(kProjectPath) + "/documents/{id}";
  RequestBody annotations = json_body(
      Json::object({{"type", "object"}, {"required", Json::array({"annotations"})}}),
      Json::object(
          {{"annotations", Json::array({Json::object({{"id", "01JD3X9V5T8Q4R2W6Y7Z0A1B2C"},
                                                      {"type", "span"},
                                                      {"label", "total"},
                                                      {"words", Json::array({17, 18})}})})}}));
  annotations.limit = kSaveLimit;

  router.add({.method = Method::get,
              .path = document + "/pages/{page}/annotations",
              .access = Access::needs(Permission::document_read),
              .handler = handled([&](Context& c) { return show_annotations(services, c); }),
              .id = "show_annotations",
              .summary = "The annotations of a page (page 0: of the document as a whole)",
              .tag = "annotations",
              .query = {{"at",
                         "a commit of the document's history: as they were then",
                         Parameter::Type::string,
                         false,
                         {},
                         {},
                         {}}},
              .responses = {json_response(200, "the annotations; the ETag is their version")}});
  router.add({.method = Method::put,
              .path = document + "/pages/{page}/annotations",
              .access = Access::needs(Permission::annotation_write),
              .handler = handled([&](Context& c) { return save(services, c); }),
              .id = "save_annotations",
              .summary = "Save the annotations of a page",
              .description =
                  "If-Match names the version that was edited. What others did meanwhile is merged "
                  "by annotation id; a true clash is 412 with both sides and nothing is saved. "
                  "When this answers 200, the save is one durable git commit. A client that may "
                  "not hear the answer names its session and the last stroke that is in the save: "
                  "what is there up to that stroke is not saved again, and the answer is what it "
                  "became then.",
              .tag = "annotations",
              .query = {{.name = "session", .description = "a ULID; of one tab, say"},
                        {.name = "stroke",
                         .description = "a ULID, above those of the session's earlier saves"}},
              .headers = {{"If-Match",
                           "the ETag of the version that was edited",
                           Parameter::Type::string,
                           false,
                           {},
                           {},
                           {}}},
              .body = annotations,
              .responses = {json_response(200, "the annotations as they are now")}});
  router.add({.method = Method::get,
              .path = document + "/review",
              .access = Access::needs(Permission::document_read),
              .handler = handled([&](Context& c) { return show_review(services, c); }),
              .id = "show_review",
              .summary = "How far the document's labels are",
              .tag = "annotations",
              .responses = {json_response(200, "the review")}});
  router.add(
      {.method = Method::put,
       .path = document + "/review",
       .access = Access::needs(Permission::document_read),
       .handler = handled([&](Context& c) { return move(services, c); }),
       .id = "move_review",
       .summary = "Submit, accept, reject or reopen, as your role allows",
       .tag = "annotations",
       .body = json_body(Json::object({{"type", "object"}, {"required", Json::array({"state"})}}),
                         Json::object({{"state", "submitted"}})),
       .responses = {json_response(200, "the review")}});
  router.add({.method = Method::get,
              .path = document + "/history",
              .access = Access::needs(Permission::document_read),
              .handler = handled([&](Context& c) { return show_history(services, c); }),
              .id = "show_history",
              .summary = "Who changed which annotation when, newest first",
              .tag = "history",
              .query = {{"limit", "", Parameter::Type::integer, false, 1, 200, {}},
                        {"cursor",
                         "next_cursor of the page before",
                         Parameter::Type::string,
                         false,
                         {},
                         {},
                         {}}},
              .responses = {json_response(200,
                                          "the revisions; `unreadable` names files of which this "
                                          "version, or the one before, cannot be read")}});
  router.add({.method = Method::get,
              .path = document + "/diff",
              .access = Access::needs(Permission::document_read),
              .handler = handled([&](Context& c) { return show_diff(services, c); }),
              .id = "show_diff",
              .summary = "What differs between two revisions of a document",
              .tag = "history",
              .query = {required_commit("from"), required_commit("to")},
              .responses = {json_response(200,
                                          "the changes; `unreadable` names files of which one of "
                                          "the versions cannot be read")}});
  router.add({.method = Method::get,
              .path = document + "/annotations/{annotation}/blame",
              .access = Access::needs(Permission::document_read),
              .handler = handled([&](Context& c) { return show_blame(services, c); }),
              .id = "show_blame",
              .summary = "Who gave an annotation its present form",
              .tag = "history",
              .responses = {json_response(200, "the revision")}});
}

}  // namespace server::http
