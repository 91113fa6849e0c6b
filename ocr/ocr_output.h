// What `glossator ocr` writes for one file (ocr/ocr_command.h): page by page as JSON, or the whole
// document as text, hOCR, ALTO or a searchable PDF.
//
//   FileOutput output(settings, "scans/letter.tif");
//   TRY(output.begin());
//   for (...) TRY(output.add(std::move(page), pages_in_all));
//   TRY(output.finish(pool, input_fd, format));
//
// All but the searchable PDF is written as pages come. Belongs to one thread.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/file.h"
#include "corpus/text_format.h"
#include "ocr/identify.h"
#include "ocr/pipeline.h"
#include "ocr/searchable_pdf.h"

namespace ocr {

struct OutputSettings {
  base::Path directory;
  bool json = false;
  bool pdf = false;
  std::set<corpus::TextFormat> texts;

  // "json", "pdf", "text", "hocr" or "alto"; false for anything else.
  bool add(const std::string& format);
  bool empty() const { return !json && !pdf && texts.empty(); }
};

class FileOutput {
 public:
  FileOutput(const OutputSettings& settings, base::Path file)
      : settings_(settings), file_(std::move(file)) {}

  // Code::invalid if a result would overwrite the file itself.
  base::Result<void> begin();
  base::Result<void> add(PageReading page, uint32_t total);
  base::Result<void> finish(WorkerPool& pool, int input, std::optional<Format> format);

 private:
  struct TextFile {
    corpus::TextFormat format;
    base::UniqueFd fd;
  };

  base::Path target(const std::string& extension) const;
  base::Result<base::UniqueFd> make(const base::Path& target) const;
  base::Result<void> write_json(const PageReading& page, uint32_t total) const;
  base::Result<void> write_texts(const PageReading& page);
  base::Result<void> keep_for_pdf(PageReading page);
  base::Result<void> write_pdf(WorkerPool& pool, int input, std::optional<Format> format);

  const OutputSettings& settings_;
  const base::Path file_;
  std::vector<TextFile> texts_;
  std::optional<SearchablePdf> pdf_;
};

}  // namespace ocr
