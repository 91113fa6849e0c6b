// FUNSD (https://guillaumejaume.github.io/FUNSD): a tar with a JSON file for each page: entities
// with words, boxes in pixels and links. Labels are the project's own; words without a label become
// entities "other", one for each line, as in the original.
#include <map>

#include "base/json.h"
#include "dataset/detail/formats.h"
#include "dataset/detail/page_archive.h"

namespace dataset::detail {
namespace {

using base::Json;
using base::Result;
using corpus::Annotation;
using corpus::AnnotationType;

std::string directory_of(const std::string& split) {
  const std::string part = usual_part(split);
  if (part == "train") return "training_data";
  if (part == "test") return "testing_data";
  return part == "val" ? "validation_data" : part + "_data";
}

// The entities of one page, numbered from 0.
class Form {
 public:
  Form(const ChosenPage& page, LossReport& loss) : page_(page), loss_(loss) {
    used_.resize(page.text.tokens().size());
    for (const Annotation* annotation : page.annotations) add(*annotation);
    add_others();
    for (const Annotation* annotation : page.annotations) {
      if (annotation->type == AnnotationType::relation) link(*annotation);
    }
  }

  std::string print() {
    Json form = Json::array();
    for (size_t i = 0; i < entities_.size(); ++i) {
      entities_[i].set("linking", std::move(links_[i]));
      form.push(std::move(entities_[i]));
    }
    return Json::object({{"form", std::move(form)}}).print() + "\n";
  }

 private:
  void add(const Annotation& annotation) {
    switch (annotation.type) {
      case AnnotationType::relation:
        return;
      case AnnotationType::class_:
      case AnnotationType::table:
        return loss_.lose(std::string(corpus::name_of(annotation.type)));
      case AnnotationType::correction:
        return loss_.lose("what was read before a correction");
      default:
        break;
    }
    const auto tokens = page_.text.tokens_of(annotation.words);
    if (tokens.empty()) return loss_.lose("annotation without words");
    loss_.lose("words of an annotation on another page", !page_.text.has_all(annotation.words));
    loss_.lose("area of an annotation with words", annotation.box || !annotation.polygon.empty());
    note_details(annotation, kKeepsNothing, loss_);
    ++loss_.annotations;
    ids_[annotation.id] = entities_.size();
    add_entity(annotation.label, tokens);
  }

  void add_entity(const std::string& label, const std::vector<size_t>& tokens) {
    corpus::Box box;
    std::string text;
    Json words = Json::array();
    for (const size_t i : tokens) {
      const Token& token = page_.text.tokens()[i];
      used_[i] = true;
      box = corpus::united(box, token.box);
      text += (text.empty() ? "" : " ") + std::string(token.text);
      words.push(Json::object({{"box", box_json(token.box)}, {"text", token.text}}));
    }
    const auto id = static_cast<int64_t>(entities_.size());
    entities_.push_back(Json::object({{"box", box_json(box)},
                                      {"text", std::move(text)},
                                      {"label", label},
                                      {"words", std::move(words)},
                                      {"id", id}}));
    links_.push_back(Json::array());
  }

  void add_others() {
    std::vector<size_t> line;
    const auto flush = [&] {
      if (!line.empty()) add_entity("other", line);
      line.clear();
    };
    for (size_t i = 0; i < used_.size(); ++i) {
      const Token& token = page_.text.tokens()[i];
      if (!line.empty() && page_.text.tokens()[line.back()].line != token.line) flush();
      if (!used_[i]) line.push_back(i);
    }
    flush();
  }

  // At both ends, as in the original.
  void link(const Annotation& relation) {
    const auto from = relation.from ? ids_.find(*relation.from) : ids_.end();
    const auto to = relation.to ? ids_.find(*relation.to) : ids_.end();
    if (from == ids_.end() || to == ids_.end()) {
      return loss_.lose("relation of annotations that are not on this page");
    }
    loss_.lose("label of a relation", !relation.label.empty());
    ++loss_.annotations;
    const Json pair =
        Json::array({static_cast<int64_t>(from->second), static_cast<int64_t>(to->second)});
    links_[from->second].push(pair);
    if (from->second != to->second) links_[to->second].push(pair);
  }

  const ChosenPage& page_;
  LossReport& loss_;
  std::vector<bool> used_;
  std::vector<Json> entities_;
  std::vector<Json> links_;
  std::map<corpus::AnnotationId, size_t> ids_;
};

Result<LossReport> write(const ExportInput& input, ExportOutput& out) {
  PageArchive archive;
  archive.format = "funsd";
  archive.print = [](const ChosenPage& page, LossReport& loss) -> PageArchive::Entry {
    const std::string directory = directory_of(page.view.document.split);
    return {
        {directory + "/annotations/" + page_stem(page.view) + ".json", Form(page, loss).print()},
        directory + "/images"};
  };
  return write_page_archive(archive, input, out);
}

}  // namespace

const ExportFormat kFunsd = {
    .name = "funsd",
    .ending = "funsd.tar",
    .media_type = "application/x-tar",
    .summary = "FUNSD forms: entities, words and links in a tar",
    .write = write,
};

}  // namespace dataset::detail
