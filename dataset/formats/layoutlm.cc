// Rows as LayoutLM's tokenizers and `datasets` want them, one page a line: tokens, boxes in
// thousandths of the page, BIO tags.
#include "base/json.h"
#include "dataset/detail/formats.h"
#include "dataset/detail/token_tags.h"

namespace dataset::detail {
namespace {

using base::Json;
using base::Result;

Json thousandths_json(const corpus::Box& box, const corpus::Page& page) {
  Json json = Json::array();
  for (const int32_t side : box_in_thousandths(box, page)) json.push(side);
  return json;
}

Json row_json(const ChosenPage& page, LossReport& loss) {
  const PageView& view = page.view;
  Json tokens = Json::array();
  Json boxes = Json::array();
  Json words = Json::array();
  for (const Token& token : page.text.tokens()) {
    tokens.push(token.text);
    boxes.push(thousandths_json(token.box, view.page()));
    words.push(token.word);
  }
  Json tags = Json::array();
  for (std::string& tag : tag_tokens(page, TagScheme::bio, loss)) tags.push(std::move(tag));
  Json row = Json::object({{"id", page_stem(view)},
                           {"document", view.document.document.id.hex},
                           {"page", view.number},
                           {"split", view.document.split},
                           {"width", view.page().width},
                           {"height", view.page().height},
                           {"tokens", std::move(tokens)},
                           {"bboxes", std::move(boxes)},
                           {"ner_tags", std::move(tags)},
                           {"word_ids", std::move(words)}});
  const bool has_image = view.has_image();
  row.set("image", has_image ? Json(image_path(view.document.document, view.number)) : Json());
  row.set("image_sha256", has_image ? Json(view.page().image.sha256.hex()) : Json());
  return row;
}

Result<LossReport> write(const ExportInput& input, ExportOutput& out) {
  LossReport loss;
  TRY(for_each_page(input, ExportDepth::content, loss, [&](const PageView& view) -> Result<void> {
    if (view.number == 1) lose_document_annotations(input.options, view.document, loss);
    loss.lose("page that could not be read", view.page().failed());
    const ChosenPage page(input.options, view, loss);
    return out.write(row_json(page, loss).print() + "\n");
  }));
  return loss;
}

}  // namespace

const ExportFormat kLayoutLm = {
    .name = "layoutlm",
    .ending = "layoutlm.jsonl",
    .media_type = "application/jsonl",
    .summary = "token classification rows: tokens, bboxes 0-1000, ner_tags",
    .write = write,
};

}  // namespace dataset::detail
