// ALTO and hOCR as corpus/ writes them, a file for each page in a tar: the words with corrections
// applied. Neither says what words mean here, so labels are lost.
#include <algorithm>

#include "corpus/text_format.h"
#include "dataset/detail/formats.h"
#include "dataset/detail/page_archive.h"

namespace dataset::detail {
namespace {

using base::Result;
using corpus::AnnotationType;
using corpus::TextFormat;

// Tokens as words whose ids are unique on the page: those that a split word adds come behind all.
std::vector<corpus::Word> words_of(const ChosenPage& page) {
  corpus::WordId next = 1;
  for (const corpus::Word& word : page.view.content().words) next = std::max(next, word.id + 1);
  std::vector<corpus::Word> words;
  corpus::WordId previous = 0;
  for (const Token& token : page.text.tokens()) {
    const corpus::WordId id = token.word == previous ? next++ : token.word;
    words.push_back(
        {id, token.block, token.line, token.box, token.confidence, std::string(token.text)});
    previous = token.word;
  }
  return words;
}

void count_losses(const ChosenPage& page, LossReport& loss) {
  for (const corpus::Annotation* annotation : page.annotations) {
    const bool is_correction = annotation->type == AnnotationType::correction;
    loss.lose(is_correction ? "what was read before a correction"
                            : std::string(corpus::name_of(annotation->type)));
  }
}

Result<LossReport> write(TextFormat format, const ExportInput& input, ExportOutput& out) {
  const corpus::TextFormatInfo& info = corpus::info_of(format);
  PageArchive archive;
  archive.format = info.name;
  archive.print = [&](const ChosenPage& page, LossReport& loss) -> PageArchive::Entry {
    const corpus::Page& record = page.view.page();
    const std::string image = page_image_file(page.view, "images");
    const corpus::TextPage text{page.view.number, record.width, record.height,
                                record.dpi,       image,        words_of(page)};
    count_losses(page, loss);
    const std::string stem = page_stem(page.view);
    return {{stem + "." + std::string(info.extension), corpus::begin_text(format, {stem}) +
                                                           corpus::print_text(format, text) +
                                                           corpus::end_text(format)},
            "images"};
  };
  return write_page_archive(archive, input, out);
}

}  // namespace

const ExportFormat kAlto = {
    .name = "alto",
    .ending = "alto.tar",
    .media_type = "application/x-tar",
    .summary = "ALTO: the read text with corrections, a file for each page in a tar",
    .write = [](const ExportInput& input,
                ExportOutput& out) { return write(TextFormat::alto, input, out); },
};

const ExportFormat kHocr = {
    .name = "hocr",
    .ending = "hocr.tar",
    .media_type = "application/x-tar",
    .summary = "hOCR: the read text with corrections, a file for each page in a tar",
    .write = [](const ExportInput& input,
                ExportOutput& out) { return write(TextFormat::hocr, input, out); },
};

}  // namespace dataset::detail
