// Label Studio's JSON (https://labelstud.io/guide/export, section on raw JSON): a task for each
// page image, its annotations as regions in percent, proposals as predictions; and the labelling
// configuration to which they belong. A region is a rectangle or polygon with its label and, under
// the same id, the text; `meta` keeps what Label Studio has no place for.
#include <optional>
#include <set>

#include "base/json.h"
#include "dataset/detail/formats.h"
#include "dataset/detail/page_archive.h"
#include "dataset/detail/shape.h"
#include "dataset/detail/xml_text.h"

namespace dataset::detail {
namespace {

using base::Json;
using base::Result;
using corpus::Annotation;
using corpus::AnnotationType;

double percent(int64_t value, int32_t whole) {
  return 100.0 * static_cast<double>(value) / static_cast<double>(whole);
}

Json rectangle_json(const corpus::Box& box, const corpus::Page& page) {
  return Json::object({{"x", percent(box.x0, page.width)},
                       {"y", percent(box.y0, page.height)},
                       {"width", percent(box.width(), page.width)},
                       {"height", percent(box.height(), page.height)},
                       {"rotation", 0}});
}

Json points_json(const std::vector<corpus::Point>& polygon, const corpus::Page& page) {
  Json points = Json::array();
  for (const corpus::Point& point : polygon) {
    points.push(Json::array({percent(point.x, page.width), percent(point.y, page.height)}));
  }
  return Json::object({{"points", std::move(points)}, {"closed", true}});
}

Json meta_json(const Annotation& annotation) {
  Json meta = Json::object({{"type", corpus::name_of(annotation.type)}});
  Json words = Json::array();
  for (const corpus::WordId id : annotation.words) words.push(id);
  if (!annotation.words.empty()) meta.set("words", std::move(words));
  Json attributes = Json::object();
  for (const auto& [name, value] : annotation.attributes) attributes.set(name, value);
  if (!annotation.attributes.empty()) meta.set("attributes", std::move(attributes));
  return meta;
}

// The regions of one page; proposals apart from what people have made.
class Task {
 public:
  Task(const ChosenPage& page, const ExportOptions& options, LossReport& loss)
      : page_(page), loss_(loss) {
    for (const Annotation* annotation : page.annotations) {
      if (annotation->type != AnnotationType::relation) add(*annotation);
    }
    for (const Annotation* annotation : page.annotations) {
      if (annotation->type == AnnotationType::relation) add(*annotation);
    }
    if (page.view.number != 1) return;
    for (const Annotation* annotation :
         chosen_annotations(options, page.view.document.annotations, loss)) {
      add(*annotation);
    }
  }

  Json json(int64_t id) {
    const PageView& view = page_.view;
    Json data = Json::object({{"image", image_path(view.document.document, view.number)},
                              {"document", view.document.document.id.hex},
                              {"page", view.number},
                              {"width", view.page().width},
                              {"height", view.page().height},
                              {"image_sha256", view.page().image.sha256.hex()}});
    if (!view.document.split.empty()) data.set("split", view.document.split);
    Json annotations =
        Json::array({Json::object({{"result", std::move(result_)}, {"was_cancelled", false}})});
    return Json::object({{"id", id},
                         {"data", std::move(data)},
                         {"annotations", std::move(annotations)},
                         {"predictions", std::move(predictions_)}});
  }

 private:
  void add(const Annotation& annotation) {
    Json items = Json::array();
    if (annotation.type == AnnotationType::relation) {
      const bool has_ends = annotation.from && annotation.to &&
                            regions_.contains(*annotation.from) &&
                            regions_.contains(*annotation.to);
      if (!has_ends) return loss_.lose("relation of annotations that are not on this page");
      items.push(relation_json(annotation));
    } else if (annotation.type == AnnotationType::class_) {
      Json item = item_json(annotation, "choices", "class");
      item.set("value", Json::object({{"choices", Json::array({annotation.label})}}));
      items.push(std::move(item));
    } else if (annotation.type == AnnotationType::correction) {
      return loss_.lose("what was read before a correction");
    } else if (!add_region(annotation, items)) {
      return;
    }
    ++loss_.annotations;
    note_details(annotation, kKeepsAttributes | kKeepsText, loss_);
    keep(annotation, std::move(items));
  }

  void keep(const Annotation& annotation, Json items) {
    if (annotation.proposed) {
      Json prediction = Json::object({{"result", std::move(items)}});
      if (annotation.confidence) prediction.set("score", *annotation.confidence / 1000.0);
      if (annotation.origin) {
        prediction.set("model_version",
                       annotation.origin->model + " " + annotation.origin->version);
      }
      predictions_.push(std::move(prediction));
      return;
    }
    regions_.insert(annotation.id);
    for (Json& item : *items.as_array()) result_.push(std::move(item));
  }

  bool add_region(const Annotation& annotation, Json& items) {
    const auto shape = shape_of(annotation, page_.text);
    if (!shape) {
      loss_.lose("annotation without a place on its page");
      return false;
    }
    loss_.lose("rows and columns of a table", annotation.type == AnnotationType::table);
    const bool is_polygon = !annotation.polygon.empty();
    const corpus::Page& page = page_.view.page();
    const Json place =
        is_polygon ? points_json(annotation.polygon, page) : rectangle_json(shape->box, page);
    const char* kind = is_polygon ? "polygonlabels" : "rectanglelabels";
    Json region = item_json(annotation, kind, is_polygon ? "polygon" : "label");
    Json value = place;
    value.set(kind, Json::array({annotation.label}));
    region.set("value", std::move(value));
    region.set("meta", meta_json(annotation));
    items.push(std::move(region));
    const std::string text = annotation.text.value_or(page_.text.text_of(annotation.words));
    if (text.empty()) return true;
    Json transcription = item_json(annotation, "textarea", "text");
    value = place;
    value.set("text", Json::array({text}));
    transcription.set("value", std::move(value));
    items.push(std::move(transcription));
    return true;
  }

  Json item_json(const Annotation& annotation, const char* type, const char* from) const {
    const corpus::Page& page = page_.view.page();
    return Json::object({{"id", annotation.id.text},
                         {"type", type},
                         {"from_name", from},
                         {"to_name", "image"},
                         {"original_width", page.width},
                         {"original_height", page.height},
                         {"image_rotation", 0}});
  }

  static Json relation_json(const Annotation& annotation) {
    const auto end = [](const std::optional<corpus::AnnotationId>& id) {
      return id ? Json(id->text) : Json();
    };
    return Json::object({{"type", "relation"},
                         {"from_id", end(annotation.from)},
                         {"to_id", end(annotation.to)},
                         {"direction", "right"},
                         {"labels", Json::array({annotation.label})}});
  }

  const ChosenPage& page_;
  LossReport& loss_;
  Json result_ = Json::array();
  std::set<corpus::AnnotationId> regions_;  // of the result
  Json predictions_ = Json::array();
};

Result<LossReport> write(const ExportInput& input, ExportOutput& out) {
  LossReport loss;
  int64_t id = 0;
  TRY(out.write("["));
  TRY(for_each_page(input, ExportDepth::content, loss, [&](const PageView& view) -> Result<void> {
    if (!view.has_image()) {
      if (view.number == 1) lose_document_annotations(input.options, view.document, loss);
      --loss.pages;
      loss.lose("page without an image");
      loss.lose("annotation on a page without an image",
                chosen_annotations(input.options, view.content().annotations, loss).size());
      return {};
    }
    const ChosenPage page(input.options, view, loss);
    Task task(page, input.options, loss);
    const char* before = ++id == 1 ? "\n" : ",\n";
    return out.write(before + task.json(id).print());
  }));
  TRY(out.write("\n]\n"));
  return loss;
}

template <typename Specs>
std::string labels_xml(const char* element, const char* name, const Specs& specs) {
  std::string xml = std::string("  <") + element + " name=\"" + name + "\" toName=\"image\"";
  xml += std::string(element) == "Choices" ? " showInline=\"true\">\n" : ">\n";
  for (const auto& spec : specs) {
    const char* tag = std::string(element) == "Choices" ? "Choice" : "Label";
    xml += std::string("    <") + tag + " value=\"" + xml_text(spec.name) + "\"";
    if constexpr (requires { spec.colour; }) {
      if (!spec.colour.empty()) xml += " background=\"" + xml_text(spec.colour) + "\"";
    }
    xml += "/>\n";
  }
  return xml + "  </" + element + ">\n";
}

Result<LossReport> write_configuration(const ExportInput& input, ExportOutput& out) {
  const corpus::Schema& schema = input.schema;
  std::vector<corpus::LabelSpec> labels = schema.labels;
  for (const corpus::TableSpec& table : schema.tables) {
    labels.emplace_back();
    labels.back().name = table.name;
    labels.back().colour = table.colour;
  }
  std::string xml = "<View>\n  <Image name=\"image\" value=\"$image\"/>\n";
  xml += labels_xml("RectangleLabels", "label", labels);
  xml += labels_xml("PolygonLabels", "polygon", labels);
  xml += "  <TextArea name=\"text\" toName=\"image\" perRegion=\"true\" editable=\"true\"/>\n";
  if (!schema.classes.empty()) xml += labels_xml("Choices", "class", schema.classes);
  if (!schema.relations.empty()) {
    xml += "  <Relations>\n";
    for (const corpus::RelationSpec& relation : schema.relations) {
      xml += "    <Relation value=\"" + xml_text(relation.name) + "\"/>\n";
    }
    xml += "  </Relations>\n";
  }
  TRY(out.write(xml + "</View>\n"));
  LossReport loss;
  return loss;
}

}  // namespace

const ExportFormat kLabelStudio = {
    .name = "label-studio",
    .ending = "label-studio.json",
    .media_type = "application/json",
    .summary = "Label Studio tasks, one for each page",
    .write = write,
};

const ExportFormat kLabelStudioConfiguration = {
    .name = "label-studio-config",
    .ending = "label-studio.xml",
    .media_type = "application/xml",
    .summary = "the labelling configuration for these tasks",
    .write = write_configuration,
};

}  // namespace dataset::detail
