// What poppler prints is made of a stranger's text.
#include <cstdint>
#include <string_view>

#include "ocr/detail/pdf.h"
#include "ocr/detail/pdf_text.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view output(reinterpret_cast<const char*>(data), size);
  (void)ocr::detail::parse_pdfinfo(output);
  (void)ocr::detail::parse_pdfimages(output);
  (void)ocr::detail::split_pnm(output);
  for (const auto& page : ocr::detail::parse_bbox_layout(output)) {
    (void)ocr::detail::looks_mapped(page.words);
    for (const auto& word : page.words) {
      if (word.text.empty()) __builtin_trap();
    }
  }
  return 0;
}
