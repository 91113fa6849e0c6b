// The pages of a document: image, thumbnail, words.
#include <array>

#include "base/text.h"
#include "corpus/words.h"
#include "server/flow/document_files.h"
#include "server/flow/reading.h"
#include "server/flow/thumbnail.h"
#include "server/http/document_reply.h"
#include "server/http/routes.h"

namespace server::http {
namespace {

using base::Json;
using base::Result;
using corpus::Permission;

constexpr int64_t kThumbnailWidth = 160;
constexpr std::array<int64_t, 2> kThumbnailWidths = {32, 400};

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

}  // namespace

void add_page_routes(Router& router, Services& services) {
  const std::string page = std::string(kProjectPath) + "/documents/{id}/pages/{page}";
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
