// Resumable uploads: tus 1.0.0 with its extensions (server/http/tus.h), so that stock tus clients
// bring large files over bad lines. GET, which tus leaves open, tells the state as JSON.
#include "base/clock.h"
#include "server/flow/resumable_upload.h"
#include "server/http/authorize.h"
#include "server/http/document_json.h"
#include "server/http/routes.h"
#include "server/http/tus.h"

namespace server::http {
namespace {

using base::Json;
using base::Result;
using corpus::Permission;

constexpr size_t kBlock = size_t{256} << 10;

using Handler = std::function<Result<Reply>(Context&)>;

// ---- what every reply has

bool speaks_tus(const Request& request) {
  return request.method == Method::get ||
         request.headers.value_or("tus-resumable", "") == kTusVersion;
}

Reply wrong_version(const Context& context) {
  return context.problem(
      Problem::make(412, "tus_version", "Say Tus-Resumable: 1.0.0; no other version is known.")
          .with_header("Tus-Version", kTusVersion));
}

Reply problem_of(const Context& context, const base::Error& error) {
  if (error.code != base::Code::busy) return context.problem(error);
  return context.problem(Problem::make(423, "locked", error.what));
}

Reply answer(Context& context, const Handler& handler) {
  if (!speaks_tus(context.request)) return wrong_version(context);
  Result<Reply> reply = handler(context);
  return reply.ok() ? std::move(*reply) : problem_of(context, reply.error());
}

RouteHandler tus(Handler handler) {
  return [handler = std::move(handler)](Context& context) {
    return answer(context, handler).with("Tus-Resumable", kTusVersion);
  };
}

// Where the upload stands, and the document if it became one.
Reply with_state(Reply reply, const storage::Upload& upload) {
  Headers& headers = reply.headers;
  headers.set("Cache-Control", "no-store");
  headers.set("Upload-Offset", std::to_string(upload.offset));
  if (upload.length) headers.set("Upload-Length", std::to_string(*upload.length));
  if (!upload.length) headers.set("Upload-Defer-Length", "1");
  if (const std::string words = words_of(upload); !words.empty()) {
    headers.set("Upload-Metadata", words);
  }
  headers.set("Upload-Expires", base::to_http_date(upload.expires_at));
  const auto outcome = outcome_of(upload);
  if (outcome && outcome->items.size() == 1 && outcome->items.front().id) {
    headers.set("Upload-Document", outcome->items.front().id->hex);
  }
  return reply;
}

// A file that cannot become a document fails its upload, as it fails a plain one.
std::optional<Problem> refusal_of(const storage::Upload& upload) {
  const auto outcome = outcome_of(upload);
  if (!outcome) return {};
  if (outcome->error) return Problem::of(*outcome->error);
  const Refusal* refusal = sole_refusal(outcome->items);
  return refusal ? std::optional(Problem::make(422, refusal->code, refusal->reason)) : std::nullopt;
}

Result<Json> describe(Services& services, const Context& context, const storage::Upload& upload) {
  Json out = Json::object({{"id", upload.id},
                           {"state", "open"},
                           {"offset", upload.offset},
                           {"length", upload.length ? Json(*upload.length) : Json()},
                           {"expires_at", base::to_rfc3339(upload.expires_at)}});
  if (const auto outcome = outcome_of(upload)) {
    out.set("state", "complete");
    out.set("items", TRY(to_json(services, *context.principal.access, outcome->items, 0)));
  }
  return out;
}

// ---- a piece

Problem too_long(const ResumableUpload& upload) {
  return Problem::make(413, "limit", "These are more bytes than the upload takes.")
      .with_header("Upload-Offset", std::to_string(upload.state().offset));
}

// Why a piece was not taken; the words for the client.
using PieceFailure = std::optional<Problem>;

Result<PieceFailure> explain(const base::Error& error, const ResumableUpload& upload) {
  if (error.code == base::Code::invalid) return PieceFailure(too_long(upload));
  if (error.code != base::Code::no_space) return error;
  return PieceFailure(
      Problem::of(error).with_header("Upload-Offset", std::to_string(upload.state().offset)));
}

Result<PieceFailure> append_body(Request& request, ResumableUpload& upload,
                                 std::optional<UploadChecksum>& checksum) {
  std::string buffer(kBlock, '\0');
  while (const size_t got = TRY(request.read(buffer.data(), buffer.size()))) {
    const std::string_view chunk = std::string_view(buffer).substr(0, got);
    if (checksum) checksum->update(chunk);
    const auto appended = upload.append(chunk);
    if (!appended.ok()) return explain(appended.error(), upload);
  }
  if (checksum && !checksum->matches()) {
    return PieceFailure(
        Problem::make(460, "checksum_mismatch", "The bytes do not have the announced checksum."));
  }
  return PieceFailure();
}

// Takes the body. When it breaks off, what came counts, unless a checksum was to vouch for it.
Result<PieceFailure> receive(Request& request, ResumableUpload& upload,
                             std::optional<UploadChecksum> checksum) {
  if (request.content_length.value_or(0) > upload.room()) return PieceFailure(too_long(upload));
  const bool is_checked = checksum.has_value();
  auto outcome = append_body(request, upload, checksum);
  const bool is_good = outcome.ok() && !*outcome;
  const auto settled = is_good || !is_checked ? upload.keep() : upload.take_back();
  if (settled.ok() || !is_good) return outcome;
  return explain(settled.error(), upload);
}

Result<std::optional<UploadChecksum>> checksum_of(const Request& request) {
  const std::string* header = request.headers.find("upload-checksum");
  if (header == nullptr) return std::optional<UploadChecksum>();
  auto checksum = UploadChecksum::parse(*header);
  if (!checksum.ok()) return checksum.error();
  return std::optional<UploadChecksum>(std::move(*checksum));
}

ResumableUpload::Counting counting_for(const std::optional<UploadChecksum>& checksum) {
  using Counting = ResumableUpload::Counting;
  return checksum ? Counting::when_kept : Counting::at_once;
}

// ---- the methods

Result<std::optional<uint64_t>> announced_length(const Headers& headers) {
  if (const std::string* length = headers.find("upload-length")) {
    return std::optional(TRY(parse_upload_count("Upload-Length", length)));
  }
  if (headers.value_or("upload-defer-length", "") == "1") return std::optional<uint64_t>();
  return base::Error{base::Code::invalid, "say Upload-Length, or Upload-Defer-Length: 1"};
}

Result<UploadPlan> plan_of(const Headers& headers) {
  UploadPlan plan;
  plan.length = TRY(announced_length(headers));
  plan.as_sent = headers.value_or("upload-metadata", "");
  UploadMetadata metadata = TRY(parse_upload_metadata(plan.as_sent));
  plan.file_name = std::move(metadata.file_name);
  plan.details = std::move(metadata.details);
  return plan;
}

// The first piece, in the request that begins the upload. If it fails there is no upload: the
// client does not know its address yet.
Result<PieceFailure> receive_first(Services& services, Context& context, storage::Upload& row) {
  auto checksum = TRY(checksum_of(context.request));
  auto upload =
      TRY(ResumableUpload::open(services, actor_of(context), row.id, counting_for(checksum)));
  auto failure = receive(context.request, upload, std::move(checksum));
  if (failure.ok() && !*failure && upload.is_whole()) {
    if (const auto taken = upload.take_in(); !taken.ok()) failure = taken.error();
  }
  if (!failure.ok() || *failure) TRY(upload.remove());
  row = upload.state();
  return failure;
}

Result<Reply> create_upload(Services& services, Context& context) {
  const Request& request = context.request;
  if (request.has_body() && request.media_type() != kTusPiece) {
    return context.problem(Problem::make(
        415, "unsupported_media_type", std::string("The first piece must be ") + kTusPiece + '.'));
  }
  auto begun = begin_upload(services, actor_of(context), TRY(plan_of(request.headers)));
  if (!begun.ok()) return begun.error();
  storage::Upload upload = std::move(*begun);
  if (request.has_body() || upload.length == 0) {
    if (const auto failure = TRY(receive_first(services, context, upload))) {
      return context.problem(*failure);
    }
  }
  if (const auto refused = refusal_of(upload)) return context.problem(*refused);
  Reply reply = Reply::json(201, TRY(describe(services, context, upload)));
  return with_state(std::move(reply).with("Location", request.path + "/" + upload.id), upload);
}

Result<Reply> show_upload(Services& services, Context& context) {
  const auto upload = TRY(find_upload(services, actor_of(context), context.parameter("id")));
  if (const auto refused = refusal_of(upload)) return context.problem(*refused);
  return with_state(Reply::json(200, TRY(describe(services, context, upload))), upload);
}

Problem wrong_offset(const storage::Upload& upload) {
  return Problem::make(409, "wrong_offset",
                       "The upload goes on at " + std::to_string(upload.offset) + ".")
      .with_header("Upload-Offset", std::to_string(upload.offset));
}

Result<Reply> append_to_upload(Services& services, Context& context) {
  const Headers& headers = context.request.headers;
  const uint64_t offset = TRY(parse_upload_count("Upload-Offset", headers.find("upload-offset")));
  auto checksum = TRY(checksum_of(context.request));
  auto upload = TRY(ResumableUpload::open(services, actor_of(context), context.parameter("id"),
                                          counting_for(checksum)));
  if (offset != upload.state().offset) return context.problem(wrong_offset(upload.state()));
  if (const std::string* length = headers.find("upload-length")) {
    TRY(upload.set_length(TRY(parse_upload_count("Upload-Length", length))));
  }
  if (const auto failure = TRY(receive(context.request, upload, std::move(checksum)))) {
    return context.problem(*failure);
  }
  if (upload.is_whole()) TRY(upload.take_in());
  if (const auto refused = refusal_of(upload.state())) return context.problem(*refused);
  return with_state(Reply::empty(204), upload.state());
}

Result<Reply> end_upload(Services& services, Context& context) {
  auto upload = TRY(ResumableUpload::open(services, actor_of(context), context.parameter("id")));
  TRY(upload.remove());
  return Reply::empty(204);
}

// For clients behind something that lets no PATCH and no DELETE through.
Result<Reply> override_method(Services& services, Context& context) {
  const auto& headers = context.request.headers;
  const auto method = parse_method(headers.value_or("x-http-method-override", ""));
  if (method == Method::patch) return append_to_upload(services, context);
  if (method == Method::delete_) return end_upload(services, context);
  if (method == Method::head) return show_upload(services, context);
  return base::Error{base::Code::invalid,
                     "POST here needs X-HTTP-Method-Override: PATCH, DELETE or HEAD"};
}

Reply tell_abilities() {
  return Reply::empty(204)
      .with("Tus-Resumable", kTusVersion)
      .with("Tus-Version", kTusVersion)
      .with("Tus-Extension", kTusExtensions)
      .with("Tus-Max-Size", std::to_string(kLargestUpload))
      .with("Tus-Checksum-Algorithm", kTusChecksums);
}

// ---- the table

Parameter header(std::string name, std::string description, bool required = false) {
  return {.name = std::move(name), .description = std::move(description), .required = required};
}

Parameter version_header() {
  return header("Tus-Resumable", "1.0.0");
}
Parameter length_header() {
  return header("Upload-Length", "bytes of the whole file");
}
Parameter checksum_header() {
  return header("Upload-Checksum",
                "of the piece: sha1, sha256 or md5, a blank, the digest in Base64");
}

RequestBody piece(std::vector<std::string> media_types) {
  RequestBody body;
  body.media_types = std::move(media_types);
  body.limit = kLargestUpload;
  body.required = false;
  return body;
}

Route upload_route(Method method, std::string path, std::string id, std::string summary) {
  Route route{.method = method,
              .path = std::move(path),
              .access = Access::needs(Permission::document_upload)};
  route.id = std::move(id);
  route.summary = std::move(summary);
  route.tag = "documents";
  return route;
}

std::string uploads_path() {
  return std::string(kProjectPath) + "/uploads";
}

void add_collection_routes(Router& router, Services& services) {
  Route abilities = upload_route(Method::options, uploads_path(), "describe_uploads",
                                 "What of tus this server speaks, and its limits");
  abilities.handler = [](Context&) { return tell_abilities(); };
  abilities.responses = {{204, "in Tus-Version, Tus-Extension, Tus-Max-Size"}};
  router.add(std::move(abilities));

  Route create = upload_route(Method::post, uploads_path(), "create_upload",
                              "Begin a resumable upload (tus 1.0.0)");
  create.handler = tus([&](Context& c) { return create_upload(services, c); });
  create.description =
      "The reply's Location is the upload; pieces go there by PATCH. Once whole it is taken in "
      "like any upload, archives too. A first piece may come as the body. It is forgotten seven "
      "days after its last byte.";
  create.headers = {version_header(), length_header(),
                    header("Upload-Defer-Length", "1: the length comes with a later piece"),
                    header("Upload-Metadata",
                           "filename and metadata, in Base64; metadata is the JSON of a form's "
                           "field of that name"),
                    checksum_header()};
  create.body = piece({kTusPiece, "*/*"});
  create.responses = {json_response(201, "the upload")};
  router.add(std::move(create));
}

void add_upload_item_routes(Router& router, Services& services) {
  const std::string path = uploads_path() + "/{id}";
  Route show = upload_route(Method::get, path, "show_upload", "How far an upload is");
  show.handler = tus([&](Context& c) { return show_upload(services, c); });
  show.description =
      "HEAD tells the offset in Upload-Offset: so many bytes are durable. When it is complete, "
      "items name the documents that came of it. 422 if nothing could.";
  show.responses = {json_response(200, "the upload")};
  router.add(std::move(show));

  Route append = upload_route(Method::patch, path, "append_to_upload", "Send the next piece");
  append.handler = tus([&](Context& c) { return append_to_upload(services, c); });
  append.description =
      "At Upload-Offset, which must be the upload's (else 409). 423 while another request sends, "
      "460 if the checksum differs, 507 if the disk is full. The last piece makes the documents: "
      "Upload-Document names the one, GET names many.";
  append.headers = {version_header(), header("Upload-Offset", "where the piece begins"),
                    length_header(), checksum_header()};
  append.body = piece({kTusPiece});
  append.responses = {{204, "taken and durable; Upload-Offset says how far the upload is"}};
  router.add(std::move(append));

  Route end = upload_route(Method::delete_, path, "end_upload", "Give an upload up");
  end.handler = tus([&](Context& c) { return end_upload(services, c); });
  end.headers = {version_header()};
  end.responses = {{204, "it is gone; a document that came of it stays"}};
  router.add(std::move(end));

  Route other = upload_route(Method::post, path, "override_upload_method",
                             "PATCH, DELETE or HEAD by X-HTTP-Method-Override");
  other.handler = tus([&](Context& c) { return override_method(services, c); });
  other.headers = {header("X-HTTP-Method-Override", "the method that is meant", true)};
  other.body = piece({kTusPiece, "*/*"});
  other.responses = {{204, "as of the method that was meant"}};
  router.add(std::move(other));
}

}  // namespace

void add_upload_routes(Router& router, Services& services) {
  add_collection_routes(router, services);
  add_upload_item_routes(router, services);
}

}  // namespace server::http
