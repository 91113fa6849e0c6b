// The manifest's lines as JSON (docs/formats/manifest.md). One spelling: a line is read, printed
// again and compared, so that nothing unknown or reordered passes.
#include <algorithm>
#include <utility>

#include "base/json.h"
#include "dataset/detail/json_fields.h"
#include "dataset/manifest.h"

namespace dataset {

using base::Code;
using base::Error;
using base::Json;
using base::Result;
using detail::expected;
using detail::need_array;
using detail::need_count;
using detail::need_hash;
using detail::need_object;
using detail::need_string;

namespace {

constexpr int64_t kFormat = 1;

Json text_json(const TextRef& text) {
  return Json::object({{"blob", text.blob.hex()},
                       {"md5", text.md5.hex()},
                       {"sha256", text.sha256.hex()},
                       {"size", text.size}});
}

Json file_json(const corpus::StoredFile& file) {
  return Json::object({{"md5", file.md5.hex()},
                       {"sha256", file.sha256.hex()},
                       {"size", file.size},
                       {"media_type", file.media_type}});
}

Json counts_json(const std::map<std::string, uint64_t>& counts) {
  Json json = Json::object();
  for (const auto& [name, count] : counts) json.set(name, count);
  return json;
}

Json texts_json(const std::vector<std::string>& texts) {
  Json json = Json::array();
  for (const std::string& text : texts) json.push(text);
  return json;
}

const char* origin_name(corpus::TextOrigin origin) {
  return origin == corpus::TextOrigin::ocr ? "ocr" : "text-layer";
}

Json page_json(const ManifestPage& page) {
  Json json = Json::object(
      {{"width", page.width}, {"height", page.height}, {"text", origin_name(page.text)}});
  if (page.image) json.set("image", file_json(*page.image));
  if (page.words) json.set("words", text_json(*page.words));
  if (page.annotations) json.set("annotations", text_json(*page.annotations));
  return json;
}

Json split_json(const ManifestSplit& split) {
  Json parts = Json::array();
  for (const corpus::SplitPart& part : split.parts) {
    parts.push(Json::object({{"name", part.name}, {"share", part.share}}));
  }
  return Json::object({{"name", split.name},
                       {"rule", split.rule.hex()},
                       {"parts", parts},
                       {"group_by", texts_json(split.group_by)},
                       {"stratify_by", split.stratify_by}});
}

Result<TextRef> read_text(const Json& json) {
  return TextRef{.blob = TRY(need_hash<base::Sha1>(json, "blob")),
                 .md5 = TRY(need_hash<base::Md5>(json, "md5")),
                 .sha256 = TRY(need_hash<base::Sha256>(json, "sha256")),
                 .size = TRY(need_count(json, "size"))};
}

Result<corpus::StoredFile> read_file(const Json& json) {
  return corpus::StoredFile{.md5 = TRY(need_hash<base::Md5>(json, "md5")),
                            .sha256 = TRY(need_hash<base::Sha256>(json, "sha256")),
                            .size = TRY(need_count(json, "size")),
                            .media_type = TRY(need_string(json, "media_type"))};
}

Result<std::optional<TextRef>> read_optional_text(const Json& json, std::string_view key) {
  if (json.find(key) == nullptr) return std::optional<TextRef>{};
  return std::optional<TextRef>(TRY(read_text(*TRY(need_object(json, key)))));
}

Result<std::map<std::string, uint64_t>> read_counts(const Json& json, std::string_view key) {
  std::map<std::string, uint64_t> counts;
  const Json& object = *TRY(need_object(json, key));
  for (const Json::Member& member : *object.as_object()) {
    counts[member.key] = TRY(need_count(object, member.key));
  }
  return counts;
}

Result<std::vector<std::string>> read_texts(const Json& json, std::string_view key) {
  std::vector<std::string> texts;
  for (const Json& item : *TRY(need_array(json, key))) {
    if (!item.is_string()) return expected(json, key, "a list of texts");
    texts.push_back(*item.as_string());
  }
  return texts;
}

Result<uint32_t> read_pixels(const Json& json, std::string_view key) {
  const uint64_t pixels = TRY(need_count(json, key));
  if (pixels > INT32_MAX) return expected(json, key, "a number of pixels");
  return static_cast<uint32_t>(pixels);
}

Result<ManifestPage> read_page(const Json& json) {
  ManifestPage page;
  page.width = static_cast<int32_t>(TRY(read_pixels(json, "width")));
  page.height = static_cast<int32_t>(TRY(read_pixels(json, "height")));
  const std::string text = TRY(need_string(json, "text"));
  page.text = text == "ocr" ? corpus::TextOrigin::ocr : corpus::TextOrigin::text_layer;
  if (json.find("image") != nullptr) page.image = TRY(read_file(*TRY(need_object(json, "image"))));
  page.words = TRY(read_optional_text(json, "words"));
  page.annotations = TRY(read_optional_text(json, "annotations"));
  return page;
}

Result<std::optional<int64_t>> read_agreement(const Json& json) {
  if (json.find("agreement") == nullptr) return std::optional<int64_t>();
  const uint64_t agreement = TRY(need_count(json, "agreement"));
  if (agreement > 1000) return expected(json, "agreement", "at most 1000");
  return std::optional(static_cast<int64_t>(agreement));
}

Result<ManifestSplit> read_split(const Json& json) {
  ManifestSplit split;
  split.name = TRY(need_string(json, "name"));
  split.rule = TRY(need_hash<base::Sha1>(json, "rule"));
  for (const Json& part : *TRY(need_array(json, "parts"))) {
    const uint64_t share = TRY(need_count(part, "share"));
    if (share > UINT32_MAX) return expected(part, "share", "a smaller number");
    split.parts.push_back({TRY(need_string(part, "name")), static_cast<uint32_t>(share)});
  }
  split.group_by = TRY(read_texts(json, "group_by"));
  split.stratify_by = TRY(need_string(json, "stratify_by"));
  return split;
}

Result<ManifestTotals> read_totals(const Json& json) {
  ManifestTotals totals;
  totals.documents = TRY(need_count(json, "documents"));
  totals.pages = TRY(need_count(json, "pages"));
  totals.bytes = TRY(need_count(json, "bytes"));
  totals.labels = TRY(read_counts(json, "labels"));
  totals.splits = TRY(read_counts(json, "splits"));
  return totals;
}

const Error& not_canonical() {
  static const Error error{Code::invalid, "the line is not in canonical form", {1, 1}};
  return error;
}

}  // namespace

std::string print_header(const ManifestHeader& header) {
  Json guidelines = Json::array();
  for (const ManifestGuideline& guideline : header.guidelines) {
    Json json = Json::object({{"path", guideline.path}});
    json.set("file", text_json(guideline.file));
    guidelines.push(json);
  }
  Json json = Json::object({{"manifest", kFormat},
                            {"name", header.name},
                            {"version", print_version(header.version)},
                            {"licence", header.licence},
                            {"description", header.description},
                            {"schema", text_json(header.schema)},
                            {"guidelines", guidelines}});
  if (header.split) json.set("split", split_json(*header.split));
  json.set("totals", Json::object({{"documents", header.totals.documents},
                                   {"pages", header.totals.pages},
                                   {"bytes", header.totals.bytes},
                                   {"labels", counts_json(header.totals.labels)},
                                   {"splits", counts_json(header.totals.splits)}}));
  return json.print() + "\n";
}

std::string print_record(const ManifestRecord& record) {
  Json json = Json::object({{"document", record.id.hex}});
  if (!record.split.empty()) json.set("split", record.split);
  json.set("state", record.state);
  if (record.agreement) json.set("agreement", *record.agreement);
  if (!record.licence.empty()) json.set("licence", record.licence);
  json.set("pipeline", record.pipeline);
  json.set("source", file_json(record.source));
  Json pages = Json::array();
  for (const ManifestPage& page : record.pages) pages.push(page_json(page));
  json.set("pages", pages);
  if (record.annotations) json.set("annotations", text_json(*record.annotations));
  json.set("labels", counts_json(record.labels));
  json.set("groups", texts_json(record.groups));
  return json.print() + "\n";
}

Result<ManifestHeader> parse_header(std::string_view line) {
  const Json json = TRY(base::parse_json(line));
  if (json.integer_or("manifest", 0) != kFormat) {
    return Error{Code::invalid, "this is no manifest of format 1", {1, 1}};
  }
  ManifestHeader header;
  header.name = TRY(need_string(json, "name"));
  header.version = TRY(parse_version(TRY(need_string(json, "version"))));
  header.licence = TRY(need_string(json, "licence"));
  header.description = TRY(need_string(json, "description"));
  header.schema = TRY(read_text(*TRY(need_object(json, "schema"))));
  for (const Json& item : *TRY(need_array(json, "guidelines"))) {
    ManifestGuideline guideline;
    guideline.path = TRY(need_string(item, "path"));
    guideline.file = TRY(read_text(*TRY(need_object(item, "file"))));
    header.guidelines.push_back(std::move(guideline));
  }
  if (json.find("split") != nullptr) {
    header.split = TRY(read_split(*TRY(need_object(json, "split"))));
  }
  header.totals = TRY(read_totals(*TRY(need_object(json, "totals"))));
  if (print_header(header) != line) return not_canonical();
  return header;
}

Result<ManifestRecord> parse_record(std::string_view line) {
  const Json json = TRY(base::parse_json(line));
  ManifestRecord record;
  record.id.hex = TRY(need_string(json, "document"));
  record.split = json.string_or("split", "");
  record.state = TRY(need_string(json, "state"));
  record.agreement = TRY(read_agreement(json));
  record.licence = json.string_or("licence", "");
  record.pipeline = TRY(need_string(json, "pipeline"));
  record.source = TRY(read_file(*TRY(need_object(json, "source"))));
  for (const Json& page : *TRY(need_array(json, "pages"))) {
    record.pages.push_back(TRY(read_page(page)));
  }
  record.annotations = TRY(read_optional_text(json, "annotations"));
  record.labels = TRY(read_counts(json, "labels"));
  record.groups = TRY(read_texts(json, "groups"));
  if (record.id != corpus::DocumentId::of(record.source.sha256)) {
    return Error{Code::invalid, "the document's id does not follow from its SHA-256", {1, 1}};
  }
  if (print_record(record) != line) return not_canonical();
  return record;
}

}  // namespace dataset
