#include "corpus/document.h"

#include <algorithm>
#include <array>

#include "corpus/detail/object_reader.h"
#include "corpus/detail/read_back.h"
#include "corpus/detail/source_json.h"
#include "corpus/layout.h"

namespace corpus {
namespace {

using base::Json;
using detail::ObjectReader;
using detail::Presence;

constexpr size_t kMaxDocumentBytes = size_t{64} << 20;

struct MediaType {
  std::string_view name;
  std::string_view extension;
};
constexpr std::array<MediaType, 10> kMediaTypes = {{
    {"application/pdf", "pdf"},
    {"image/png", "png"},
    {"image/jpeg", "jpg"},
    {"image/tiff", "tif"},
    {"image/bmp", "bmp"},
    {"image/gif", "gif"},
    {"image/webp", "webp"},
    {"image/jp2", "jp2"},
    {"image/x-portable-anymap", "pnm"},
    {"text/plain", "txt"},
}};

void set_file(Json& out, const StoredFile& file) {
  out.set("media_type", file.media_type)
      .set("size", file.size)
      .set("sha256", file.sha256.hex())
      .set("md5", file.md5.hex());
}

Json quality_json(const PageQuality& quality) {
  Json out = Json::object(
      {{"skew", quality.skew}, {"sharpness", quality.sharpness}, {"contrast", quality.contrast}});
  if (quality.x_height != 0) out.set("x_height", quality.x_height);
  out.set("ink", quality.ink);
  if (quality.blank) out.set("blank", true);
  if (quality.look) out.set("look", print_look(*quality.look));
  return out;
}

Json marks_json(const std::vector<Mark>& marks) {
  Json out = Json::array();
  for (const Mark& mark : marks) out.push(to_json(mark));
  return out;
}

Json page_json(const Page& page) {
  Json out = Json::object({{"width", page.width}, {"height", page.height}});
  if (page.dpi != 0) out.set("dpi", page.dpi);
  if (page.rotation != 0) out.set("rotation", page.rotation);
  out.set("text", page.text == TextOrigin::ocr ? "ocr" : "text-layer");
  if (!page.image.media_type.empty()) {
    Json image = Json::object();
    set_file(image, page.image);
    out.set("image", std::move(image));
  }
  if (page.quality) out.set("quality", quality_json(*page.quality));
  if (!page.marks.empty()) out.set("marks", marks_json(page.marks));
  detail::set_text(out, "failure", page.failure);
  return out;
}

template <typename Hash>
void read_hash(ObjectReader& reader, std::string_view key, Hash& out) {
  std::string hex;
  const Json* value = reader.member(key);
  if (!reader.text(key, hex, Presence::required)) return;
  auto hash = Hash::from_hex(hex);
  if (hash.ok()) {
    out = hash.value();
  } else {
    reader.refuse(value->at(), ObjectReader::quoted(key) + ": " + hash.error().what);
  }
}

void read_file(ObjectReader& reader, StoredFile& out) {
  int64_t size = 0;
  reader.text("media_type", out.media_type, Presence::required, kMaxNameBytes);
  reader.integer("size", 0, INT64_MAX, size, Presence::required);
  out.size = static_cast<uint64_t>(size);
  read_hash(reader, "sha256", out.sha256);
  read_hash(reader, "md5", out.md5);
}

std::optional<TextOrigin> parse_text_origin(std::string_view name) {
  if (name == "ocr") return TextOrigin::ocr;
  if (name == "text-layer") return TextOrigin::text_layer;
  return std::nullopt;
}

int32_t read_small(ObjectReader& reader, std::string_view key, int64_t most, Presence presence) {
  int64_t value = 0;
  reader.integer(key, 0, most, value, presence);
  return static_cast<int32_t>(value);
}

PageQuality read_quality(const Json& json, Diagnostics& problems) {
  constexpr int64_t kMostSkew = 36'000;
  constexpr int64_t kThousand = 1'000;
  PageQuality out;
  ObjectReader reader(json, problems);
  int64_t skew = 0;
  reader.integer("skew", -kMostSkew, kMostSkew, skew, Presence::required);
  out.skew = static_cast<int32_t>(skew);
  out.sharpness = read_small(reader, "sharpness", kThousand, Presence::required);
  out.contrast = read_small(reader, "contrast", kThousand, Presence::required);
  out.x_height = read_small(reader, "x_height", detail::kMaxCoordinate, Presence::optional);
  out.ink = read_small(reader, "ink", kThousand, Presence::required);
  reader.boolean("blank", out.blank);
  std::string look;
  if (reader.text("look", look) && !look.empty()) {
    const auto parsed = parse_look(look);
    if (parsed.ok()) out.look = *parsed;
    if (!parsed.ok())
      reader.refuse(json.at(), ObjectReader::quoted("look") + ": " + parsed.error().what);
  }
  reader.finish();
  return out;
}

Page read_page(const Json& json, Diagnostics& problems) {
  static const std::array<std::string, 2> kOrigins = {"ocr", "text-layer"};
  Page out;
  ObjectReader reader(json, problems);
  out.width = read_small(reader, "width", detail::kMaxCoordinate, Presence::required);
  out.height = read_small(reader, "height", detail::kMaxCoordinate, Presence::required);
  out.dpi = read_small(reader, "dpi", 100'000, Presence::optional);
  out.rotation = read_small(reader, "rotation", 270, Presence::optional);
  if (out.rotation % 90 != 0) reader.refuse(json.at(), "a rotation is 0, 90, 180 or 270");
  reader.word("text", parse_text_origin, kOrigins, out.text, Presence::required);
  if (const Json* image = reader.object("image")) {
    ObjectReader image_reader(*image, problems);
    read_file(image_reader, out.image);
    image_reader.finish();
  }
  if (const Json* quality = reader.object("quality")) {
    out.quality = read_quality(*quality, problems);
  }
  if (const auto* marks = reader.array("marks", kMaxMarks)) {
    for (const Json& mark : *marks) {
      if (auto value = mark_from_json(mark, problems)) out.marks.push_back(*value);
    }
  }
  reader.text("failure", out.failure);
  reader.finish();
  return out;
}

void read_pipeline(ObjectReader& outer, Pipeline& out) {
  const Json* json = outer.object("pipeline");
  if (json == nullptr) return;
  ObjectReader reader(*json, outer.problems());
  reader.text("version", out.version);
  if (const Json* settings = reader.object("settings")) {
    auto value = detail::canonical_value(*settings, outer.problems());
    if (value) out.settings = std::move(*value);
  }
  reader.finish();
}

std::optional<Document> read_document(std::string_view text, Diagnostics& problems) {
  const auto json = detail::parse_object_text(text, kMaxDocumentBytes, problems);
  if (!json) return std::nullopt;
  Document out;
  ObjectReader reader(*json, problems);
  std::optional<DocumentId> id;
  reader.id("id", id, Presence::required);
  read_file(reader, out.source);
  out.id = DocumentId::of(out.source.sha256);
  if (id && *id != out.id) reader.refuse(json->at(), "\"id\" does not begin the sha256");
  if (const auto* sources = reader.array("sources", kMaxSources, Presence::required)) {
    for (const Json& source : *sources)
      out.sources.push_back(detail::read_source(source, problems));
  }
  if (const auto* pages = reader.array("pages", kMaxPages, Presence::required)) {
    for (const Json& page : *pages) out.pages.push_back(read_page(page, problems));
  }
  int64_t next_word = 1;
  reader.integer("next_word", 1, UINT32_MAX, next_word, Presence::required);
  out.next_word = static_cast<WordId>(next_word);
  read_pipeline(reader, out.pipeline);
  if (!reader.finish().empty()) reader.refuse(json->at(), "document.json has no x-... keys");
  return out;
}

void add_group_keys(Source& known, const Source& more) {
  for (const auto& [key, values] : more.group_keys) {
    auto& all = known.group_keys[key];
    for (const std::string& value : values) {
      if (std::find(all.begin(), all.end(), value) == all.end()) all.push_back(value);
    }
  }
}

base::Result<void> refuse_other(std::string_view what, const std::string& known,
                                const std::string& given) {
  if (known == given) return {};
  return base::Error{base::Code::conflict, "this document already has the " + std::string(what) +
                                               " \"" + known + "\" under that external id, not \"" +
                                               given + "\""};
}

bool same_but_time(Source a, const Source& b) {
  a.received_at = b.received_at;
  return a == b;
}

}  // namespace

base::Json to_json(const Page& page) {
  return page_json(page);
}

base::Result<Page> parse_page(std::string_view text) {
  return detail::first_problem_of<Page>([&](Diagnostics& problems) -> std::optional<Page> {
    const auto json = detail::parse_object_text(text, kMaxDocumentBytes, problems);
    return json ? std::optional(read_page(*json, problems)) : std::nullopt;
  });
}

std::string spelled(const Pipeline& pipeline) {
  return pipeline.version + ' ' + pipeline.settings.print();
}

std::string print_document(const Document& document) {
  Json out = Json::object({{"id", document.id.hex}});
  set_file(out, document.source);
  Json::Array pages;
  for (const Page& page : document.pages) pages.push_back(page_json(page));
  out.set("sources", detail::sources_json(document.sources)).set("pages", std::move(pages));
  out.set("next_word", document.next_word);
  Json pipeline = Json::object({{"version", document.pipeline.version}});
  if (!document.pipeline.settings.is_null()) {
    Diagnostics ignored;
    auto settings = detail::canonical_value(document.pipeline.settings, ignored);
    pipeline.set("settings", settings ? std::move(*settings) : document.pipeline.settings);
  }
  out.set("pipeline", std::move(pipeline));
  return out.print() + '\n';
}

base::Result<Document> parse_document(std::string_view text) {
  return detail::first_problem_of<Document>(
      [&](Diagnostics& problems) { return read_document(text, problems); });
}

base::Result<std::string> write_document(const Document& document) {
  TRY(check_room_for(document.sources));
  return detail::if_readable(print_document(document), parse_document);
}

base::Result<void> add_source(Document& document, const Source& source) {
  for (Source& known : document.sources) {
    if (same_but_time(known, source)) return {};
    if (source.external_id.empty() || known.external_id != source.external_id) continue;
    TRY(refuse_other("customer", known.customer, source.customer));
    TRY(refuse_other("claim", known.claim, source.claim));
    add_group_keys(known, source);
    return {};
  }
  document.sources.push_back(source);
  return check_room_for(document.sources);
}

std::string extension_of(std::string_view media_type) {
  for (const MediaType& known : kMediaTypes) {
    if (known.name == media_type) return std::string(known.extension);
  }
  return "bin";
}

}  // namespace corpus
