#include "ocr/detail/decode.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <optional>

#include "ocr/detail/image_header.h"
#include "ocr/detail/pnm.h"
#include "ocr/detail/tiff.h"
#include "ocr/identify.h"

namespace ocr::detail {
namespace {

using base::Code;
using base::Error;

// A colour image takes four bytes a pixel: larger ones are decoded at a half, a quarter, ...
// where the format can do that.
constexpr uint64_t kComfortablePixels = 60'000'000;

const l_uint8* data_of(std::string_view bytes) {
  return reinterpret_cast<const l_uint8*>(bytes.data());
}

Error damaged(const char* what) {
  return {Code::invalid, what};
}
Error too_large(const ImageHeader& header, uint64_t cap) {
  return {Code::limit, "the image is " + std::to_string(header.width) + " x " +
                           std::to_string(header.height) + " pixels; the limit is " +
                           std::to_string(cap) + " in all"};
}

std::optional<Format> format_named(std::string_view name) {
  for (const Format format : {Format::png, Format::jpeg, Format::tiff, Format::webp, Format::bmp,
                              Format::gif, Format::jp2}) {
    if (name == name_of(format)) return format;
  }
  return std::nullopt;
}

// Of 1, 2, 4, 8: the least by which the image becomes comfortable; 0 if none will do.
int reduction_for(const ImageHeader& header, uint64_t cap) {
  const uint64_t wanted = std::min(cap, kComfortablePixels);
  for (const int reduction : {1, 2, 4, 8}) {
    if (header.pixels() / static_cast<uint64_t>(reduction * reduction) <= wanted) return reduction;
  }
  return 0;
}

base::Result<Pix> decode_jpeg(std::string_view bytes, const ImageHeader& header, uint64_t cap) {
  if (!header.has_scan) return damaged("the JPEG holds no image data");
  const int reduction = reduction_for(header, cap);
  // A progressive file is held whole, two bytes a coefficient, whatever the reduction.
  if (reduction == 0 || (header.progressive && header.pixels() > cap)) {
    return too_large(header, cap);
  }
  return Pix(pixReadMemJpeg(data_of(bytes), bytes.size(), 0, reduction, nullptr, 0));
}

base::Result<Pix> decode_jp2(std::string_view bytes, const ImageHeader& header, uint64_t cap) {
  const int reduction = reduction_for(header, cap);
  if (reduction == 0) return too_large(header, cap);
  return Pix(pixReadMemJp2k(data_of(bytes), bytes.size(), static_cast<l_uint32>(reduction), nullptr,
                            0, 0));
}

base::Result<Pix> decode_by(Format format, std::string_view bytes, const ImageHeader& header,
                            uint64_t cap) {
  if (format == Format::jpeg) return decode_jpeg(bytes, header, cap);
  if (format == Format::jp2) return decode_jp2(bytes, header, cap);
  if (header.pixels() > cap) return too_large(header, cap);
  switch (format) {
    case Format::png:
      return Pix(pixReadMemPng(data_of(bytes), bytes.size()));
    case Format::webp:
      return Pix(pixReadMemWebP(data_of(bytes), bytes.size()));
    case Format::bmp:
      return Pix(pixReadMemBmp(data_of(bytes), bytes.size()));
    case Format::gif:
      return Pix(pixReadMemGif(data_of(bytes), bytes.size()));
    default:
      return Error{Code::denied, "not an image"};
  }
}

bool is_gray(const Pix& pix) {
  const l_uint32* data = pixGetData(pix.get());
  const size_t words =
      static_cast<size_t>(pixGetWpl(pix.get())) * static_cast<size_t>(pixGetHeight(pix.get()));
  for (size_t i = 0; i < words; ++i) {
    const l_uint32 red = data[i] >> L_RED_SHIFT & 0xff;
    if ((data[i] >> L_GREEN_SHIFT & 0xff) != red || (data[i] >> L_BLUE_SHIFT & 0xff) != red) {
      return false;
    }
  }
  return true;
}

// 1, 8 or 32 bits without a colour map or alpha; colour that is only gray becomes gray.
Pix plain(Pix pix) {
  if (pixGetColormap(pix.get()) != nullptr) {
    pix = Pix(pixRemoveColormap(pix.get(), REMOVE_CMAP_BASED_ON_SRC));
  }
  if (!pix) return pix;
  if (depth_of(pix) == 32 && pixGetSpp(pix.get()) == 4) {
    pix = Pix(pixAlphaBlendUniform(pix.get(), 0xffffff00));
  }
  if (depth_of(pix) == 16) pix = Pix(pixConvert16To8(pix.get(), L_MS_BYTE));
  if (depth_of(pix) != 1 && depth_of(pix) != 8 && depth_of(pix) != 32) {
    pix = Pix(pixConvertTo8(pix.get(), 0));
  }
  if (pix && depth_of(pix) == 32 && is_gray(pix)) pix = Pix(pixConvertRGBToLuminance(pix.get()));
  return pix;
}

// Most of a page is paper, which is done with eight pixels at a time.
constexpr size_t kAtOnce = 8;
bool is_white(const uint8_t* pixels) {
  std::array<uint64_t, 3> bytes = {};
  std::memcpy(bytes.data(), pixels, sizeof(bytes));
  return (bytes[0] & bytes[1] & bytes[2]) == ~uint64_t{0};
}

// A row's pixels as leptonica's words, the first in the highest byte. False at the first colour.
bool gray_row(const uint8_t* colours, size_t width, l_uint32* line) {
  for (size_t x = 0; x < width;) {
    if (x % kAtOnce == 0 && x + kAtOnce <= width && is_white(colours + 3 * x)) {
      std::fill_n(line + x / 4, kAtOnce / 4, 0xffffffff);
      x += kAtOnce;
      continue;
    }
    const uint8_t* pixel = colours + 3 * x;
    if (pixel[0] != pixel[1] || pixel[0] != pixel[2]) return false;
    SET_DATA_BYTE(line, x, pixel[0]);
    ++x;
  }
  return true;
}

void colour_row(const uint8_t* colours, size_t width, l_uint32* line) {
  for (size_t x = 0; x < width;) {
    const uint8_t* pixel = colours + 3 * x;
    if (x + kAtOnce <= width && is_white(pixel)) {
      std::fill_n(line + x, kAtOnce, 0xffffff00);
      x += kAtOnce;
      continue;
    }
    line[x++] = uint32_t{pixel[0]} << L_RED_SHIFT | uint32_t{pixel[1]} << L_GREEN_SHIFT |
                uint32_t{pixel[2]} << L_BLUE_SHIFT;
  }
}

// Null at the first pixel that has a colour, or without memory.
Pix gray_pix(const PnmHeader& header, const uint8_t* raster) {
  const auto width = static_cast<size_t>(header.width);
  Pix pix(pixCreateNoInit(header.width, header.height, 8));
  for (int32_t y = 0; pix && y < header.height; ++y, raster += 3 * width) {
    if (!gray_row(raster, width, row_of(pix, y))) return {};
  }
  if (pix) pixSetPadBits(pix.get(), 0);
  return pix;
}

// Gray if all pixels are: a third of the memory, and of the work that follows.
Pix pix_of(const PnmHeader& header, const uint8_t* raster) {
  const auto width = static_cast<size_t>(header.width);
  if (header.channels == 3) {
    if (Pix gray = gray_pix(header, raster)) return gray;
  }
  Pix pix(pixCreateNoInit(header.width, header.height, header.channels == 3 ? 32 : 8));
  for (int32_t y = 0; pix && y < header.height; ++y) {
    l_uint32* line = row_of(pix, y);
    if (header.channels == 3) {
      colour_row(raster, width, line);
    } else {
      for (size_t x = 0; x < width; ++x) SET_DATA_BYTE(line, x, raster[x]);
    }
    raster += width * static_cast<size_t>(header.channels);
  }
  if (pix && header.channels == 1) pixSetPadBits(pix.get(), 0);
  return pix;
}

base::Result<Decoded> decode_render(std::string_view bytes, int32_t dpi) {
  Decoded decoded;
  const auto header = parse_pnm(bytes);
  if (!header) return damaged("the page could not be drawn");
  decoded.pix = pix_of(*header, reinterpret_cast<const uint8_t*>(bytes.data()) + header->raster);
  if (!decoded.pix) return Error{Code::limit, "not enough memory for the page"};
  decoded.stored_width = width_of(decoded.pix);
  decoded.stored_height = height_of(decoded.pix);
  decoded.dpi = dpi;
  return decoded;
}

base::Result<Decoded> decode_plain_file(Format format, std::string_view bytes, uint64_t cap) {
  const ImageHeader header = TRY(read_image_header(format, bytes));
  Decoded decoded;
  decoded.pix = TRY(decode_by(format, bytes, header, cap));
  if (!decoded.pix) return damaged("the image data are damaged");
  decoded.stored_width = static_cast<int32_t>(header.width);
  decoded.stored_height = static_cast<int32_t>(header.height);
  decoded.orientation = header.orientation;
  decoded.dpi = header.dpi;
  decoded.lossy = format == Format::jpeg || format == Format::webp || format == Format::jp2;
  const bool shown_as_is =
      format == Format::png || (format == Format::jpeg && header.channels != 4);
  decoded.shrunk = width_of(decoded.pix) != decoded.stored_width ||
                   height_of(decoded.pix) != decoded.stored_height;
  // Above the cap the stored bytes are too much for a browser as well.
  decoded.showable = shown_as_is && header.pixels() <= cap;
  return decoded;
}

}  // namespace

base::Result<uint32_t> count_images(std::string_view format, std::string_view bytes) {
  if (format != name_of(Format::tiff)) return uint32_t{1};
  const size_t count = tiff_directories(bytes).size();
  if (count == 0) return damaged("the TIFF holds no image");
  return static_cast<uint32_t>(count);
}

base::Result<Decoded> decode_image(const PageRequest& request, std::string_view bytes) {
  Decoded decoded;
  if (request.format == "pnm") {
    decoded = TRY(decode_render(bytes, request.dpi));
  } else {
    const auto format = format_named(request.format);
    if (!format) return Error{Code::denied, "not an image"};
    decoded = *format == Format::tiff ? TRY(decode_tiff(bytes, request.index, request.max_pixels))
                                      : TRY(decode_plain_file(*format, bytes, request.max_pixels));
  }
  if (request.format != "pnm") decoded.pix = plain(std::move(decoded.pix));
  if (!decoded.pix) return damaged("the image data are damaged");
  return decoded;
}

// TIFF 6.0: 2 mirrored; 3 turned; 4 both; 6 and 8 to be turned clockwise by 90 and 270; 5 and 7 to
// be mirrored and then turned by 270 and 90.
Pix oriented(Pix pix, int32_t orientation) {
  static constexpr int kQuarters[] = {0, 0, 0, 2, 2, 3, 1, 1, 3};
  if (orientation < 2 || orientation > 8) return pix;
  if (orientation == 2 || orientation == 4 || orientation == 5 || orientation == 7) {
    pixFlipLR(pix.get(), pix.get());
  }
  const int quarters = kQuarters[orientation];
  return quarters == 0 ? std::move(pix) : Pix(pixRotateOrth(pix.get(), quarters));
}

}  // namespace ocr::detail
