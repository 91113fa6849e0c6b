// A page image on its way into a PDF without being decoded.
#include <cstdint>
#include <string_view>

#include "ocr/detail/pdf_image.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto image = ocr::detail::as_stored(bytes);
  if (!image) return 0;
  if (image->width < 1 || image->height < 1 || image->data.empty()) __builtin_trap();
  for (const std::string_view part : image->data) {
    if (part.data() < bytes.data() || part.data() + part.size() > bytes.data() + size) {
      __builtin_trap();
    }
  }
  return 0;
}
