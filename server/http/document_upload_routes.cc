// Uploads of whole files, as a form or as the body. Resumable ones: upload_routes.cc.
#include <algorithm>

#include "base/clock.h"
#include "server/flow/upload.h"
#include "server/http/authorize.h"
#include "server/http/document_json.h"
#include "server/http/idempotent.h"
#include "server/http/multipart.h"
#include "server/http/routes.h"

namespace server::http {
namespace {

using base::Json;
using base::Result;
using corpus::Permission;

constexpr size_t kMetadataLimit = size_t{1} << 20;
constexpr size_t kPasswordLimit = 1024;

// Feeds a form's parts to the upload: the metadata, then files.
class FormUpload {
 public:
  FormUpload(Services& services, const Actor& actor, bool waits)
      : services_(services), actor_(actor), waits_(waits) {}

  MultipartSink sink() {
    return {.begin = [this](const Part& part) { return begin(part); },
            .data = [this](std::string_view bytes) { return data(bytes); },
            .end = [this] { return end(); }};
  }

  Result<std::vector<UploadItem>> finish() {
    if (!upload_) return base::Error{base::Code::invalid, "the form has no file"};
    return upload_->finish();
  }

 private:
  Result<void> begin(const Part& part) {
    is_file_ = part.file_name.has_value();
    if (is_file_) {
      if (!upload_) begin_upload();
      return upload_->begin_file(*part.file_name);
    }
    if (part.name != "metadata" && part.name != "password") {
      return base::Error{base::Code::invalid, "unknown field \"" + part.name + "\" in the form"};
    }
    if (upload_) {
      return base::Error{base::Code::invalid, part.name + " must come before the files"};
    }
    field_ = part.name;
    text_.clear();
    return {};
  }
  Result<void> data(std::string_view bytes) {
    if (is_file_) return upload_->write(bytes);
    const size_t limit = field_ == "password" ? kPasswordLimit : kMetadataLimit;
    if (text_.size() + bytes.size() > limit) return body_too_large(limit);
    text_ += bytes;
    return {};
  }
  Result<void> end() {
    if (is_file_) return upload_->end_file();
    if (field_ == "password") {
      password_ = std::move(text_);
    } else {
      details_ = TRY(corpus::parse_source_details(TRY(base::parse_json(text_))));
    }
    return {};
  }
  void begin_upload() {
    upload_.emplace(services_, actor_, details_, waits_);
    upload_->unlock_with(password_);
  }

  Services& services_;
  const Actor& actor_;
  const bool waits_;
  corpus::SourceDetails details_;
  std::optional<Upload> upload_;
  std::string field_;  // that is arriving, and its text
  std::string text_;
  std::string password_;
  bool is_file_ = false;
};

bool waits(const Context& context) {
  return context.query_integer("wait", 0) > 0;
}

Result<std::vector<UploadItem>> receive_form(Services& services, const Actor& actor,
                                             const Context& context) {
  const std::string boundary =
      TRY(boundary_of(context.request.headers.value_or("content-type", "")));
  FormUpload form(services, actor, waits(context));
  TRY(read_multipart(context.request, boundary, form.sink()));
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
