#include "ocr/detail/pdf_image.h"

#include "ocr/detail/image_header.h"
#include "ocr/detail/png_chunk.h"
#include "ocr/identify.h"

namespace ocr::detail {
namespace {

constexpr uint64_t kLongestSide = 1 << 20;

enum PngColour : uint8_t { gray = 0, rgb = 2, palette = 3 };

bool take_png_header(std::string_view data, PdfImage& image) {
  if (data.size() != 13) return false;
  const auto colour = static_cast<uint8_t>(data[9]);
  const bool known = colour == gray || colour == rgb || colour == palette;
  const bool interlaced = data[12] != 0;
  if (!known || interlaced) return false;
  image.bits = static_cast<uint8_t>(data[8]);
  image.channels = colour == rgb ? 3 : 1;
  return image.bits == 1 || image.bits == 2 || image.bits == 4 || image.bits == 8 ||
         image.bits == 16;
}

// Whether the palette is there exactly where the colour type wants one.
bool has_its_palette(std::string_view header, const PdfImage& image) {
  const bool wanted = static_cast<uint8_t>(header[9]) == palette;
  return wanted ? !image.palette.empty() && image.palette.size() % 3 == 0 : image.palette.empty();
}

std::optional<PdfImage> png_as_stored(std::string_view file, PdfImage image) {
  std::string_view rest = file.substr(kPngSignature.size());
  std::string_view header;
  while (const auto chunk = next_chunk(rest)) {
    if (chunk->type == "IHDR") {
      if (!header.empty() || !take_png_header(chunk->data, image)) return std::nullopt;
      header = chunk->data;
    } else if (header.empty() || chunk->type == "tRNS") {
      return std::nullopt;
    } else if (chunk->type == "PLTE" && image.channels == 1) {
      image.palette = chunk->data;
    } else if (chunk->type == "IDAT") {
      image.data.push_back(chunk->data);
    } else if (chunk->type == "IEND") {
      const bool whole = !header.empty() && !image.data.empty() && has_its_palette(header, image);
      return whole ? std::optional<PdfImage>(std::move(image)) : std::nullopt;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<PdfImage> as_stored(std::string_view file) {
  const auto format = identify(file.substr(0, kHeadSize)).format;
  if (format != Format::png && format != Format::jpeg) return std::nullopt;
  const auto header = read_image_header(*format, file);
  if (!header.ok() || header->width == 0 || header->height == 0 || header->width > kLongestSide ||
      header->height > kLongestSide) {
    return std::nullopt;
  }
  PdfImage image;
  image.width = static_cast<int32_t>(header->width);
  image.height = static_cast<int32_t>(header->height);
  if (*format == Format::png) return png_as_stored(file, std::move(image));
  if (header->channels != 1 && header->channels != 3) return std::nullopt;
  image.channels = static_cast<int>(header->channels);
  image.jpeg = true;
  image.data = {file};
  return image;
}

}  // namespace ocr::detail
