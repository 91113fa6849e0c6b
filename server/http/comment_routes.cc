// The discussion about a document.
#include "base/clock.h"
#include "server/flow/comments.h"
#include "server/flow/readings.h"
#include "server/http/authorize.h"
#include "server/http/body_fields.h"
#include "server/http/routes.h"

namespace server::http {
namespace {

using base::Json;
using base::Result;
using corpus::Permission;

Result<corpus::CommentId> comment_of(const Context& context) {
  auto id = corpus::CommentId::parse(context.parameter("comment"));
  if (!id.ok()) return base::Error{base::Code::not_found, "there is no such comment"};
  return id;
}

Result<Reply> list(Services& services, Context& context) {
  const auto project = TRY(project_of(services, context));
  const auto id = TRY(document_of(context));
  const std::string branch = TRY(labels_branch(services, actor_of(context), *project, id));
  Json items = Json::array();
  for (const auto& comment : TRY(read_comments_of(*project, branch, id))) {
    items.push(corpus::to_json(comment));
  }
  return Reply::json(200, Json::object({{"items", std::move(items)}})).cache("private, no-cache");
}

Result<NewComment> new_comment_in(const BodyFields& body) {
  NewComment comment;
  comment.text = TRY(body.prose("text"));
  if (comment.text.empty()) return body.error("text", "must not be empty");
  const auto annotation = TRY(body.optional_text("annotation"));
  if (annotation) comment.annotation = TRY(corpus::AnnotationId::parse(*annotation));
  const auto reply_to = TRY(body.optional_text("reply_to"));
  if (reply_to) comment.reply_to = TRY(corpus::CommentId::parse(*reply_to));
  const auto page = TRY(body.optional_integer("page"));
  if (page && (*page < 1 || *page > corpus::kMaxPages)) return body.error("page", "is no page");
  if (page) comment.page = static_cast<corpus::PageNumber>(*page);
  if (comment.page && comment.annotation) {
    return body.error("page", "goes not with \"annotation\"");
  }
  return comment;
}

Result<Reply> add(Services& services, Context& context) {
  const BodyFields body =
      TRY(read_fields(context.request, {"text", "annotation", "page", "reply_to"}));
  const auto made = TRY(add_comment(services, actor_of(context), TRY(document_of(context)),
                                    TRY(new_comment_in(body))));
  return Reply::json(201, corpus::to_json(made));
}

Result<Reply> change(Services& services, Context& context) {
  const BodyFields body = TRY(read_fields(context.request, {"text", "resolved"}));
  CommentChange change;
  if (body.has("text")) {
    change.text = TRY(body.prose("text"));
    if (change.text->empty()) return body.error("text", "must not be empty");
  }
  change.resolved = TRY(body.optional_flag("resolved"));
  const auto changed = TRY(change_comment(services, actor_of(context), TRY(document_of(context)),
                                          TRY(comment_of(context)), change));
  return Reply::json(200, corpus::to_json(changed));
}

Result<Reply> remove(Services& services, Context& context) {
  TRY(remove_comment(services, actor_of(context), TRY(document_of(context)),
                     TRY(comment_of(context))));
  return Reply::empty(204);
}

}  // namespace

void add_comment_routes(Router& router, Services& services) {
  const std::string comments = std::string(kProjectPath) + "/documents/{id}/comments";
  router.add({.method = Method::get,
              .path = comments,
              .access = Access::needs(Permission::document_read),
              .handler = handled([&](Context& c) { return list(services, c); }),
              .id = "list_comments",
              .summary = "The discussion about a document",
              .tag = "comments",
              .responses = {json_response(200, "the comments, oldest first")}});
  router.add(
      {.method = Method::post,
       .path = comments,
       .access = Access::needs(Permission::comment_write),
       .handler = handled([&](Context& c) { return add(services, c); }),
       .id = "add_comment",
       .summary = "Say something about an annotation, a page, or the document",
       .tag = "comments",
       .body = json_body(
           Json::object({{"type", "object"}, {"required", Json::array({"text"})}}),
           Json::object({{"annotation", "01JD3X9V5T8Q4R2W6Y7Z0A1B2C"}, {"text", "net or gross?"}})),
       .responses = {json_response(201, "the comment")}});
  router.add(
      {.method = Method::patch,
       .path = comments + "/{comment}",
       .access = Access::needs(Permission::comment_write),
       .handler = handled([&](Context& c) { return change(services, c); }),
       .id = "change_comment",
       .summary = "Settle or reopen a comment; change the text of one's own",
       .tag = "comments",
       .body = json_body(Json::object({{"type", "object"}}), Json::object({{"resolved", true}})),
       .responses = {json_response(200, "the comment")}});
  router.add({.method = Method::delete_,
              .path = comments + "/{comment}",
              .access = Access::needs(Permission::comment_write),
              .handler = handled([&](Context& c) { return remove(services, c); }),
              .id = "remove_comment",
              .summary = "Remove a comment of one's own that nobody has answered",
              .tag = "comments",
              .responses = {{204, "removed", "", {}, {}}}});
}

}  // namespace server::http
