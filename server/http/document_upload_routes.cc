// Uploads of whole files, as a form or as the body. Resumable ones: upload_routes.cc.
#include <algorithm>

#include "base/clock.h"
#include "server/flow/upload.h"
#include "server/http/authorize.h"
#include "server/http/document_json.h"
#include "server/http/form_upload.h"
#include "server/http/idempotent.h"
#include "server/http/routes.h"

namespace server::http {
namespace {

using base::Json;
using base::Result;
using corpus::Permission;

bool waits(const Context& context) {
  return context.query_integer("wait", 0) > 0;
}

Result<std::vector<UploadItem>> receive_form(Services& services, const Actor& actor,
                                             const Context& context) {
  FormUpload form(services, actor, {.waits = waits(context)});
  TRY(form.read(context.request));
  return form.finish();
}

// A bare body: the file's name and details come in the query.
Result<std::vector<UploadItem>> receive_body(Services& services, const Actor& actor,
                                             const Context& context) {
  corpus::SourceDetails details;
  if (const auto metadata = context.query("metadata")) {
    details = TRY(corpus::parse_source_details(TRY(base::parse_json(*metadata))));
  }
  Upload upload(services, actor, std::move(details), waits(context));
  TRY(upload.begin_file(context.query("file_name").value_or("document")));
  std::string buffer(size_t{256} << 10, '\0');
  while (const size_t got = TRY(context.request.read(buffer.data(), buffer.size()))) {
    TRY(upload.write(std::string_view(buffer).substr(0, got)));
  }
  TRY(upload.end_file());
  return upload.finish();
}

Result<Reply> upload_documents(Services& services, Context& context) {
  const Actor actor = actor_of(context);
  const bool form = context.request.media_type() == "multipart/form-data";
  const auto items =
      TRY(form ? receive_form(services, actor, context) : receive_body(services, actor, context));
  if (const Refusal* refusal = sole_refusal(items)) {
    return context.problem(Problem::make(422, refusal->code, refusal->reason));
  }
  const base::Milliseconds deadline =
      base::now_milliseconds() + context.query_integer("wait", 0) * 1000;
  Json list = TRY(to_json(services, actor.access, items, deadline));
  const bool any_new =
      std::any_of(items.begin(), items.end(), [](const UploadItem& item) { return item.is_new; });
  return Reply::json(any_new ? 201 : 200, Json::object({{"items", std::move(list)}}));
}

}  // namespace

void add_document_upload_routes(Router& router, Services& services) {
  RequestBody files;
  files.media_types = {"*/*"};
  files.limit = kLargestUpload;
  router.add({.method = Method::post,
              .path = std::string(kProjectPath) + "/documents",
              .access = Access::needs(Permission::document_upload),
              .handler = idempotent(
                  services, handled([&](Context& c) { return upload_documents(services, c); })),
              .id = "upload_documents",
              .summary = "Upload one file, many, or a zip or tar of files",
              .description =
                  "As multipart/form-data: an optional field `metadata` (JSON: external_id, "
                  "customer, claim, group_keys, files{name: ...}), an optional field `password` "
                  "for encrypted PDF files (kept in memory until they are read, never stored), and "
                  "then files. Or the file itself as the body, with file_name and metadata in the "
                  "query. The same bytes are the same document: sending them again is harmless.",
              .tag = "documents",
              .query = {wait_parameter(), text_parameter("file_name", "of a bare body"),
                        text_parameter("metadata", "JSON, of a bare body")},
              .body = files,
              .responses = {json_response(201, "what became of each file")}});
}

}  // namespace server::http
