// Label Studio's JSON: tasks with regions in percent of the image. Results of one id are one
// region: its place, its label, its text. Tasks are known by data.document and data.page, else by
// the name of the image.
#include <map>

#include "base/json.h"
#include "dataset/detail/imports.h"
#include "dataset/detail/numbers.h"

namespace dataset::detail {
namespace {

using base::Json;
using base::Result;
using corpus::AnnotationType;

double part_of(const Json& value, std::string_view key) {
  return number_of(value.find(key)).value_or(0) / 100;
}

// The first text of a list that Label Studio keeps under a result's own type.
std::string first_of(const Json& value, std::string_view key) {
  const auto* list = value.find_array(key);
  if (list == nullptr) return value.string_or(key, "");
  if (list->empty() || list->front().as_string() == nullptr) return {};
  return *list->front().as_string();
}

class Task {
 public:
  explicit Task(const Json& task) {
    const Json* data = task.find("data");
    if (data == nullptr || !data->is_object()) return;
    for (const char* key : {"image", "ocr"}) {
      const std::string file = data->string_or(key, "");
      if (!file.empty()) page_.file = file;
      const PageName name = page_of_file_name(file);
      if (name.page == 0) continue;
      page_.document = name.document;
      page_.page = name.page;
    }
    page_.document = data->string_or("document", page_.document);
    page_.page = page_number(data->integer_or("page", page_.page));
  }

  ImportedPage read(const Json& task) {
    const auto* annotations = task.find_array("annotations");
    if (annotations != nullptr) {
      for (const Json& annotation : *annotations) {
        const bool* cancelled = nullptr;
        if (const Json* flag = annotation.find("was_cancelled")) cancelled = flag->as_boolean();
        if (cancelled != nullptr && *cancelled) continue;
        const auto* results = annotation.find_array("result");
        if (results == nullptr) continue;
        for (const Json& result : *results) add(result);
      }
    }
    for (auto& [key, region] : regions_) {
      if (region.label.empty()) {
        ++page_.refused["region without a label"];
      } else {
        page_.annotations.push_back(std::move(region));
      }
    }
    for (ImportedAnnotation& relation : relations_) page_.annotations.push_back(relation);
    return std::move(page_);
  }

 private:
  void add(const Json& result) {
    const std::string type = result.string_or("type", "");
    if (type == "relation") return add_relation(result);
    page_.width = static_cast<int32_t>(result.integer_or("original_width", page_.width));
    page_.height = static_cast<int32_t>(result.integer_or("original_height", page_.height));
    const Json* value = result.find("value");
    if (value == nullptr || !value->is_object()) return;
    ImportedAnnotation& region = regions_[result.string_or("id", "")];
    region.key = result.string_or("id", "");
    if (number_of(value->find("rotation")).value_or(0) != 0) ++page_.refused["rotation of a box"];
    if (type == "rectanglelabels" || type == "labels") {
      region.label = first_of(*value, type);
    } else if (type == "polygonlabels") {
      region.label = first_of(*value, type);
      region.polygon = points_of(*value);
      region.type = AnnotationType::polygon;
    } else if (type == "choices") {
      region.label = first_of(*value, type);
      region.type = AnnotationType::class_;
    } else if (type == "textarea") {
      region.text = first_of(*value, "text");
      if (region.type == AnnotationType::box) region.type = AnnotationType::span;
    } else if (type != "rectangle" && type != "polygon") {
      ++page_.refused["result of type " + type];
      return;
    }
    if (value->find("width") != nullptr) region.box = box_of(*value);
    if (const Json* meta = result.find("meta")) take_meta(*meta, region);
  }

  corpus::Box box_of(const Json& value) const {
    const double x = part_of(value, "x") * page_.width;
    const double y = part_of(value, "y") * page_.height;
    return {pixel(x), pixel(y), pixel(x + part_of(value, "width") * page_.width),
            pixel(y + part_of(value, "height") * page_.height)};
  }

  std::vector<corpus::Point> points_of(const Json& value) const {
    std::vector<corpus::Point> polygon;
    const auto* points = value.find_array("points");
    if (points == nullptr) return polygon;
    for (const Json& point : *points) {
      const auto* pair = point.as_array();
      if (pair == nullptr || pair->size() != 2) return {};
      polygon.push_back({pixel(number_of(&(*pair)[0]).value_or(0) * page_.width / 100),
                         pixel(number_of(&(*pair)[1]).value_or(0) * page_.height / 100)});
    }
    return polygon;
  }

  // What our export left there.
  static void take_meta(const Json& meta, ImportedAnnotation& region) {
    const auto type = corpus::parse_annotation_type(meta.string_or("type", ""));
    if (type) region.type = *type;
    if (const auto* words = meta.find_array("words")) {
      region.words.clear();
      for (const Json& word : *words) {
        const int64_t* id = word.as_integer();
        if (id != nullptr && word_id(*id) > 0) region.words.push_back(word_id(*id));
      }
    }
    const Json* attributes = meta.find("attributes");
    if (attributes == nullptr || !attributes->is_object()) return;
    for (const Json::Member& member : *attributes->as_object()) {
      region.attributes[member.key] = member.value;
    }
  }

  void add_relation(const Json& result) {
    ImportedAnnotation relation;
    relation.type = AnnotationType::relation;
    relation.from = result.string_or("from_id", "");
    relation.to = result.string_or("to_id", "");
    relation.label = first_of(result, "labels");
    relation.key = "relation " + relation.from + " " + relation.to + " " + relation.label;
    relations_.push_back(std::move(relation));
  }

  ImportedPage page_;
  std::map<std::string, ImportedAnnotation> regions_;
  std::vector<ImportedAnnotation> relations_;
};

Result<std::vector<ImportedPage>> read(std::string_view file) {
  const Json json = TRY(base::parse_json(file));
  const auto* tasks = json.as_array();
  if (tasks == nullptr) return base::Error{base::Code::invalid, "the file must be a list of tasks"};
  std::vector<ImportedPage> pages;
  for (const Json& task : *tasks) pages.push_back(Task(task).read(task));
  return pages;
}

}  // namespace

const ImportFormat kImportLabelStudio = {
    .name = "label-studio",
    .summary = "Label Studio's JSON: rectangles, polygons, texts, choices, relations",
    .read = read,
};

}  // namespace dataset::detail
