// W3C Web Annotation (https://www.w3.org/TR/annotation-model/): one AnnotationPage in JSON-LD, an
// annotation a line. Targets are the page images, with a selector for each line of words; relations
// link annotations.
#include "base/json.h"
#include "dataset/detail/formats.h"
#include "dataset/detail/page_archive.h"
#include "dataset/detail/shape.h"

namespace dataset::detail {
namespace {

using base::Json;
using base::Result;
using corpus::Annotation;
using corpus::AnnotationType;

std::string iri(const ExportDocument& document, const corpus::AnnotationId& id) {
  return "urn:glossator:" + document.document.id.hex + ":" + id.text;
}

Json textual_body(const char* purpose, std::string_view value, const char* format = "text/plain") {
  return Json::object(
      {{"type", "TextualBody"}, {"purpose", purpose}, {"format", format}, {"value", value}});
}

Json box_selector(const corpus::Box& box) {
  const std::string value = "xywh=pixel:" + std::to_string(box.x0) + "," + std::to_string(box.y0) +
                            "," + std::to_string(box.width()) + "," + std::to_string(box.height());
  return Json::object({{"type", "FragmentSelector"},
                       {"conformsTo", "http://www.w3.org/TR/media-frags/"},
                       {"value", value}});
}

Json polygon_selector(const std::vector<corpus::Point>& polygon) {
  std::string points;
  for (const corpus::Point& point : polygon) {
    points += (points.empty() ? "" : " ") + std::to_string(point.x) + "," + std::to_string(point.y);
  }
  return Json::object({{"type", "SvgSelector"},
                       {"value", "<svg xmlns=\"http://www.w3.org/2000/svg\"><polygon points=\"" +
                                     points + "\"/></svg>"}});
}

const char* motivation_of(AnnotationType type) {
  switch (type) {
    case AnnotationType::relation:
      return "linking";
    case AnnotationType::class_:
      return "classifying";
    case AnnotationType::correction:
      return "editing";
    default:
      return "tagging";
  }
}

class WebAnnotations {
 public:
  WebAnnotations(const ExportInput& input, ExportOutput& out) : input_(input), out_(out) {}

  Result<LossReport> write() {
    const std::string title = Json(input_.options.release).print();
    TRY(
        out_.write("{\"@context\":\"http://www.w3.org/ns/anno.jsonld\",\"type\":\"AnnotationPage\","
                   "\"label\":" +
                   title + ",\"items\":["));
    TRY(for_each_page(input_, ExportDepth::content, loss_,
                      [&](const PageView& view) { return take(view); }));
    TRY(out_.write("\n]}\n"));
    return std::move(loss_);
  }

 private:
  Result<void> take(const PageView& view) {
    const ChosenPage page(input_.options, view, loss_);
    for (const Annotation* annotation : page.annotations) TRY(add(*annotation, page));
    if (view.number != 1) return {};
    for (const Annotation* annotation :
         chosen_annotations(input_.options, view.document.annotations, loss_)) {
      TRY(add(*annotation, page));
    }
    return {};
  }

  Result<void> add(const Annotation& annotation, const ChosenPage& page) {
    Json target = target_of(annotation, page);
    if (target.as_array() != nullptr && target.as_array()->empty()) {
      loss_.lose("annotation without a place on its page");
      return {};
    }
    loss_.lose("rows and columns of a table", annotation.type == AnnotationType::table);
    loss_.lose("words of an annotation on another page", !page.text.has_all(annotation.words));
    loss_.lose("that it is only proposed", annotation.proposed);
    note_details(annotation, kKeepsAttributes | kKeepsText, loss_);
    ++loss_.annotations;
    const Json item = Json::object({{"id", iri(page.view.document, annotation.id)},
                                    {"type", "Annotation"},
                                    {"motivation", motivation_of(annotation.type)},
                                    {"body", body_of(annotation, page)},
                                    {"target", std::move(target)}});
    const char* before = loss_.annotations == 1 ? "\n" : ",\n";
    return out_.write(before + item.print());
  }

  static Json body_of(const Annotation& annotation, const ChosenPage& page) {
    Json body = Json::array();
    if (annotation.type == AnnotationType::correction) {
      std::string text;
      for (const corpus::Replacement& replacement : annotation.replacements) {
        text += (text.empty() ? "" : " ") + replacement.text;
      }
      body.push(textual_body("editing", text));
      return body;
    }
    if (annotation.type == AnnotationType::relation && annotation.to) {
      body.push(Json::object({{"type", "SpecificResource"},
                              {"purpose", "linking"},
                              {"source", iri(page.view.document, *annotation.to)}}));
    }
    const bool is_class = annotation.type == AnnotationType::class_;
    body.push(textual_body(is_class ? "classifying" : "tagging", annotation.label));
    const std::string text = annotation.text.value_or(page.text.text_of(annotation.words));
    if (!text.empty()) body.push(textual_body("describing", text));
    if (!annotation.attributes.empty()) {
      Json attributes = Json::object();
      for (const auto& [name, value] : annotation.attributes) attributes.set(name, value);
      body.push(textual_body("describing", attributes.print(), "application/json"));
    }
    return body;
  }

  // One resource for each line of words; empty where there is nothing to point to.
  static Json target_of(const Annotation& annotation, const ChosenPage& page) {
    if (annotation.type == AnnotationType::relation) {
      return annotation.from ? Json(iri(page.view.document, *annotation.from)) : Json::array();
    }
    Json targets = Json::array();
    if (!page.view.has_image()) return targets;
    if (annotation.type == AnnotationType::class_) {
      targets.push(source_of(page.view));
    } else if (!annotation.polygon.empty()) {
      targets.push(resource(page.view, polygon_selector(annotation.polygon)));
    } else if (annotation.type != AnnotationType::table && !annotation.box) {
      for (const corpus::Box& box : page.text.line_boxes(annotation.words)) {
        targets.push(resource(page.view, box_selector(box)));
      }
    } else if (const auto shape = shape_of(annotation, page.text)) {
      targets.push(resource(page.view, box_selector(shape->box)));
    }
    return targets;
  }

  static Json source_of(const PageView& view) {
    const corpus::Page& page = view.page();
    return Json::object({{"id", image_path(view.document.document, view.number)},
                         {"type", "Image"},
                         {"format", page.image.media_type},
                         {"width", page.width},
                         {"height", page.height},
                         {"digest", "sha256:" + page.image.sha256.hex()}});
  }

  static Json resource(const PageView& view, Json selector) {
    return Json::object({{"type", "SpecificResource"},
                         {"source", source_of(view)},
                         {"selector", std::move(selector)}});
  }

  const ExportInput& input_;
  ExportOutput& out_;
  LossReport loss_;
};

Result<LossReport> write(const ExportInput& input, ExportOutput& out) {
  return WebAnnotations(input, out).write();
}

}  // namespace

const ExportFormat kWebAnnotation = {
    .name = "web-annotation",
    .ending = "annotations.jsonld",
    .media_type = "application/ld+json; profile=\"http://www.w3.org/ns/anno.jsonld\"",
    .summary = "W3C Web Annotation: one AnnotationPage",
    .write = write,
};

}  // namespace dataset::detail
