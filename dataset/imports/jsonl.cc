// Our own JSON lines, one page each, as the export of the same name writes them; of a line only
// document (or file), page, width, height and annotations are looked at. Also how models tell what
// they found, with a confidence for each annotation.
#include "base/text.h"
#include "dataset/detail/imports.h"
#include "dataset/detail/json_fields.h"

namespace dataset::detail {
namespace {

using base::Json;
using base::Result;
using corpus::AnnotationType;

constexpr int64_t kMostPixels = 1'000'000;
constexpr int64_t kThousand = 1000;

std::optional<int32_t> pixel(const Json& json) {
  const int64_t* value = json.as_integer();
  if (value == nullptr || *value < 0 || *value > kMostPixels) return std::nullopt;
  return static_cast<int32_t>(*value);
}

std::vector<int32_t> pixels_of(const Json& list) {
  std::vector<int32_t> all;
  if (!list.is_array()) return all;
  for (const Json& item : *list.as_array()) {
    const auto value = pixel(item);
    if (!value) return {};
    all.push_back(*value);
  }
  return all;
}

void take_places(const Json& json, ImportedAnnotation& annotation) {
  if (const auto* words = json.find_array("words")) {
    for (const Json& word : *words) {
      if (const auto id = pixel(word)) annotation.words.push_back(static_cast<uint32_t>(*id));
    }
  }
  if (const Json* box = json.find("box")) {
    const auto corners = pixels_of(*box);
    if (corners.size() == 4) annotation.box = {corners[0], corners[1], corners[2], corners[3]};
  }
  if (const auto* polygon = json.find_array("polygon")) {
    for (const Json& point : *polygon) {
      const auto pair = pixels_of(point);
      if (pair.size() == 2) annotation.polygon.push_back({pair[0], pair[1]});
    }
  }
}

Result<ImportedAnnotation> annotation_of(const Json& json) {
  ImportedAnnotation annotation;
  const auto type = corpus::parse_annotation_type(TRY(need_string(json, "type")));
  if (!type) return expected(json, "type", "a type of annotation");
  annotation.type = *type;
  annotation.key = json.string_or("id", "");
  if (annotation.key.empty()) annotation.key = "jsonl " + json.print();
  annotation.label = json.string_or("label", "");
  annotation.text = json.string_or("text", "");
  annotation.from = json.string_or("from", "");
  annotation.to = json.string_or("to", "");
  take_places(json, annotation);
  if (const Json* attributes = json.find("attributes"); attributes && attributes->is_object()) {
    for (const auto& member : *attributes->as_object()) {
      annotation.attributes[member.key] = member.value;
    }
  }
  const int64_t confidence = json.integer_or("confidence", -1);
  if (confidence >= 0 && confidence <= kThousand) {
    annotation.confidence = static_cast<int32_t>(confidence);
  }
  return annotation;
}

Result<ImportedPage> page_of(const Json& line) {
  ImportedPage page;
  page.document = line.string_or("document", "");
  page.file = line.string_or("file", "");
  page.page = page_number(TRY(need_count(line, "page")));
  page.width = static_cast<int32_t>(line.integer_or("width", 0));
  page.height = static_cast<int32_t>(line.integer_or("height", 0));
  for (const Json& json : *TRY(need_array(line, "annotations"))) {
    ImportedAnnotation annotation = TRY(annotation_of(json));
    const bool has_a_place_here =
        annotation.type != AnnotationType::table && annotation.type != AnnotationType::correction;
    if (has_a_place_here) page.annotations.push_back(std::move(annotation));
    if (!has_a_place_here) ++page.refused[std::string(corpus::name_of(annotation.type))];
  }
  return page;
}

Result<std::vector<ImportedPage>> read(std::string_view file) {
  std::vector<ImportedPage> pages;
  uint32_t number = 0;
  for (const std::string_view line : base::split(file, '\n')) {
    ++number;
    if (base::trim(line).empty()) continue;
    const auto json = base::parse_json(line);
    auto page = json.ok() ? page_of(*json) : Result<ImportedPage>(json.error());
    if (!page.ok()) return page.error().within("line " + std::to_string(number));
    pages.push_back(std::move(*page));
  }
  return pages;
}

}  // namespace

const ImportFormat kImportJsonl = {
    .name = "jsonl",
    .summary = "Our own JSON lines: a page a line, its annotations with confidences",
    .read = read,
};

}  // namespace dataset::detail
