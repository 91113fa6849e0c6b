// A page image that is not decoded: on its way into a PDF, and to be known again.
#include <cstdint>
#include <string_view>

#include "ocr/detail/image_parts.h"
#include "ocr/detail/pdf_image.h"

namespace {

void check(std::string_view part, std::string_view bytes) {
  const bool inside =
      part.data() >= bytes.data() && part.data() + part.size() <= bytes.data() + bytes.size();
  if (!inside) __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const ocr::Format format : {ocr::Format::png, ocr::Format::jpeg}) {
    for (const std::string_view part : ocr::detail::deciding_parts(format, bytes)) {
      check(part, bytes);
    }
  }
  const auto image = ocr::detail::as_stored(bytes);
  if (!image) return 0;
  if (image->width < 1 || image->height < 1 || image->data.empty()) __builtin_trap();
  for (const std::string_view part : image->data) check(part, bytes);
  return 0;
}
