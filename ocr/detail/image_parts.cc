#include "ocr/detail/image_parts.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "ocr/detail/png_chunk.h"

namespace ocr::detail {
namespace {

constexpr std::array<std::string_view, 4> kSayings = {"tEXt", "zTXt", "iTXt", "tIME"};

constexpr std::string_view kXmp = "http://ns.adobe.com/";
enum Marker : uint8_t {
  start_of_image = 0xd8,
  start_of_scan = 0xda,
  xmp_or_exif = 0xe1,
  photoshop = 0xed,
  comment = 0xfe
};

uint64_t big_endian(std::string_view bytes) {
  uint64_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<uint8_t>(byte);
  return value;
}

std::vector<std::string_view> parts_of_png(std::string_view file) {
  std::vector<std::string_view> parts;
  if (!file.starts_with(kPngSignature)) return {};
  file.remove_prefix(kPngSignature.size());
  while (const auto chunk = next_chunk(file)) {
    const bool is_saying =
        std::find(kSayings.begin(), kSayings.end(), chunk->type) != kSayings.end();
    if (!is_saying) parts.push_back(chunk->whole);
    if (chunk->type == "IEND") return parts;
  }
  return {};
}

bool decides_nothing(uint8_t marker, std::string_view body) {
  return marker == comment || marker == photoshop ||
         (marker == xmp_or_exif && body.starts_with(kXmp));
}

std::vector<std::string_view> parts_of_jpeg(std::string_view file) {
  std::vector<std::string_view> parts;
  if (file.size() < 2 || static_cast<uint8_t>(file[1]) != start_of_image) return {};
  file.remove_prefix(2);
  while (file.size() >= 4 && static_cast<uint8_t>(file[0]) == 0xff) {
    const auto marker = static_cast<uint8_t>(file[1]);
    if (marker == start_of_scan) return parts.push_back(file), parts;
    const uint64_t size = 2 + big_endian(file.substr(2, 2));
    if (size < 4 || size > file.size()) return {};
    if (!decides_nothing(marker, file.substr(4, size - 4))) parts.push_back(file.substr(0, size));
    file.remove_prefix(size);
  }
  return {};
}

}  // namespace

std::vector<std::string_view> deciding_parts(Format format, std::string_view file) {
  if (format == Format::png) return parts_of_png(file);
  if (format == Format::jpeg) return parts_of_jpeg(file);
  return {};
}

}  // namespace ocr::detail
