#include "dataset/detail/objects_json.h"

#include "dataset/detail/shape.h"

namespace dataset::detail {

using base::Json;
using corpus::Annotation;

namespace {

class Objects {
 public:
  void add(const Annotation& annotation, const ChosenPage& page, LossReport& loss) {
    if (!has_a_place(annotation.type)) {
      return loss.lose(std::string(corpus::name_of(annotation.type)));
    }
    const auto shape = shape_of(annotation, page.text);
    if (!shape) return loss.lose("annotation without a place on its page");
    loss.lose("rows and columns of a table", annotation.type == corpus::AnnotationType::table);
    loss.lose("corners of a polygon", !annotation.polygon.empty());
    note_details(annotation, kKeepsText, loss);
    ++loss.annotations;
    const corpus::Box& box = shape->box;
    ids_.push(annotation.id.text);
    categories_.push(annotation.label);
    boxes_.push(Json::array({box.x0, box.y0, box.width(), box.height()}));
    texts_.push(annotation.text.value_or(page.text.text_of(annotation.words)));
  }

  Json json() {
    return Json::object({{"id", std::move(ids_)},
                         {"category", std::move(categories_)},
                         {"bbox", std::move(boxes_)},
                         {"text", std::move(texts_)}});
  }

 private:
  Json ids_ = Json::array();
  Json categories_ = Json::array();
  Json boxes_ = Json::array();
  Json texts_ = Json::array();
};

}  // namespace

void add_page_columns(Json& row, const ChosenPage& page, LossReport& loss) {
  Json words = Json::array();
  Json boxes = Json::array();
  for (const Token& token : page.text.tokens()) {
    words.push(token.text);
    boxes.push(box_json(token.box));
  }
  Objects objects;
  for (const Annotation* annotation : page.annotations) objects.add(*annotation, page, loss);
  row.set("width", page.view.page().width);
  row.set("height", page.view.page().height);
  row.set("words", std::move(words));
  row.set("boxes", std::move(boxes));
  row.set("objects", objects.json());
}

}  // namespace dataset::detail
