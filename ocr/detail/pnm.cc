#include "ocr/detail/pnm.h"

#include <array>
#include <cctype>

namespace ocr::detail {
namespace {

constexpr uint64_t kMostSide = 1'000'000;

bool is_digit(char c) {
  return std::isdigit(static_cast<unsigned char>(c)) != 0;
}
bool is_blank(char c) {
  return std::isspace(static_cast<unsigned char>(c)) != 0;
}

}  // namespace

// "P6\n850 1100\n255\n" and the raster.
std::optional<PnmHeader> parse_pnm(std::string_view bytes) {
  if (bytes.size() < 8 || bytes[0] != 'P' || (bytes[1] != '6' && bytes[1] != '5')) {
    return std::nullopt;
  }
  std::array<uint64_t, 3> numbers = {};
  size_t at = 2;
  for (uint64_t& value : numbers) {
    if (at >= bytes.size() || !is_blank(bytes[at])) return std::nullopt;
    ++at;
    while (at < bytes.size() && is_digit(bytes[at])) {
      value = value * 10 + static_cast<uint64_t>(bytes[at++] - '0');
      if (value > kMostSide) return std::nullopt;
    }
  }
  const auto [width, height, most] = numbers;
  if (width == 0 || height == 0 || most != 255) return std::nullopt;
  const int32_t channels = bytes[1] == '6' ? 3 : 1;
  const uint64_t size = at + 1 + width * height * static_cast<uint64_t>(channels);
  if (size > bytes.size()) return std::nullopt;
  return PnmHeader{static_cast<int32_t>(width), static_cast<int32_t>(height), channels, at + 1,
                   static_cast<size_t>(size)};
}

}  // namespace ocr::detail
