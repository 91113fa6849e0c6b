#include "ocr/ocr_output.h"

#include <fcntl.h>

#include <cstdio>
#include <filesystem>

namespace ocr {
namespace {

namespace fs = std::filesystem;

// Words with places on the page as stored in the file.
std::vector<corpus::Word> stored_words(const PageReading& page) {
  std::vector<corpus::Word> words = page.words;
  for (corpus::Word& word : words) {
    word.box = to_stored(word.box, page.stored, page.image.width, page.image.height);
  }
  return words;
}

base::Json words_json(const PageReading& page) {
  base::Json words = base::Json::array();
  for (const corpus::Word& word : stored_words(page)) {
    const corpus::Box& box = word.box;
    words.push(base::Json::object({{"text", word.text},
                                   {"bbox", base::Json::array({box.x0, box.y0, box.x1, box.y1})},
                                   {"confidence", word.confidence}}));
  }
  return words;
}

base::Json marks_json(const PageReading& page) {
  base::Json marks = base::Json::array();
  for (corpus::Mark mark : page.marks) {
    mark.box = to_stored(mark.box, page.stored, page.image.width, page.image.height);
    marks.push(corpus::to_json(mark));
  }
  return marks;
}

base::Json page_json(const base::Path& file, const PageReading& page) {
  return base::Json::object(
      {{"file", file.filename().string()},
       {"page", page.number},
       {"width", page.stored.width},
       {"height", page.stored.height},
       {"dpi", page.stored.dpi},
       {"text", corpus::text_of(page.words)},
       {"text_origin", page.text == corpus::TextOrigin::ocr ? "ocr" : "text-layer"},
       {"words", words_json(page)},
       {"marks", marks_json(page)},
       {"cpu_s", page.cpu_seconds}});
}

}  // namespace

bool OutputSettings::add(const std::string& format) {
  const auto text = corpus::parse_text_format(format);
  if (text) texts.insert(*text);
  json |= format == "json";
  pdf |= format == "pdf";
  return text || format == "json" || format == "pdf";
}

base::Path FileOutput::target(const std::string& extension) const {
  return settings_.directory / (file_.stem().string() + extension);
}

base::Result<base::UniqueFd> FileOutput::make(const base::Path& target) const {
  std::error_code ignored;
  if (fs::equivalent(target, file_, ignored)) {
    return base::Error{base::Code::invalid, "the result would overwrite the file itself"};
  }
  return base::open_file(target, O_WRONLY | O_CREAT | O_TRUNC);
}

base::Result<void> FileOutput::begin() {
  for (const corpus::TextFormat format : settings_.texts) {
    const std::string extension(corpus::info_of(format).extension);
    texts_.push_back({format, TRY(make(target('.' + extension)))});
    const std::string text = corpus::begin_text(format, {file_.filename().string()});
    TRY(base::write_all(texts_.back().fd.get(), text));
  }
  if (settings_.pdf) pdf_ = TRY(SearchablePdf::create(settings_.directory));
  return {};
}

base::Result<void> FileOutput::add(PageReading page, uint32_t total) {
  if (!page.failure && settings_.json) TRY(write_json(page, total));
  if (!page.failure) TRY(write_texts(page));
  return pdf_ ? keep_for_pdf(std::move(page)) : base::Result<void>();
}

base::Result<void> FileOutput::write_json(const PageReading& page, uint32_t total) const {
  char number[16] = "";
  if (total > 1) std::snprintf(number, sizeof(number), "-p%04u", page.number);
  const base::UniqueFd fd = TRY(make(target(std::string(number) + ".json")));
  return base::write_all(fd.get(), page_json(file_, page).print() + '\n');
}

base::Result<void> FileOutput::write_texts(const PageReading& page) {
  if (texts_.empty()) return {};
  const corpus::TextPage out{page.number,     page.stored.width,         page.stored.height,
                             page.stored.dpi, file_.filename().string(), stored_words(page)};
  for (const TextFile& text : texts_) {
    TRY(base::write_all(text.fd.get(), corpus::print_text(text.format, out)));
  }
  return {};
}

base::Result<void> FileOutput::keep_for_pdf(PageReading page) {
  std::string source;
  if (page.image.is_source) source = TRY(base::read_file(file_, ReadLimits().input_bytes));
  const std::string_view image = page.image.is_source ? source : page.image.bytes;
  return pdf_->add({page.image.width, page.image.height, page.image.dpi, page.image.rotation,
                    page.text == corpus::TextOrigin::text_layer, std::move(page.words)},
                   image);
}

base::Result<void> FileOutput::write_pdf(WorkerPool& pool, int input,
                                         std::optional<Format> format) {
  const base::Path path = target(".pdf");
  base::UniqueFd fd = TRY(make(path));
  const PdfSink sink = [&](std::string_view chunk) { return base::write_all(fd.get(), chunk); };
  if (format == Format::pdf && !TRY(pdf_->write_onto(pool, input, sink))) return {};
  fd = TRY(make(path));  // anew: what was written before a refusal does not stay
  const auto refusal = TRY(pdf_->write_images(pool, sink));
  if (!refusal) return {};
  TRY(base::remove_file(path));
  return base::Error{base::Code::invalid, "no searchable PDF: " + refusal->reason};
}

base::Result<void> FileOutput::finish(WorkerPool& pool, int input, std::optional<Format> format) {
  for (const TextFile& text : texts_) {
    TRY(base::write_all(text.fd.get(), corpus::end_text(text.format)));
  }
  return pdf_ ? write_pdf(pool, input, format) : base::Result<void>();
}

}  // namespace ocr
