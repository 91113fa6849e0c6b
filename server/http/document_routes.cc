// One document: its state and pages, reading it again, its source, its text as one file.
#include "corpus/text_format.h"
#include "server/flow/document_files.h"
#include "server/flow/document_text.h"
#include "server/flow/process.h"
#include "server/flow/reading.h"
#include "server/flow/readings.h"
#include "server/flow/review.h"
#include "server/flow/upload.h"
#include "server/http/authorize.h"
#include "server/http/body_fields.h"
#include "server/http/document_json.h"
#include "server/http/document_reply.h"
#include "server/http/routes.h"
#include "storage/document_table.h"

namespace server::http {
namespace {

using base::Json;
using base::Result;
using corpus::Permission;

// The document, if the caller may know of it: an uploader knows their own.
Result<storage::DocumentRow> visible_document(Services& services, const Context& context) {
  const corpus::DocumentId id = TRY(document_of(context));
  const storage::Access& access = *context.principal.access;
  return services.database->read([&](storage::Transaction& tx) -> Result<storage::DocumentRow> {
    storage::DocumentTable table(tx);
    storage::DocumentRow row = TRY(table.find(access.project.id, id));
    if (!may_read_documents(context) &&
        !TRY(table.was_uploaded_by(access.project.id, id, access.principal.user.id))) {
      return base::Error{base::Code::not_found, "there is no such document"};
    }
    return row;
  });
}

Json page_json(const corpus::Page& page) {
  Json out = Json::object({{"width", page.width},
                           {"height", page.height},
                           {"dpi", page.dpi},
                           {"rotation", page.rotation},
                           {"text", page.text == corpus::TextOrigin::ocr ? "ocr" : "text-layer"}});
  Json marks = Json::array();
  for (const corpus::Mark& mark : page.marks) marks.push(corpus::to_json(mark));
  out.set("marks", std::move(marks));
  if (page.failed()) out.set("failure", page.failure);
  if (page.quality) {
    out.set("quality", Json::object({{"skew", page.quality->skew},
                                     {"sharpness", page.quality->sharpness},
                                     {"contrast", page.quality->contrast},
                                     {"x_height", page.quality->x_height},
                                     {"ink", page.quality->ink},
                                     {"blank", page.quality->blank}}));
  }
  return out;
}

// All of them once the document is in git, till then those that were read.
Result<std::vector<corpus::Page>> pages_of(Services& services, const Context& context,
                                           const storage::DocumentRow& row) {
  if (row.commit.empty()) {
    return list_read_pages(services, context.principal.access->project, row.id);
  }
  const auto project = TRY(project_of(services, context));
  const vcs::Snapshot tip = TRY(project->tip());
  return TRY(DocumentFiles(tip, project->fan_out, row.id).document()).pages;
}

// Where several people read each document blind: how many; and to one of them, how far they are.
Result<void> set_reading(Services& services, const Context& context,
                         const storage::DocumentRow& row, Json& reply) {
  const Actor actor = actor_of(context);
  if (actor.project().policy.readings < 2 || row.commit.empty()) return {};
  reply.set("readings", actor.project().policy.readings);
  reply.set("blind", reads_blind(actor));
  const auto project = TRY(project_of(services, context));
  const std::string branch = TRY(labels_branch(services, actor, *project, row.id));
  if (branch == kMain) return {};
  const auto review = TRY(read_review(*project, branch, row.id));
  reply.set("review", corpus::name_of(review.state));
  return {};
}

Result<Reply> show_document(Services& services, Context& context) {
  const storage::DocumentRow row = TRY(visible_document(services, context));
  if (row.state == storage::DocumentState::queued &&
      context.principal.via == Principal::Via::session) {
    TRY(hurry_document(services, context.principal.access->project.id, row.id));
  }
  Json reply = TRY(document_json(services, *context.principal.access, row));
  if (may_read_documents(context)) {
    Json pages = Json::array();
    for (const corpus::Page& page : TRY(pages_of(services, context, row))) {
      pages.push(page_json(page));
    }
    if (!row.commit.empty() || !pages.as_array()->empty()) {
      reply.set("page_list", std::move(pages));
    }
    TRY(set_reading(services, context, row, reply));
    TRY(audit_read(services, context, "document.read"));
  }
  return Reply::json(200, reply).cache("private, no-cache");
}

Result<Reply> retry(Services& services, Context& context) {
  std::string password;
  if (context.request.has_body()) {
    const BodyFields body = TRY(read_fields(context.request, {"password"}));
    password = TRY(body.optional_secret("password")).value_or("");
  }
  const corpus::DocumentId id = TRY(document_of(context));
  TRY(retry_document(services, actor_of(context), id, password));
  const auto project = context.principal.access->project;
  const auto row =
      TRY(wait_for_document(services, project, id, context.query_integer("wait", 0) * 1000));
  return Reply::json(202, TRY(document_json(services, *context.principal.access, row)));
}

Result<Reply> show_source(Services& services, Context& context) {
  const storage::DocumentRow row = TRY(visible_document(services, context));
  TRY(audit_read(services, context, "document.download"));
  return TRY(stored_reply(services, context.principal.access->project, row.source.md5,
                          row.source.media_type))
      .download(row.file_name);
}

// The document in main's newest revision, as one file with its text.
template <typename Write>
Result<Reply> text_reply(Services& services, const Context& context, const Write& write) {
  const auto project = TRY(project_of(services, context));
  const vcs::Snapshot tip = TRY(project->tip());
  TextFile file = TRY(write(*project, tip, TRY(document_of(context))));
  TRY(audit_read(services, context, "document.download"));
  return Reply::file(std::move(file.fd), file.size, std::move(file.media_type))
      .cache("private, no-cache")
      .download(file.file_name);
}

Result<Reply> download_text(Services& services, Context& context) {
  const auto format = corpus::parse_text_format(context.query("format").value_or("text"));
  return text_reply(services, context, [&](const auto& project, const auto& tip, const auto& id) {
    return write_text(services, project, tip, id, format.value_or(corpus::TextFormat::plain));
  });
}

Result<Reply> download_searchable(Services& services, Context& context) {
  return text_reply(services, context, [&](const auto& project, const auto& tip, const auto& id) {
    return write_searchable_pdf(services, project, tip, id);
  });
}

}  // namespace

void add_document_routes(Router& router, Services& services) {
  const std::string documents = std::string(kProjectPath) + "/documents";
  RequestBody password =
      json_body(Json::object({{"type", "object"}}), Json::object({{"password", "..."}}));
  password.required = false;

  router.add({.method = Method::get,
              .path = documents + "/{id}",
              .access = Access::needs(Permission::document_read_own),
              .handler = handled([&](Context& c) { return show_document(services, c); }),
              .id = "show_document",
              .summary = "A document, its state, or why it failed",
              .tag = "documents",
              .responses = {json_response(200, "the document")}});
  router.add({.method = Method::post,
              .path = documents + "/{id}/retry",
              .access = Access::needs(Permission::document_retry),
              .handler = handled([&](Context& c) { return retry(services, c); }),
              .id = "retry_document",
              .summary = "Read a document again, with a password if it needs one",
              .description = "One that failed; or one that is in git: it stays as it is until the "
                             "new revision is made, and labels are carried over to it "
                             "(show_rereading says how; glossator.document.reread when).",
              .tag = "documents",
              .query = {wait_parameter()},
              .body = password,
              .responses = {json_response(202, "the document")}});
  router.add({.method = Method::get,
              .path = documents + "/{id}/source",
              .access = Access::needs(Permission::document_read),
              .handler = handled([&](Context& c) { return show_source(services, c); }),
              .id = "download_source",
              .summary = "The bytes as they were uploaded",
              .tag = "documents",
              .responses = {{200, "the file", "application/octet-stream", {}, {}}}});
  router.add(
      {.method = Method::get,
       .path = documents + "/{id}/text",
       .access = Access::needs(Permission::document_read),
       .handler = handled([&](Context& c) { return download_text(services, c); }),
       .id = "download_text",
       .summary = "The words of all pages as one file: plain text, hOCR or ALTO",
       .description = "What was read, with places in pixels of the page images and confidences in "
                      "hocr and alto. Corrections and labels are not in it: they leave with "
                      "exports.",
       .tag = "documents",
       .query = {{"format", "", Parameter::Type::string, false, {}, {}, {"text", "hocr", "alto"}}},
       .responses = {{200, "the file", "text/plain", {}, {}}}});
  router.add({.method = Method::get,
              .path = documents + "/{id}/searchable.pdf",
              .access = Access::needs(Permission::document_read),
              .handler = handled([&](Context& c) { return download_searchable(services, c); }),
              .id = "download_searchable_pdf",
              .summary = "The document as a PDF in which its words can be found and marked",
              .description =
                  "Looks as before. A PDF is kept as it is, and invisible text is added to pages "
                  "and places that have none of their own; an encrypted or damaged one, and every "
                  "other kind of document, becomes a PDF of its page images. The same revision "
                  "gives the same bytes.",
              .tag = "documents",
              .responses = {{200, "the file", "application/pdf", {}, {}}}});
}

}  // namespace server::http
