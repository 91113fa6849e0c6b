// Plain text with offsets, one page a line: `text`, and for each annotation the code points that it
// covers, 0-based, end exclusive; `label` repeats them as [start, end, label], as spaCy and doccano
// read it. Lines end with LF, an empty line stands between blocks.
#include "base/text.h"

#include <algorithm>

#include "base/json.h"
#include "dataset/detail/formats.h"
#include "dataset/detail/page_archive.h"

namespace dataset::detail {
namespace {

using base::Json;
using base::Result;
using corpus::Annotation;

struct Place {
  int64_t start = 0;
  int64_t end = 0;
};

struct PlainText {
  std::string text;
  std::vector<Place> places;  // of each token, in code points
};

PlainText plain_text_of(const PageText& page) {
  PlainText out;
  int64_t at = 0;
  const Token* before = nullptr;
  for (const Token& token : page.tokens()) {
    std::string_view gap = before == nullptr              ? ""
                           : before->block != token.block ? "\n\n"
                           : before->line != token.line   ? "\n"
                                                          : " ";
    out.text += gap;
    out.text += token.text;
    at += static_cast<int64_t>(gap.size());
    const auto length = static_cast<int64_t>(base::count_code_points(token.text));
    out.places.push_back({at, at + length});
    at += length;
    before = &token;
  }
  return out;
}

bool covers_words(const Annotation& annotation) {
  switch (annotation.type) {
    case corpus::AnnotationType::relation:
    case corpus::AnnotationType::class_:
    case corpus::AnnotationType::table:
    case corpus::AnnotationType::correction:
      return false;
    default:
      return true;
  }
}

class TextExport {
 public:
  explicit TextExport(LossReport& loss) : loss_(loss) {}

  std::string line_of(const ChosenPage& page) {
    const PlainText text = plain_text_of(page.text);
    labels_ = Json::array();
    entities_ = Json::array();
    for (const Annotation* annotation : page.annotations) add(*annotation, page.text, text);
    const PageView& view = page.view;
    return Json::object({{"id", page_stem(view)},
                         {"document", view.document.document.id.hex},
                         {"page", view.number},
                         {"split", view.document.split},
                         {"text", text.text},
                         {"label", std::move(labels_)},
                         {"entities", std::move(entities_)}})
               .print() +
           "\n";
  }

 private:
  void add(const Annotation& annotation, const PageText& page, const PlainText& text) {
    if (annotation.type == corpus::AnnotationType::correction) {
      return loss_.lose("what was read before a correction");
    }
    if (!covers_words(annotation)) return loss_.lose(std::string(corpus::name_of(annotation.type)));
    auto tokens = page.tokens_of(annotation.words);
    std::sort(tokens.begin(), tokens.end());
    if (tokens.empty()) return loss_.lose("annotation without words");
    loss_.lose("words of an annotation on another page", !page.has_all(annotation.words));
    loss_.lose("area of an annotation with words", annotation.box || !annotation.polygon.empty());
    note_details(annotation, kKeepsAttributes | kKeepsText, loss_);
    ++loss_.annotations;
    for (size_t i = 0; i < tokens.size();) {
      size_t end = i + 1;
      while (end < tokens.size() && tokens[end] == tokens[end - 1] + 1) ++end;
      add_piece(annotation, {text.places[tokens[i]].start, text.places[tokens[end - 1]].end});
      i = end;
    }
  }

  void add_piece(const Annotation& annotation, const Place& place) {
    labels_.push(Json::array({place.start, place.end, annotation.label}));
    Json entity = Json::object({{"id", annotation.id.text},
                                {"label", annotation.label},
                                {"start", place.start},
                                {"end", place.end}});
    if (annotation.text) entity.set("text", *annotation.text);
    Json attributes = Json::object();
    for (const auto& [name, value] : annotation.attributes) attributes.set(name, value);
    if (!annotation.attributes.empty()) entity.set("attributes", std::move(attributes));
    entities_.push(std::move(entity));
  }

  LossReport& loss_;
  Json labels_;
  Json entities_;
};

Result<LossReport> write(const ExportInput& input, ExportOutput& out) {
  LossReport loss;
  TextExport text(loss);
  TRY(for_each_page(input, ExportDepth::content, loss, [&](const PageView& view) -> Result<void> {
    if (view.number == 1) lose_document_annotations(input.options, view.document, loss);
    loss.lose("page that could not be read", view.page().failed());
    return out.write(text.line_of(ChosenPage(input.options, view, loss)));
  }));
  return loss;
}

}  // namespace

const ExportFormat kText = {
    .name = "text",
    .ending = "text.jsonl",
    .media_type = "application/jsonl",
    .summary = "plain text with the labels' offsets in code points, one page a line",
    .write = write,
};

}  // namespace dataset::detail
