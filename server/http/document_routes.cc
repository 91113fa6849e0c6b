// Documents: upload, list, state, source, page images and words.
#include <fcntl.h>

#include <algorithm>
#include <array>

#include "base/clock.h"
#include "base/text.h"
#include "corpus/schema.h"
#include "corpus/words.h"
#include "server/flow/document_files.h"
#include "server/flow/document_text.h"
#include "server/flow/dvc_remote.h"
#include "server/flow/process.h"
#include "server/flow/reading.h"
#include "server/flow/readings.h"
#include "server/flow/review.h"
#include "server/flow/thumbnail.h"
#include "server/flow/upload.h"
#include "server/http/authorize.h"
#include "server/http/body_fields.h"
#include "server/http/document_json.h"
#include "server/http/idempotent.h"
#include "server/http/multipart.h"
#include "server/http/routes.h"
#include "storage/document_table.h"
#include "storage/user_store.h"

namespace server::http {
namespace {

using base::Json;
using base::Result;
using corpus::Permission;

constexpr size_t kMetadataLimit = size_t{1} << 20;
constexpr size_t kPasswordLimit = 1024;
constexpr int64_t kLongestWait = 300;
constexpr int64_t kThumbnailWidth = 160;
constexpr std::array<int64_t, 2> kThumbnailWidths = {32, 400};
constexpr std::array kSearches = {
    "q", "label", "review", "key", "assignee", "confidence", "label_confidence", "sampled", "sort"};

bool may_read_all(const Context& context) {
  return context.principal.access->allows(Permission::document_read);
}

// The document, if the caller may know of it: an uploader knows their own.
Result<storage::DocumentRow> visible_document(Services& services, const Context& context) {
  const corpus::DocumentId id = TRY(document_of(context));
  const storage::Access& access = *context.principal.access;
  return services.database->read([&](storage::Transaction& tx) -> Result<storage::DocumentRow> {
    storage::DocumentTable table(tx);
    storage::DocumentRow row = TRY(table.find(access.project.id, id));
    if (!may_read_all(context) &&
        !TRY(table.was_uploaded_by(access.project.id, id, access.principal.user.id))) {
      return base::Error{base::Code::not_found, "there is no such document"};
    }
    return row;
  });
}

// ---- upload

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

// ---- reading

Result<std::vector<std::pair<std::string, std::string>>> parse_keys(const Context& context) {
  std::vector<std::pair<std::string, std::string>> keys;
  for (const std::string_view text : context.request.query.all("key")) {
    const size_t equals = text.find('=');
    if (equals == std::string_view::npos) {
      return base::Error{base::Code::invalid, "key must look like claim=C-7"};
    }
    keys.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return keys;
}

// Whether the answer tells of text, labels, review or others' metadata by what it finds.
bool searches(const Context& context) {
  return std::any_of(kSearches.begin(), kSearches.end(),
                     [&](const char* name) { return context.query(name).has_value(); });
}

// "900-1000", "900-" or "-899".
Result<storage::ConfidenceRange> confidence_in(const Context& context, std::string_view name) {
  storage::ConfidenceRange range;
  const auto text = context.query(name);
  if (!text) return range;
  const size_t dash = text->find('-');
  const std::string_view all = *text;
  const auto part = [&](std::string_view digits, int64_t fallback) {
    return digits.empty() ? std::optional(fallback) : base::parse_integer(digits);
  };
  const auto least = dash == std::string::npos ? std::nullopt : part(all.substr(0, dash), 0);
  const auto most = dash == std::string::npos ? std::nullopt : part(all.substr(dash + 1), 1'000);
  if (!least || !most || *least < 0 || *most > 1'000 || *least > *most) {
    return base::Error{base::Code::invalid,
                       std::string(name) + " must look like 900-1000, within 0 and 1000"};
  }
  return storage::ConfidenceRange{static_cast<int32_t>(*least), static_cast<int32_t>(*most)};
}

// A day as "2026-11-28", UTC, or a time as RFC 3339 has it.
Result<base::Milliseconds> moment_in(const Context& context, std::string_view name) {
  const auto text = context.query(name);
  if (!text) return base::Milliseconds{0};
  const bool is_day = corpus::is_date(*text);
  const auto moment = base::from_rfc3339(is_day ? *text + "T00:00:00Z" : *text);
  if (!moment.ok() || *moment <= 0) {
    return base::Error{base::Code::invalid, std::string(name) + " must look like 2026-11-28"};
  }
  return *moment;
}

// "me", "none", or somebody's address.
Result<void> add_assignee(Services& services, const Context& context,
                          storage::DocumentQuery& query) {
  const auto who = context.query("assignee");
  if (!who) return {};
  query.unassigned = *who == "none";
  if (query.unassigned) return {};
  query.assignee = context.principal.access->principal.user.id;
  if (*who == "me") return {};
  return services.database->read([&](storage::Transaction& tx) -> Result<void> {
    storage::UserStore users(tx);
    const auto user = users.find_user_by_address(*who);
    const bool here =
        user.ok() && !TRY(users.roles_of(user->id, context.principal.access->project.id)).empty();
    if (!here) return base::Error{base::Code::invalid, "assignee: nobody here has this address"};
    query.assignee = user->id;
    return {};
  });
}

void add_sort(const Context& context, storage::DocumentQuery& query) {
  std::string name = context.query("sort").value_or("-received");
  query.descending = name.starts_with('-');
  if (query.descending) name.erase(0, 1);
  if (name == "name") query.sort = storage::DocumentSort::name;
  if (name == "confidence") query.sort = storage::DocumentSort::confidence;
}

Result<Reply> list_documents(Services& services, Context& context) {
  const storage::Access& access = *context.principal.access;
  if (!may_read_all(context) && searches(context)) {
    return base::Error{base::Code::denied, "searching documents needs document:read"};
  }
  storage::DocumentQuery query;
  query.project = access.project.id;
  query.text = context.query("q").value_or("");
  query.label = context.query("label").value_or("");
  query.review_state = context.query("review").value_or("");
  query.keys = TRY(parse_keys(context));
  query.cursor = context.query("cursor").value_or("");
  query.limit = static_cast<size_t>(context.query_integer("limit", 50));
  if (const auto state = context.query("state")) {
    query.state = storage::parse_document_state(*state);
  }
  if (!may_read_all(context)) query.uploader = access.principal.user.id;
  query.failure_code = context.query("failure").value_or("");
  query.sampled = context.query_flag("sampled");
  query.received_from = TRY(moment_in(context, "received_from"));
  query.received_until = TRY(moment_in(context, "received_until"));
  query.confidence = TRY(confidence_in(context, "confidence"));
  query.label_confidence = TRY(confidence_in(context, "label_confidence"));
  TRY(add_assignee(services, context, query));
  add_sort(context, query);
  const auto page = TRY(services.database->read(
      [&](storage::Transaction& tx) { return storage::DocumentTable(tx).list(query); }));
  Json items = Json::array();
  for (const storage::DocumentRow& row : page.rows)
    items.push(TRY(document_json(services, access, row)));
  Json reply = Json::object({{"items", std::move(items)}});
  reply.set("next_cursor", page.next_cursor.empty() ? Json() : Json(page.next_cursor));
  return Reply::json(200, reply).cache("private, no-cache");
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

Result<void> audit_read(Services& services, const Context& context, std::string_view what) {
  const Actor actor = actor_of(context);
  return services.database->write([&](storage::Transaction& tx) {
    return audit(tx, actor, what, document_subject(actor.project(), context.parameter("id")));
  });
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
  if (may_read_all(context)) {
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

Result<Reply> stored_reply(Services& services, const storage::Project& project,
                           const base::Md5& md5, const std::string& media_type) {
  const StoredObject object = TRY(open_object(services, project, Sight::all, {md5, false}));
  base::UniqueFd fd(::fcntl(object.reader->descriptor(), F_DUPFD_CLOEXEC, 0));
  if (!fd) return base::system_error("dup", "blob");
  return Reply::file(std::move(fd), object.reader->size(), media_type)
      .etag(object.record.sha256.hex())
      .immutable();
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

base::Error no_such_page() {
  return {base::Code::not_found, "there is no such page"};
}

// The page as it stands in main's newest revision, or, while its document is not there yet, as it
// was read.
Result<SeenPage> seen_page(Services& services, const Context& context) {
  const auto project = TRY(project_of(services, context));
  const vcs::Snapshot tip = TRY(project->tip());
  const corpus::DocumentId id = TRY(document_of(context));
  const auto number = base::parse_integer(context.parameter("page")).value_or(0);
  if (number < 1 || number > corpus::kMaxPages) return no_such_page();
  const auto page = static_cast<corpus::PageNumber>(number);
  const DocumentFiles files(tip, project->fan_out, id);
  const auto document = files.document();
  if (!document.ok()) {
    auto read = TRY(find_read_page(services, context.principal.access->project, id, page));
    return read ? Result<SeenPage>(std::move(*read)) : no_such_page();
  }
  if (page > document->pages.size()) return no_such_page();
  SeenPage seen{document->pages[page - 1], {}};
  if (seen.page.failed()) return seen;
  seen.words = TRY(files.words(page));
  return seen;
}

Result<Reply> show_image(Services& services, Context& context) {
  const SeenPage seen = TRY(seen_page(services, context));
  if (seen.page.image.size == 0) {
    return base::Error{base::Code::not_found, "this page has no image: " + seen.page.failure};
  }
  TRY(audit_read(services, context, "page.read"));
  return stored_reply(services, context.principal.access->project, seen.page.image.md5,
                      seen.page.image.media_type);
}

// Too small to be read, so it is no read of the document.
Result<Reply> show_thumbnail(Services& services, Context& context) {
  const auto project = TRY(project_of(services, context));
  const vcs::Snapshot tip = TRY(project->tip());
  const DocumentFiles files(tip, project->fan_out, TRY(document_of(context)),
                            project->parsed.get());
  const auto document = TRY(files.shared_document());
  const auto number = base::parse_integer(context.parameter("page")).value_or(0);
  if (number < 1 || number > static_cast<int64_t>(document->pages.size())) return no_such_page();
  const corpus::StoredFile& image = document->pages[static_cast<size_t>(number - 1)].image;
  if (image.size == 0) return base::Error{base::Code::not_found, "this page has no image"};
  const auto width = static_cast<int32_t>(context.query_integer("width", kThumbnailWidth));
  Thumbnail small = TRY(thumbnail_of(services, project->project, image, width));
  return Reply::file(std::move(small.fd), small.size, "image/jpeg")
      .etag(image.sha256.hex() + "-" + std::to_string(width))
      .immutable();
}

Result<Reply> show_words(Services& services, Context& context) {
  const SeenPage seen = TRY(seen_page(services, context));
  Json words = Json::array();
  for (const corpus::Word& word : seen.words) {
    words.push(
        Json::object({{"id", word.id},
                      {"block", word.block},
                      {"line", word.line},
                      {"box", Json::array({word.box.x0, word.box.y0, word.box.x1, word.box.y1})},
                      {"confidence", word.confidence},
                      {"text", word.text}}));
  }
  TRY(audit_read(services, context, "page.read"));
  return Reply::json(200, Json::object({{"words", std::move(words)}})).cache("private, no-cache");
}

Parameter integer_parameter(std::string name, std::string description, int64_t least,
                            int64_t most) {
  return {
      std::move(name), std::move(description), Parameter::Type::integer, false, least, most, {}};
}
Parameter text_parameter(std::string name, std::string description) {
  return {std::move(name), std::move(description), Parameter::Type::string, false, {}, {}, {}};
}

}  // namespace

void add_document_routes(Router& router, Services& services) {
  const std::string documents = std::string(kProjectPath) + "/documents";
  const std::string page = documents + "/{id}/pages/{page}";
  RequestBody files;
  files.media_types = {"*/*"};
  files.limit = kLargestUpload;
  RequestBody password =
      json_body(Json::object({{"type", "object"}}), Json::object({{"password", "..."}}));
  password.required = false;
  const Parameter wait =
      integer_parameter("wait", "seconds to wait until the document is read", 0, kLongestWait);

  router.add({.method = Method::post,
              .path = documents,
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
              .query = {wait, text_parameter("file_name", "of a bare body"),
                        text_parameter("metadata", "JSON, of a bare body")},
              .body = files,
              .responses = {json_response(201, "what became of each file")}});
  router.add(
      {.method = Method::get,
       .path = documents,
       .access = Access::needs(Permission::document_read_own),
       .handler = handled([&](Context& c) { return list_documents(services, c); }),
       .id = "list_documents",
       .summary = "Documents: by text, label, state, people, metadata, date, confidence",
       .description =
           "Order by `sort`; `next_cursor` goes on in the same order. Confidences are ranges "
           "such as 900-1000: of reading the words, and, `label_confidence`, of the label "
           "that a model was least sure of. `sampled`: one of ten submitted documents of "
           "each annotator, drawn for a second look.",
       .tag = "documents",
       .query = {text_parameter("q", "words of the page text"),
                 text_parameter("label", "a label among its annotations"),
                 {"state",
                  "",
                  Parameter::Type::string,
                  false,
                  {},
                  {},
                  {"uploaded", "queued", "processing", "ready", "partly_ready", "failed"}},
                 {"review",
                  "",
                  Parameter::Type::string,
                  false,
                  {},
                  {},
                  {"new", "in_progress", "submitted", "accepted", "rejected"}},
                 text_parameter("key", "metadata such as claim=C-7; may be repeated"),
                 text_parameter("assignee", "me, none, or somebody's address"),
                 text_parameter("failure", "the code of a failure"),
                 text_parameter("received_from", "a day, or a time"),
                 text_parameter("received_until", "a day, or a time; not part of it"),
                 text_parameter("confidence", "of the words: 0-800"),
                 text_parameter("label_confidence", "of a model's labels: 950-1000"),
                 {"sampled", "", Parameter::Type::flag, false, {}, {}, {}},
                 {"sort",
                  "a - before it: descending",
                  Parameter::Type::string,
                  false,
                  {},
                  {},
                  {"received", "-received", "name", "-name", "confidence", "-confidence"}},
                 text_parameter("cursor", "next_cursor of the page before"),
                 integer_parameter("limit", "", 1, 500)},
       .responses = {json_response(200, "a page of documents")}});
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
              .summary = "Read a failed document again, with a password if it needs one",
              .tag = "documents",
              .query = {wait},
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
  router.add({.method = Method::get,
              .path = page + "/image",
              .access = Access::needs(Permission::document_read),
              .handler = handled([&](Context& c) { return show_image(services, c); }),
              .id = "show_page_image",
              .summary = "The canonical page image that all coordinates refer to",
              .tag = "documents",
              .responses = {{200, "the image", "image/png", {}, {}}}});
  router.add({.method = Method::get,
              .path = page + "/thumbnail",
              .access = Access::needs(Permission::document_read),
              .handler = handled([&](Context& c) { return show_thumbnail(services, c); }),
              .id = "show_page_thumbnail",
              .summary = "A small image of a page that is in git, for lists",
              .tag = "documents",
              .query = {{"width",
                         "in pixels",
                         Parameter::Type::integer,
                         false,
                         kThumbnailWidths.front(),
                         kThumbnailWidths.back(),
                         {}}},
              .responses = {{200, "the image", "image/jpeg", {}, {}}}});
  router.add({.method = Method::get,
              .path = page + "/words",
              .access = Access::needs(Permission::document_read),
              .handler = handled([&](Context& c) { return show_words(services, c); }),
              .id = "show_page_words",
              .summary = "The words of a page with boxes and confidence",
              .tag = "documents",
              .responses = {json_response(200, "the words")}});
}

}  // namespace server::http
