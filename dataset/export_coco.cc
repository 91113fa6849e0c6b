#include "dataset/export_coco.h"

#include <algorithm>
#include <map>
#include <optional>

#include "base/json.h"
#include "dataset/detail/export_walk.h"
#include "dataset/detail/page_text.h"

namespace dataset {

using base::Json;
using base::Result;
using corpus::Annotation;
using corpus::AnnotationType;
using corpus::Box;
using corpus::Point;

namespace {

using Ids = std::map<std::string, int64_t>;

// The place of an annotation on its page, in COCO's terms.
struct Shape {
  Box box;
  std::vector<std::vector<Point>> polygons;
  int64_t doubled_area = 0;
};

std::vector<Point> corners_of(const Box& box) {
  return {{box.x0, box.y0}, {box.x1, box.y0}, {box.x1, box.y1}, {box.x0, box.y1}};
}

int64_t doubled_area_of(const std::vector<Point>& polygon) {
  int64_t sum = 0;
  for (size_t i = 0; i < polygon.size(); ++i) {
    const Point& a = polygon[i];
    const Point& b = polygon[(i + 1) % polygon.size()];
    sum += int64_t{a.x} * b.y - int64_t{b.x} * a.y;
  }
  return sum < 0 ? -sum : sum;
}

Box bounds_of(const std::vector<Point>& polygon) {
  Box box{INT32_MAX, INT32_MAX, INT32_MIN, INT32_MIN};
  for (const Point& point : polygon) {
    box = {std::min(box.x0, point.x), std::min(box.y0, point.y), std::max(box.x1, point.x),
           std::max(box.y1, point.y)};
  }
  return box;
}

Shape shape_of_boxes(const std::vector<Box>& boxes) {
  Shape shape;
  for (const Box& box : boxes) {
    shape.box = corpus::united(shape.box, box);
    shape.polygons.push_back(corners_of(box));
    shape.doubled_area += 2 * int64_t{box.width()} * box.height();
  }
  return shape;
}

std::vector<corpus::WordId> words_of_table(const Annotation& table) {
  std::vector<corpus::WordId> words = table.words;
  for (const auto* lines : {&table.rows, &table.columns}) {
    for (const corpus::TableLine& line : *lines) {
      words.insert(words.end(), line.words.begin(), line.words.end());
    }
  }
  return words;
}

Box box_of_table(const Annotation& table, const detail::PageText& text) {
  Box box = table.box.value_or(Box{});
  for (const Box& line : text.line_boxes(words_of_table(table))) box = corpus::united(box, line);
  for (const auto* lines : {&table.rows, &table.columns}) {
    for (const corpus::TableLine& line : *lines) {
      if (line.box) box = corpus::united(box, *line.box);
    }
  }
  return box;
}

// Its own polygon or box, else what its words cover.
std::optional<Shape> shape_of(const Annotation& annotation, const detail::PageText& text) {
  Shape shape;
  if (annotation.type == AnnotationType::table) {
    shape = shape_of_boxes({box_of_table(annotation, text)});
  } else if (!annotation.polygon.empty()) {
    shape = {
        bounds_of(annotation.polygon), {annotation.polygon}, doubled_area_of(annotation.polygon)};
  } else if (annotation.box) {
    shape = shape_of_boxes({*annotation.box});
  } else {
    shape = shape_of_boxes(text.line_boxes(annotation.words));
  }
  if (shape.box.empty()) return std::nullopt;
  return shape;
}

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

Json attributes_json(const Annotation& annotation, const detail::PageText& text) {
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

bool has_other_details(const Annotation& annotation) {
  return annotation.origin || annotation.review || annotation.anchor || !annotation.extra.empty();
}

// The items of one JSON list, one a line.
class ListWriter {
 public:
  explicit ListWriter(const ExportSink& sink) : sink_(sink) {}
  Result<void> add(const Json& item) {
    std::string text = first_ ? "\n" : ",\n";
    first_ = false;
    item.print_to(text);
    return sink_(text);
  }

 private:
  const ExportSink& sink_;
  bool first_ = true;
};

class CocoExport {
 public:
  CocoExport(const ExportOptions& options, const corpus::Schema& schema, const OpenExport& open,
             const ExportSink& sink)
      : options_(options), open_(open), sink_(sink) {
    loss_.format = "coco";
    for (const corpus::LabelSpec& label : schema.labels) add_category(label.name, "label");
    for (const corpus::TableSpec& table : schema.tables) add_category(table.name, "table");
  }

  Result<LossReport> write() {
    const Json info = Json::object({{"description", options_.release}, {"version", "1"}});
    TRY(sink_("{\"info\":" + info.print() +
              ",\n\"licenses\":[],\n\"categories\":" + categories_.print() + ",\n\"images\":["));
    TRY(write_images());
    TRY(sink_("\n],\n\"annotations\":["));
    TRY(write_annotations());
    TRY(sink_("\n]}\n"));
    return std::move(loss_);
  }

 private:
  using TakePage =
      std::function<Result<void>(const ExportDocument&, corpus::PageNumber, int64_t image_id)>;

  void add_category(const std::string& name, const char* kind) {
    const auto id = static_cast<int64_t>(category_ids_.size()) + 1;
    if (!category_ids_.try_emplace(std::string(kind) + " " + name, id).second) return;
    categories_.push(Json::object({{"id", id}, {"name", name}, {"supercategory", kind}}));
  }

  // Numbers the pages that have an image, alike in both passes.
  Result<void> for_each_page(const TakePage& take) {
    int64_t image_id = 0;
    return detail::for_each_document(
        options_, open_, [&](const ExportDocument& document) -> Result<void> {
          for (corpus::PageNumber page = 1; page <= document.pages.size(); ++page) {
            const bool has_image = document.document.pages[page - 1].image.size > 0;
            TRY(take(document, page, has_image ? ++image_id : 0));
          }
          return {};
        });
  }

  Result<void> write_images() {
    ListWriter list(sink_);
    std::string previous;
    return for_each_page([&](const ExportDocument& document, corpus::PageNumber page,
                             int64_t image_id) -> Result<void> {
      if (document.document.id.hex != previous) ++loss_.documents;
      previous = document.document.id.hex;
      if (image_id == 0) {
        ++loss_.lost["page without an image"];
        return {};
      }
      ++loss_.pages;
      return list.add(image_json(document, page, image_id));
    });
  }

  static Json image_json(const ExportDocument& document, corpus::PageNumber number, int64_t id) {
    const corpus::Page& page = document.document.pages[number - 1];
    Json json = Json::object({{"id", id},
                              {"width", page.width},
                              {"height", page.height},
                              {"file_name", detail::image_path(document.document, number)},
                              {"sha256", page.image.sha256.hex()},
                              {"md5", page.image.md5.hex()},
                              {"document", document.document.id.hex},
                              {"page", number}});
    if (!document.split.empty()) json.set("split", document.split);
    return json;
  }

  Result<void> write_annotations() {
    ListWriter list(sink_);
    return for_each_page([&](const ExportDocument& document, corpus::PageNumber page,
                             int64_t image_id) -> Result<void> {
      if (page == 1) loss_of_document(document);
      const ExportPage& content = document.pages[page - 1];
      const auto chosen = detail::chosen_annotations(options_, content.annotations, loss_);
      const detail::PageText text(content.words, chosen);
      for (const Annotation* annotation : chosen) {
        const auto json = annotation_json(*annotation, text, image_id);
        if (json) TRY(list.add(*json));
      }
      return {};
    });
  }

  void loss_of_document(const ExportDocument& document) {
    const size_t count = detail::chosen_annotations(options_, document.annotations, loss_).size();
    if (count > 0) loss_.lost["annotation of a whole document"] += count;
  }

  // Nothing where COCO has no place for it; the loss is counted.
  std::optional<Json> annotation_json(const Annotation& annotation, const detail::PageText& text,
                                      int64_t image_id) {
    const auto lose = [&](const std::string& reason) {
      ++loss_.lost[reason];
      return std::optional<Json>{};
    };
    switch (annotation.type) {
      case AnnotationType::relation:
      case AnnotationType::class_:
      case AnnotationType::correction:
        return lose(std::string(corpus::name_of(annotation.type)));
      default:
        break;
    }
    if (image_id == 0) return lose("annotation on a page without an image");
    const bool is_table = annotation.type == AnnotationType::table;
    const auto category = category_ids_.find((is_table ? "table " : "label ") + annotation.label);
    if (category == category_ids_.end()) return lose("label that is not in the schema");
    const auto shape = shape_of(annotation, text);
    if (!shape) return lose("annotation without a place on its page");
    note_details(annotation, text);
    ++loss_.annotations;
    const Box& box = shape->box;
    return Json::object({{"id", static_cast<int64_t>(loss_.annotations)},
                         {"image_id", image_id},
                         {"category_id", category->second},
                         {"bbox", Json::array({box.x0, box.y0, box.width(), box.height()})},
                         {"area", area_json(shape->doubled_area)},
                         {"segmentation", segmentation_json(*shape)},
                         {"iscrowd", 0},
                         {"attributes", attributes_json(annotation, text)}});
  }

  // What is lost of an annotation that is written.
  void note_details(const Annotation& annotation, const detail::PageText& text) {
    if (annotation.type == AnnotationType::table) ++loss_.lost["rows and columns of a table"];
    if (has_other_details(annotation)) ++loss_.lost["origin, review, anchor or x- keys"];
    const bool elsewhere = std::any_of(annotation.words.begin(), annotation.words.end(),
                                       [&](corpus::WordId id) { return text.find(id) == nullptr; });
    if (elsewhere) ++loss_.lost["words of an annotation on another page"];
  }

  const ExportOptions& options_;
  const OpenExport& open_;
  const ExportSink& sink_;
  Ids category_ids_;
  Json categories_ = Json::array();
  LossReport loss_;
};

}  // namespace

Result<LossReport> export_coco(const ExportOptions& options, const corpus::Schema& schema,
                               const OpenExport& open, const ExportSink& sink) {
  return CocoExport(options, schema, open, sink).write();
}

}  // namespace dataset
