// Writes what was read as a searchable PDF: pages that look as before, with invisible text where
// the words stand, to be found, marked and copied.
//
//   SearchablePdf pdf = TRY(SearchablePdf::create(temporary_directory));
//   for (...) TRY(pdf.add(page, image_bytes));
//   const auto refusal = TRY(pdf.write_onto(pool, source_fd, sink));       // the source is a PDF
//   if (refusal) ... TRY(pdf.write_images(pool, another_sink));            // or else, always
//
// write_onto keeps the source as it is and adds text to those pages, and those places, that have
// none of their own. write_images makes one page of each page image: JPEG and PNG are taken over
// unchanged. Both run in the sandbox (docs/decisions/0045-searchable-pdf.md), and the same pages
// and bytes give the same PDF.
//
// Images wait in a file without a name; words in memory. A refusal may come when part has been
// written already: the sink should fill something that can be thrown away. Belongs to one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "corpus/words.h"
#include "ocr/failure.h"
#include "ocr/worker_pool.h"

namespace ocr {

struct SearchablePage {
  int32_t width = 0;  // of the canonical image, which words refer to; 0: the page was not read
  int32_t height = 0;
  int32_t dpi = 0;
  int32_t rotation = 0;       // degrees clockwise that made it upright
  bool has_own_text = false;  // its words are the text layer of the source
  std::vector<corpus::Word> words;
};

using PdfSink = std::function<base::Result<void>(std::string_view chunk)>;

class SearchablePdf {
 public:
  static base::Result<SearchablePdf> create(const base::Path& directory);

  // `image`: the canonical image's bytes; not needed for write_onto, empty for a page without one.
  base::Result<void> add(SearchablePage page, std::string_view image);

  base::Result<std::optional<Failure>> write_onto(WorkerPool& pool, int source,
                                                  const PdfSink& sink) const;
  base::Result<std::optional<Failure>> write_images(WorkerPool& pool, const PdfSink& sink) const;

 private:
  struct Entry {
    SearchablePage page;
    uint64_t image_at = 0;
    uint64_t image_size = 0;
  };

  SearchablePdf(base::UniqueFd written, base::UniqueFd read)
      : written_(std::move(written)), read_(std::move(read)) {}

  base::UniqueFd written_;  // the images, one after another
  base::UniqueFd read_;     // the same file
  uint64_t images_size_ = 0;
  std::vector<Entry> entries_;
};

}  // namespace ocr
