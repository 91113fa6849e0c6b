// COCO object detection (https://cocodataset.org, data format): images, boxes and categories in one
// JSON file, one item a line. Reads the documents twice: sizes for the images, then everything for
// the annotations.
#include <optional>
#include <string>

#include "base/json.h"
#include "dataset/detail/categories.h"
#include "dataset/detail/export_walk.h"
#include "dataset/detail/formats.h"
#include "dataset/detail/shape.h"

namespace dataset::detail {
namespace {

using base::Json;
using base::Result;
using corpus::Annotation;
using corpus::Point;

Json area_json(int64_t doubled) {
  if (doubled % 2 == 0) return doubled / 2;
  return static_cast<double>(doubled) / 2;
}

Json segmentation_json(const Shape& shape) {
  Json json = Json::array();
  for (const auto& polygon : shape.polygons) {
    Json flat = Json::array();
    for (const Point& point : polygon) flat.push(point.x).push(point.y);
    json.push(std::move(flat));
  }
  return json;
}

Json attributes_json(const Annotation& annotation, const PageText& text) {
  Json words = Json::array();
  for (const corpus::WordId id : annotation.words) words.push(id);
  Json json = Json::object({{"id", annotation.id.text},
                            {"type", corpus::name_of(annotation.type)},
                            {"text", annotation.text.value_or(text.text_of(annotation.words))},
                            {"words", std::move(words)}});
  if (annotation.proposed) json.set("state", "proposed");
  if (annotation.confidence) json.set("confidence", *annotation.confidence);
  Json own = Json::object();
  for (const auto& [name, value] : annotation.attributes) own.set(name, value);
  json.set("attributes", std::move(own));
  return json;
}

// The items of one JSON list, one a line.
class ListWriter {
 public:
  explicit ListWriter(ExportOutput& out) : out_(out) {}
  Result<void> add(const Json& item) {
    std::string text = first_ ? "\n" : ",\n";
    first_ = false;
    item.print_to(text);
    return out_.write(text);
  }

 private:
  ExportOutput& out_;
  bool first_ = true;
};

class CocoExport {
 public:
  CocoExport(const ExportInput& input, ExportOutput& out)
      : input_(input), out_(out), categories_(input.schema) {}

  Result<LossReport> write() {
    const Json info = Json::object({{"description", input_.options.release}, {"version", "1"}});
    TRY(out_.write("{\"info\":" + info.print() + ",\n\"licenses\":[],\n\"categories\":" +
                   categories_json().print() + ",\n\"images\":["));
    TRY(write_images());
    TRY(out_.write("\n],\n\"annotations\":["));
    TRY(write_annotations());
    TRY(out_.write("\n]}\n"));
    return std::move(loss_);
  }

 private:
  Json categories_json() const {
    Json json = Json::array();
    for (const Category& category : categories_.list()) {
      const auto id = static_cast<int64_t>(json.as_array()->size()) + 1;
      json.push(Json::object({{"id", id},
                              {"name", category.name},
                              {"supercategory", category.is_table ? "table" : "label"}}));
    }
    return json;
  }

  Result<void> write_images() {
    ListWriter list(out_);
    LossReport counted_later;
    int64_t image_id = 0;
    return for_each_imaged_page(input_, ExportDepth::pages, counted_later,
                                [&](const PageView& view) -> Result<void> {
                                  return list.add(image_json(view, ++image_id));
                                });
  }

  static Json image_json(const PageView& view, int64_t id) {
    const corpus::Document& document = view.document.document;
    Json json = Json::object({{"id", id},
                              {"width", view.page().width},
                              {"height", view.page().height},
                              {"file_name", image_path(document, view.number)},
                              {"sha256", view.page().image.sha256.hex()},
                              {"md5", view.page().image.md5.hex()},
                              {"document", document.id.hex},
                              {"page", view.number}});
    if (!view.document.split.empty()) json.set("split", view.document.split);
    return json;
  }

  Result<void> write_annotations() {
    ListWriter list(out_);
    int64_t image_id = 0;
    return for_each_imaged_page(
        input_, ExportDepth::content, loss_, [&](const PageView& view) -> Result<void> {
          ++image_id;
          const auto chosen = chosen_annotations(input_.options, view.content().annotations, loss_);
          const PageText text(view.content().words, chosen);
          for (const Annotation* annotation : chosen) {
            const auto json = annotation_json(*annotation, text, image_id);
            if (json) TRY(list.add(*json));
          }
          return {};
        });
  }

  std::optional<Json> lose(const std::string& reason) {
    loss_.lose(reason);
    return std::nullopt;
  }

  // Nothing where COCO has no place for it; the loss is counted.
  std::optional<Json> annotation_json(const Annotation& annotation, const PageText& text,
                                      int64_t image_id) {
    if (!has_a_place(annotation.type)) return lose(std::string(corpus::name_of(annotation.type)));
    const auto category = categories_.of(annotation);
    if (!category) return lose("label that is not in the schema");
    const auto shape = shape_of(annotation, text);
    if (!shape) return lose("annotation without a place on its page");
    loss_.lose("rows and columns of a table", annotation.type == corpus::AnnotationType::table);
    loss_.lose("words of an annotation on another page", !text.has_all(annotation.words));
    note_details(annotation, kKeepsAttributes | kKeepsText, loss_);
    ++loss_.annotations;
    const corpus::Box& box = shape->box;
    return Json::object({{"id", static_cast<int64_t>(loss_.annotations)},
                         {"image_id", image_id},
                         {"category_id", static_cast<int64_t>(*category) + 1},
                         {"bbox", Json::array({box.x0, box.y0, box.width(), box.height()})},
                         {"area", area_json(shape->doubled_area)},
                         {"segmentation", segmentation_json(*shape)},
                         {"iscrowd", 0},
                         {"attributes", attributes_json(annotation, text)}});
  }

  const ExportInput& input_;
  ExportOutput& out_;
  const Categories categories_;
  LossReport loss_;
};

Result<LossReport> write(const ExportInput& input, ExportOutput& out) {
  return CocoExport(input, out).write();
}

}  // namespace

const ExportFormat kCoco = {
    .name = "coco",
    .ending = "coco.json",
    .media_type = "application/json",
    .summary = "COCO object detection, with text and word ids as attributes",
    .write = write,
};

}  // namespace dataset::detail
