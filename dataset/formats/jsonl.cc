// Glossator's own export: JSON, one page or one document a line, with words, annotations and the
// image's hashes. Holds everything but the discussion and, unless asked for, proposals.
#include "base/json.h"
#include "dataset/detail/export_walk.h"
#include "dataset/detail/formats.h"

namespace dataset::detail {
namespace {

using base::Json;
using base::Result;

enum class Unit { page, document };

Json word_json(const corpus::Word& word) {
  return Json::object({{"id", word.id},
                       {"block", word.block},
                       {"line", word.line},
                       {"box", box_json(word.box)},
                       {"confidence", word.confidence},
                       {"text", word.text}});
}

class JsonlExport {
 public:
  JsonlExport(const ExportOptions& options, Unit unit, ExportOutput& out)
      : options_(options), unit_(unit), out_(out) {}

  Result<void> take(const ExportDocument& document) {
    ++loss_.documents;
    loss_.pages += document.pages.size();
    return unit_ == Unit::page ? take_pages(document) : take_whole(document);
  }

  LossReport finish() { return std::move(loss_); }

 private:
  Json annotations_json(const std::vector<corpus::Annotation>& annotations) {
    Json list = Json::array();
    for (const auto* annotation : chosen_annotations(options_, annotations, loss_)) {
      list.push(corpus::to_json(*annotation));
      ++loss_.annotations;
    }
    return list;
  }

  static Json document_json(const ExportDocument& document) {
    Json json = Json::object({{"document", document.document.id.hex}});
    if (!document.split.empty()) json.set("split", document.split);
    if (!document.state.empty()) json.set("state", document.state);
    json.set("source", file_json(document.document.source));
    return json;
  }

  void add_page(Json& json, const ExportDocument& document, corpus::PageNumber number) {
    const corpus::Page& page = document.document.pages[number - 1];
    json.set("page", number);
    json.set("width", page.width);
    json.set("height", page.height);
    json.set("text", page.text == corpus::TextOrigin::ocr ? "ocr" : "text-layer");
    if (page.failed()) json.set("failure", page.failure);
    if (page.image.size > 0) {
      Json image = file_json(page.image);
      image.set("path", image_path(document.document, number));
      json.set("image", std::move(image));
    }
    Json words = Json::array();
    for (const corpus::Word& word : document.pages[number - 1].words) words.push(word_json(word));
    json.set("words", std::move(words));
    json.set("annotations", annotations_json(document.pages[number - 1].annotations));
  }

  Result<void> take_pages(const ExportDocument& document) {
    for (corpus::PageNumber number = 1; number <= document.pages.size(); ++number) {
      Json json = document_json(document);
      add_page(json, document, number);
      if (number == 1) {
        json.set("document_annotations", annotations_json(document.annotations));
      }
      TRY(out_.write(json.print() + "\n"));
    }
    if (document.pages.empty()) loss_.lost["document without a page"] += 1;
    return {};
  }

  Result<void> take_whole(const ExportDocument& document) {
    Json json = document_json(document);
    json.set("annotations", annotations_json(document.annotations));
    Json pages = Json::array();
    for (corpus::PageNumber number = 1; number <= document.pages.size(); ++number) {
      Json page = Json::object();
      add_page(page, document, number);
      pages.push(std::move(page));
    }
    json.set("pages", std::move(pages));
    return out_.write(json.print() + "\n");
  }

  const ExportOptions& options_;
  const Unit unit_;
  ExportOutput& out_;
  LossReport loss_;
};

Result<LossReport> write(const ExportInput& input, Unit unit, ExportOutput& out) {
  JsonlExport writer(input.options, unit, out);
  TRY(for_each_document(input, ExportDepth::content,
                        [&](const ExportDocument& document) { return writer.take(document); }));
  return writer.finish();
}

}  // namespace

const ExportFormat kJsonl = {
    .name = "jsonl",
    .ending = "jsonl",
    .media_type = "application/jsonl",
    .summary = "one page a line: words, annotations and hashes, nothing left out",
    .write = [](const ExportInput& input,
                ExportOutput& out) { return write(input, Unit::page, out); },
};

const ExportFormat kJsonlDocuments = {
    .name = "jsonl-documents",
    .ending = "documents.jsonl",
    .media_type = "application/jsonl",
    .summary = "the same, one document a line",
    .write = [](const ExportInput& input,
                ExportOutput& out) { return write(input, Unit::document, out); },
};

}  // namespace dataset::detail
