// FUNSD: the form of one page. Which page it is the file does not say, nor what a link is called.
#include <array>
#include <set>

#include "base/json.h"
#include "dataset/detail/imports.h"
#include "dataset/detail/json_fields.h"
#include "dataset/detail/numbers.h"

namespace dataset::detail {
namespace {

using base::Json;
using base::Result;

std::optional<corpus::Box> corners_of(const Json& entity) {
  const auto* list = entity.find_array("box");
  if (list == nullptr || list->size() != 4) return std::nullopt;
  std::array<int32_t, 4> sides{};
  for (size_t i = 0; i < 4; ++i) {
    const auto number = number_of(&(*list)[i]);
    if (!number) return std::nullopt;
    sides[i] = pixel(*number);
  }
  return corpus::Box{sides[0], sides[1], sides[2], sides[3]};
}

std::vector<corpus::Box> words_of(const Json& entity) {
  std::vector<corpus::Box> boxes;
  const auto* words = entity.find_array("words");
  for (const Json& word : words ? *words : Json::Array()) {
    if (const auto box = corners_of(word)) boxes.push_back(*box);
  }
  return boxes;
}

std::string key_of(int64_t id) {
  return "funsd " + std::to_string(id);
}

void add_links(const Json& entity, std::set<std::pair<int64_t, int64_t>>& links) {
  const auto* linking = entity.find_array("linking");
  if (linking == nullptr) return;
  for (const Json& pair : *linking) {
    const auto* ends = pair.as_array();
    if (ends == nullptr || ends->size() != 2) continue;
    const int64_t* from = (*ends)[0].as_integer();
    const int64_t* to = (*ends)[1].as_integer();
    if (from != nullptr && to != nullptr) links.insert({*from, *to});  // it stands at both ends
  }
}

Result<std::vector<ImportedPage>> read(std::string_view file) {
  const Json json = TRY(base::parse_json(file));
  ImportedPage page;
  std::set<std::pair<int64_t, int64_t>> links;
  for (const Json& entity : *TRY(need_array(json, "form"))) {
    const std::string label = entity.string_or("label", "");
    add_links(entity, links);
    if (label == "other" || label.empty()) {
      ++page.refused["words without a label"];
      continue;
    }
    ImportedAnnotation annotation;
    annotation.key = key_of(entity.integer_or("id", 0));
    annotation.type = corpus::AnnotationType::span;
    annotation.label = label;
    annotation.box = corners_of(entity);
    annotation.pieces = words_of(entity);
    annotation.text = entity.string_or("text", "");
    page.annotations.push_back(std::move(annotation));
  }
  for (const auto& [from, to] : links) {
    page.annotations.push_back({.key = key_of(from) + " to " + key_of(to),
                                .type = corpus::AnnotationType::relation,
                                .from = key_of(from),
                                .to = key_of(to)});
  }
  return std::vector<ImportedPage>{std::move(page)};
}

}  // namespace

const ImportFormat kImportFunsd = {
    .name = "funsd",
    .summary = "FUNSD: the form of one page, which the request names",
    .read = read,
};

}  // namespace dataset::detail
