#include "ocr/detail/image_header.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace ocr::detail {
namespace {

using base::Code;
using base::Error;

constexpr uint64_t kSideCap = 0x7fffffff;

// A window on bytes; reads beyond the end give 0 and are remembered.
class Window {
 public:
  Window(std::string_view bytes, bool little) : bytes_(bytes), little_(little) {}
  bool holds(size_t at, size_t count) const {
    return at <= bytes_.size() && count <= bytes_.size() - at;
  }
  uint8_t u8(size_t at) const { return holds(at, 1) ? static_cast<uint8_t>(bytes_[at]) : 0; }
  uint16_t u16(size_t at) const {
    return static_cast<uint16_t>(little_ ? u8(at) | u8(at + 1) << 8 : u8(at) << 8 | u8(at + 1));
  }
  uint32_t u32(size_t at) const {
    return little_ ? u16(at) | uint32_t{u16(at + 2)} << 16 : uint32_t{u16(at)} << 16 | u16(at + 2);
  }
  std::string_view text(size_t at, size_t count) const {
    return holds(at, count) ? bytes_.substr(at, count) : std::string_view();
  }
  size_t size() const { return bytes_.size(); }

 private:
  std::string_view bytes_;
  bool little_;
};

Error damaged(const char* what) {
  return {Code::invalid, what};
}

base::Result<ImageHeader> sized(uint64_t width, uint64_t height) {
  if (width == 0 || height == 0 || width > kSideCap || height > kSideCap) {
    return damaged("the image has no usable size");
  }
  ImageHeader header;
  header.width = width;
  header.height = height;
  return header;
}

// Between what a fax and a film scanner say; anything else is taken for unknown.
int32_t plausible_dpi(double dpi) {
  return dpi >= 50 && dpi <= 4800 ? static_cast<int32_t>(std::lround(dpi)) : 0;
}

int32_t png_dpi(const Window& png) {
  size_t at = 8;
  for (int chunk = 0; chunk < 64 && png.holds(at, 12); ++chunk) {
    const uint32_t length = png.u32(at);
    const std::string_view kind = png.text(at + 4, 4);
    if (kind == "IDAT") return 0;
    if (kind == "pHYs" && png.u8(at + 16) == 1) return plausible_dpi(png.u32(at + 8) * 0.0254);
    at += size_t{12} + length;
  }
  return 0;
}

base::Result<ImageHeader> read_png(std::string_view bytes) {
  const Window png(bytes, false);
  if (png.text(12, 4) != "IHDR" || !png.holds(8, 25)) return damaged("the PNG header is cut off");
  ImageHeader header = TRY(sized(png.u32(16), png.u32(20)));
  header.dpi = png_dpi(png);
  return header;
}

struct Exif {
  int32_t orientation = 1;
  int32_t dpi = 0;
};

// The first directory of the TIFF file within an APP1 segment.
Exif read_exif(std::string_view segment) {
  Exif exif;
  const Window tiff(segment, segment.starts_with("II"));
  const size_t directory = tiff.u32(4);
  const uint16_t count = tiff.u16(directory);
  double resolution = 0;
  uint16_t unit = 2;
  for (size_t i = 0; i < count && tiff.holds(directory + 2 + 12 * i, 12); ++i) {
    const size_t entry = directory + 2 + 12 * i;
    const uint16_t tag = tiff.u16(entry);
    if (tag == 0x0112) exif.orientation = tiff.u16(entry + 8);
    if (tag == 0x0128) unit = tiff.u16(entry + 8);
    if (tag == 0x011a) {
      const size_t at = tiff.u32(entry + 8);
      if (const uint32_t below = tiff.u32(at + 4); below != 0) {
        resolution = static_cast<double>(tiff.u32(at)) / below;
      }
    }
  }
  if (exif.orientation < 1 || exif.orientation > 8) exif.orientation = 1;
  exif.dpi = plausible_dpi(unit == 3 ? resolution * 2.54 : resolution);
  return exif;
}

int32_t jfif_dpi(const Window& jpeg, size_t at) {
  const uint8_t unit = jpeg.u8(at + 7);
  const double density = jpeg.u16(at + 8);
  return unit == 1 ? plausible_dpi(density) : unit == 2 ? plausible_dpi(density * 2.54) : 0;
}

bool is_frame(uint8_t marker) {
  return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

base::Result<ImageHeader> read_jpeg(std::string_view bytes) {
  const Window jpeg(bytes, false);
  ImageHeader header;
  header.has_scan = false;
  size_t at = 2;
  while (jpeg.holds(at, 4)) {
    if (jpeg.u8(at) != 0xff) return damaged("the JPEG's segments are broken");
    const uint8_t marker = jpeg.u8(at + 1);
    if (marker == 0xff || marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
      at += marker == 0xff ? 1 : 2;
      continue;
    }
    if (marker == 0xda) header.has_scan = true;
    if (marker == 0xda || marker == 0xd9) break;
    const uint16_t length = jpeg.u16(at + 2);
    const size_t body = at + 4;
    if (length < 2) return damaged("the JPEG's segments are broken");
    if (marker == 0xe0 && jpeg.text(body, 5) == std::string_view("JFIF\0", 5) && header.dpi == 0) {
      header.dpi = jfif_dpi(jpeg, body);
    }
    if (marker == 0xe1 && jpeg.text(body, 6) == std::string_view("Exif\0\0", 6) && length > 8) {
      const size_t most = std::min<size_t>(length - 8u, bytes.size() - (body + 6));
      const Exif exif = read_exif(bytes.substr(body + 6, most));
      header.orientation = exif.orientation;
      if (exif.dpi != 0) header.dpi = exif.dpi;
    }
    if (is_frame(marker)) {
      header.height = jpeg.u16(body + 1);
      header.width = jpeg.u16(body + 3);
      header.channels = jpeg.u8(body + 5);
      header.progressive = marker == 0xc2 || marker == 0xc6 || marker == 0xca || marker == 0xce;
    }
    at += size_t{2} + length;
  }
  TRY(sized(header.width, header.height));
  return header;
}

base::Result<ImageHeader> read_gif(std::string_view bytes) {
  const Window gif(bytes, true);
  return sized(gif.u16(6), gif.u16(8));
}

base::Result<ImageHeader> read_bmp(std::string_view bytes) {
  const Window bmp(bytes, true);
  if (bmp.u32(14) == 12) return sized(bmp.u16(18), bmp.u16(20));
  const auto height = static_cast<int32_t>(bmp.u32(22));  // negative: from the top down
  ImageHeader header = TRY(sized(bmp.u32(18), static_cast<uint64_t>(std::abs(int64_t{height}))));
  header.dpi = plausible_dpi(bmp.u32(38) * 0.0254);
  return header;
}

base::Result<ImageHeader> read_webp(std::string_view bytes) {
  const Window webp(bytes, true);
  const std::string_view kind = webp.text(12, 4);
  const auto u24 = [&](size_t at) { return webp.u32(at) & 0xffffff; };
  if (kind == "VP8X") return sized(uint64_t{u24(24)} + 1, uint64_t{u24(27)} + 1);
  if (kind == "VP8 ") return sized(webp.u16(26) & 0x3fff, webp.u16(28) & 0x3fff);
  if (kind != "VP8L") return damaged("the WebP header is cut off");
  const uint32_t packed = webp.u32(21);
  return sized((packed & 0x3fff) + 1, (packed >> 14 & 0x3fff) + 1);
}

// The image header box, or the SIZ segment of a bare code stream.
base::Result<ImageHeader> read_jp2(std::string_view bytes) {
  const Window jp2(bytes, false);
  const std::string_view head = bytes.substr(0, 4096);
  if (const size_t box = head.find("ihdr"); box != std::string_view::npos) {
    return sized(jp2.u32(box + 8), jp2.u32(box + 4));
  }
  const size_t siz = head.find(std::string_view("\xff\x4f\xff\x51", 4));
  if (siz == std::string_view::npos) return damaged("the JPEG 2000 header is cut off");
  const uint64_t right = jp2.u32(siz + 8), bottom = jp2.u32(siz + 12);
  const uint64_t left = jp2.u32(siz + 16), top = jp2.u32(siz + 20);
  if (left >= right || top >= bottom) return damaged("the image has no usable size");
  return sized(right - left, bottom - top);
}

}  // namespace

base::Result<ImageHeader> read_image_header(Format format, std::string_view bytes) {
  switch (format) {
    case Format::png:
      return read_png(bytes);
    case Format::jpeg:
      return read_jpeg(bytes);
    case Format::gif:
      return read_gif(bytes);
    case Format::bmp:
      return read_bmp(bytes);
    case Format::webp:
      return read_webp(bytes);
    case Format::jp2:
      return read_jp2(bytes);
    default:
      return damaged("not an image");
  }
}

}  // namespace ocr::detail
