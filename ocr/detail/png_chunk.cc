#include "ocr/detail/png_chunk.h"

#include <cstddef>
#include <cstdint>

namespace ocr::detail {
namespace {

constexpr size_t kFrame = 12;  // length, type, checksum

uint32_t length_of(std::string_view chunk) {
  uint32_t value = 0;
  for (size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<uint8_t>(chunk[i]);
  return value;
}

}  // namespace

std::optional<PngChunk> next_chunk(std::string_view& rest) {
  if (rest.size() < kFrame) return std::nullopt;
  const uint32_t length = length_of(rest);
  if (length > rest.size() - kFrame) return std::nullopt;
  const PngChunk chunk{rest.substr(4, 4), rest.substr(8, length), rest.substr(0, kFrame + length)};
  rest.remove_prefix(kFrame + length);
  return chunk;
}

}  // namespace ocr::detail
