// A PDF by poppler's programs, each run in the tool sandbox. The server's side; blocking.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "ocr/detail/memory_file.h"
#include "ocr/detail/pdf_text.h"
#include "ocr/detail/wire.h"
#include "ocr/failure.h"
#include "ocr/sandbox.h"

namespace ocr::detail {

// A password reaches poppler on its command line, the only way it takes one: other users of the
// host may see it for the moment of the run, and it is kept nowhere.
struct PdfContext {
  int input = -1;
  std::string password;
  SandboxMode mode = SandboxMode::full;
  std::function<bool()> cancelled;
  bool urgent = false;     // a person waits for it
  double cpu_seconds = 0;  // adds up over the runs
};

struct PdfOpening {
  std::optional<Failure> refusal;
  std::vector<PdfPage> pages;
};
base::Result<PdfOpening> open_pdf(PdfContext& pdf);

// Text layers of pages first..last, counted from 1; as many as asked. A page whose text could not
// be had is without words and counted as slow when it was the time that ran out.
struct PdfLayers {
  std::vector<TextPage> pages;
  std::vector<bool> slow;
};
base::Result<PdfLayers> read_layers(PdfContext& pdf, uint32_t first, uint32_t last);

// Resolution at which a page without text is best rendered: its scan's own. By page, from 1.
base::Result<std::vector<ListedImage>> list_images(PdfContext& pdf, uint32_t first, uint32_t last);

// How a page is to be drawn: never more than `width` x `height` pixels, whatever it says.
struct Drawing {
  int32_t width = 0;
  int32_t height = 0;
  int32_t dpi = 0;
  bool on_its_side = false;
  bool operator==(const Drawing&) const = default;
};
Drawing drawing_of(const PdfPage& page, int32_t wanted_dpi);

// A run of pages with one drawing each: PNM images, written behind what `sheets` holds, or the
// reason. Pages that are drawn alike go through one process.
struct Drawn {
  std::optional<Failure> failure;
  Extent pnm;
};
base::Result<std::vector<Drawn>> draw_pages(PdfContext& pdf, uint32_t first,
                                            const std::vector<Drawing>& drawings,
                                            MemoryFile& sheets);

// Cuts concatenated binary PNM images apart; nothing if they are not whole.
std::optional<std::vector<std::string_view>> split_pnm(std::string_view output);

}  // namespace ocr::detail
