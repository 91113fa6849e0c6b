// CoNLL columns with the tags BIO or BIOES: token, box in thousandths of the page, word id, tag,
// divided by tabs. A page is a sequence and ends with an empty line; a document begins with a
// -DOCSTART- line that names it.
#include "base/text.h"
#include "dataset/detail/formats.h"
#include "dataset/detail/token_tags.h"

namespace dataset::detail {
namespace {

using base::Result;

// A column holds no blanks; most tokens have none.
void append_token(std::string& line, std::string_view token, LossReport& loss) {
  const std::string column = base::replace_blanks(token, '_');
  loss.lose("blank within a token", column != token);
  line += column;
}

std::string print_page(const ChosenPage& page, TagScheme scheme, LossReport& loss) {
  const auto tags = tag_tokens(page, scheme, loss);
  std::string text;
  for (size_t i = 0; i < tags.size(); ++i) {
    const Token& token = page.text.tokens()[i];
    append_token(text, token.text, loss);
    for (const int32_t side : box_in_thousandths(token.box, page.view.page())) {
      text += '\t';
      text += std::to_string(side);
    }
    text += '\t' + std::to_string(token.word) + '\t' + tags[i] + '\n';
  }
  if (!text.empty()) text += '\n';
  return text;
}

Result<LossReport> write(const ExportInput& input, TagScheme scheme, ExportOutput& out) {
  LossReport loss;
  TRY(for_each_page(input, ExportDepth::content, loss, [&](const PageView& view) -> Result<void> {
    std::string text;
    if (view.number == 1) {
      lose_document_annotations(input.options, view.document, loss);
      text = "-DOCSTART-\t0\t0\t0\t0\t" + view.document.document.id.hex + "\tO\n\n";
    }
    loss.lose("page that could not be read", view.page().failed());
    return out.write(text + print_page(ChosenPage(input.options, view, loss), scheme, loss));
  }));
  return loss;
}

}  // namespace

const ExportFormat kBio = {
    .name = "bio",
    .ending = "bio.conll",
    .media_type = "text/plain; charset=utf-8",
    .summary = "CoNLL columns: token, box 0-1000, word id, BIO tag",
    .write = [](const ExportInput& input,
                ExportOutput& out) { return write(input, TagScheme::bio, out); },
};

const ExportFormat kBioes = {
    .name = "bioes",
    .ending = "bioes.conll",
    .media_type = "text/plain; charset=utf-8",
    .summary = "the same with BIOES tags",
    .write = [](const ExportInput& input,
                ExportOutput& out) { return write(input, TagScheme::bioes, out); },
};

}  // namespace dataset::detail
