#include "ocr/detail/encode.h"

#include <cstdlib>

namespace ocr::detail {
namespace {

constexpr int kJpegQuality = 85;
constexpr int kPngEffort = 4;  // of 9: beyond it pages shrink by a few percent at thrice the time
constexpr double kNoisyShare = 0.2;
constexpr int kThumbnailQuality = 70;
constexpr int32_t kMostSlender = 3;  // height to width

struct Buffer {
  l_uint8* data = nullptr;
  size_t size = 0;
  ~Buffer() { lept_free(data); }
  std::string text() const { return std::string(reinterpret_cast<const char*>(data), size); }
};

int level_at(const l_uint32* line, int x, int depth) {
  if (depth == 8) return static_cast<int>(GET_DATA_BYTE(line, x));
  return static_cast<int>(line[x] >> L_GREEN_SHIFT & 0xff);
}

// The image itself, or its upper part if it is very slender.
Pix upper_part(const Pix& image) {
  const int32_t tallest = width_of(image) * kMostSlender;
  if (height_of(image) <= tallest) return Pix(pixClone(image.get()));
  BOX* top = boxCreate(0, 0, width_of(image), tallest);
  Pix out(pixClipRectangle(image.get(), top, nullptr));
  boxDestroy(&top);
  return out;
}

}  // namespace

base::Result<std::string> encode_thumbnail(const Pix& image, int32_t width) {
  Pix small = upper_part(image);
  if (small && depth_of(small) == 1) small = Pix(pixConvertTo8(small.get(), 0));
  const float scale = small ? static_cast<float>(width) / static_cast<float>(width_of(small)) : 1;
  if (scale < 1) small = Pix(pixScaleAreaMap(small.get(), scale, scale));
  Buffer buffer;
  if (!small ||
      pixWriteMemJpeg(&buffer.data, &buffer.size, small.get(), kThumbnailQuality, 0) != 0) {
    return base::Error{base::Code::limit, "not enough memory for the small image"};
  }
  return buffer.text();
}

bool is_noisy(const Pix& image) {
  const int depth = depth_of(image);
  if (depth == 1) return false;
  const int width = width_of(image);
  size_t seen = 0;
  size_t little = 0;
  for (int y = 0; y < height_of(image); y += 7) {
    const l_uint32* line = pixGetData(image.get()) + size_t(y) * size_t(pixGetWpl(image.get()));
    int before = level_at(line, 0, depth);
    for (int x = 1; x < width; ++x) {
      const int level = level_at(line, x, depth);
      const int step = std::abs(level - before);
      little += step >= 1 && step <= 16 ? 1 : 0;
      before = level;
    }
    seen += static_cast<size_t>(width);
  }
  return static_cast<double>(little) > kNoisyShare * static_cast<double>(seen);
}

base::Result<Encoded> encode_canonical(const Pix& image, Pixels pixels, int32_t dpi) {
  pixSetResolution(image.get(), dpi, dpi);
  pixSetText(image.get(), nullptr);
  Buffer buffer;
  const bool as_jpeg = depth_of(image) > 1 && (pixels == Pixels::lossy || is_noisy(image));
  int status = 0;
  if (as_jpeg) {
    status = pixWriteMemJpeg(&buffer.data, &buffer.size, image.get(), kJpegQuality, 0);
  } else {
    pixSetZlibCompression(image.get(), kPngEffort);
    status = pixWriteMemPng(&buffer.data, &buffer.size, image.get(), 0);
  }
  if (status != 0 || buffer.size == 0) {
    return base::Error{base::Code::limit, "the page image could not be stored"};
  }
  return Encoded{buffer.text(), as_jpeg ? "image/jpeg" : "image/png"};
}

}  // namespace ocr::detail
