// The chunks of a PNG file (RFC 2083, 3.2). Pure and total over any bytes.
#pragma once

#include <optional>
#include <string_view>

namespace ocr::detail {

inline constexpr std::string_view kPngSignature = "\x89PNG\r\n\x1a\n";

struct PngChunk {
  std::string_view type;
  std::string_view data;
  std::string_view whole;  // with its length and checksum
};

// The next one, which is cut from `rest`; nothing if it is not whole.
std::optional<PngChunk> next_chunk(std::string_view& rest);

}  // namespace ocr::detail
