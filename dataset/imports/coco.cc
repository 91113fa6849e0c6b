// COCO object detection. Images are known by the names and the members `document` and `page` of our
// own export; what it says in `attributes` is taken up.
#include <algorithm>
#include <cmath>
#include <map>

#include "base/json.h"
#include "dataset/detail/imports.h"
#include "dataset/detail/json_fields.h"
#include "dataset/detail/numbers.h"

namespace dataset::detail {
namespace {

using base::Json;
using base::Result;
using corpus::AnnotationType;

std::optional<corpus::Box> box_of(const Json& annotation) {
  const auto* list = annotation.find_array("bbox");
  if (list == nullptr || list->size() != 4) return std::nullopt;
  double sides[4];
  for (size_t i = 0; i < 4; ++i) {
    const auto number = number_of(&(*list)[i]);
    if (!number) return std::nullopt;
    sides[i] = *number;
  }
  return corpus::Box{pixel(sides[0]), pixel(sides[1]), pixel(sides[0] + sides[2]),
                     pixel(sides[1] + sides[3])};
}

// The only polygon of a segmentation; empty for several and for masks.
std::vector<corpus::Point> polygon_of(const Json& annotation) {
  std::vector<corpus::Point> polygon;
  const auto* list = annotation.find_array("segmentation");
  if (list == nullptr || list->size() != 1 || list->front().as_array() == nullptr) return polygon;
  const auto& flat = *list->front().as_array();
  for (size_t i = 0; i + 1 < flat.size(); i += 2) {
    const auto x = number_of(&flat[i]);
    const auto y = number_of(&flat[i + 1]);
    if (!x || !y) return {};
    polygon.push_back({pixel(*x), pixel(*y)});
  }
  return polygon;
}

bool is_rectangle(const std::vector<corpus::Point>& polygon, const corpus::Box& box) {
  return polygon.size() == 4 &&
         std::all_of(polygon.begin(), polygon.end(), [&](const corpus::Point& p) {
           return (p.x == box.x0 || p.x == box.x1) && (p.y == box.y0 || p.y == box.y1);
         });
}

void take_attributes(const Json& attributes, ImportedAnnotation& annotation) {
  if (const std::string* id = attributes.find_string("id")) annotation.key = *id;
  annotation.text = attributes.string_or("text", "");
  const auto type = corpus::parse_annotation_type(attributes.string_or("type", ""));
  if (type) annotation.type = *type;
  if (const auto* words = attributes.find_array("words")) {
    for (const Json& word : *words) {
      const int64_t* id = word.as_integer();
      if (id != nullptr && word_id(*id) > 0) annotation.words.push_back(word_id(*id));
    }
  }
  const Json* own = attributes.find("attributes");
  if (own == nullptr || !own->is_object()) return;
  for (const Json::Member& member : *own->as_object()) {
    annotation.attributes[member.key] = member.value;
  }
}

class CocoFile {
 public:
  Result<std::vector<ImportedPage>> read(const Json& file) {
    for (const Json& category : *TRY(need_array(file, "categories"))) {
      categories_[category.integer_or("id", 0)] = category.string_or("name", "");
    }
    for (const Json& image : *TRY(need_array(file, "images"))) add_image(image);
    for (const Json& annotation : *TRY(need_array(file, "annotations"))) add(annotation);
    return std::move(pages_);
  }

 private:
  void add_image(const Json& image) {
    ImportedPage page;
    const PageName name = page_of_file_name(image.string_or("file_name", ""));
    page.file = image.string_or("file_name", "");
    page.document = image.string_or("document", name.document);
    page.page = page_number(image.integer_or("page", name.page));
    page.width = pixel(number_of(image.find("width")).value_or(0));
    page.height = pixel(number_of(image.find("height")).value_or(0));
    images_[image.integer_or("id", 0)] = pages_.size();
    pages_.push_back(std::move(page));
  }

  void add(const Json& json) {
    const auto found = images_.find(json.integer_or("image_id", 0));
    if (found == images_.end()) return;
    ImportedPage& page = pages_[found->second];
    ImportedAnnotation annotation;
    annotation.key = "coco " + std::to_string(json.integer_or("id", 0));
    annotation.label = categories_[json.integer_or("category_id", 0)];
    annotation.box = box_of(json);
    if (const auto score = number_of(json.find("score")); score && *score >= 0 && *score <= 1) {
      annotation.confidence = static_cast<int32_t>(std::lround(*score * 1000));
    }
    if (const Json* attributes = json.find("attributes")) take_attributes(*attributes, annotation);
    if (annotation.type == AnnotationType::table) return void(++page.refused["table"]);
    auto polygon = polygon_of(json);
    const bool has_shape = annotation.box && !is_rectangle(polygon, *annotation.box);
    if (has_shape && annotation.words.empty()) annotation.polygon = std::move(polygon);
    page.annotations.push_back(std::move(annotation));
  }

  std::map<int64_t, std::string> categories_;
  std::map<int64_t, size_t> images_;
  std::vector<ImportedPage> pages_;
};

Result<std::vector<ImportedPage>> read(std::string_view file) {
  const Json json = TRY(base::parse_json(file));
  return CocoFile().read(json);
}

}  // namespace

const ImportFormat kImportCoco = {
    .name = "coco",
    .summary = "COCO object detection: boxes and polygons of many pages",
    .read = read,
};

}  // namespace dataset::detail
