// The first look at a file: its kind, then its image header whatever kind it is taken for.
#include <cstdint>
#include <string_view>

#include "ocr/detail/image_header.h"
#include "ocr/identify.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using ocr::Format;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const ocr::Identity identity = ocr::identify(bytes.substr(0, ocr::kHeadSize));
  if (identity.format.has_value() != identity.reason.empty()) __builtin_trap();
  for (const Format format :
       {Format::png, Format::jpeg, Format::gif, Format::bmp, Format::webp, Format::jp2}) {
    const auto header = ocr::detail::read_image_header(format, bytes);
    if (header.ok() && (header->width == 0 || header->height == 0)) __builtin_trap();
    if (header.ok() && (header->orientation < 1 || header->orientation > 8)) __builtin_trap();
  }
  return 0;
}
