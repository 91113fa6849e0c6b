#include "ocr/detail/preprocess.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <opencv2/imgproc.hpp>
#include <vector>

namespace ocr::detail {
namespace {

constexpr double kMostPixels = 40e6;
constexpr double kEnoughPixels = 5e6;  // beyond it enlarging costs more than it brings
constexpr double kLeastAngle = 0.15;   // degrees; below it turning costs more than it brings
constexpr double kLeastConfidence = 2.5;
constexpr size_t kFewGlyphs = 20;
constexpr double kMostInk = 0.25;
constexpr double kSpeckShare = 0.0005;  // of the pixels: dust that makes no page
constexpr int kLeastContrast = 24;      // of 255

Pix binarized(const Pix& gray, int tile) {
  Pix out;
  pixOtsuAdaptiveThreshold(gray.get(), tile, tile, 0, 0, 0.1F, nullptr, out.out());
  return out;
}

Pix evened(const Pix& gray) {
  return Pix(pixBackgroundNorm(gray.get(), nullptr, nullptr, 10, 15, 60, 50, 200, 2, 1));
}

// leptonica keeps pixels in 32-bit words, most significant byte first: swapped, its rows are
// plain bytes, which OpenCV takes with a stride.
cv::Mat view_of(const Pix& gray) {
  return cv::Mat(height_of(gray), width_of(gray), CV_8UC1, pixGetData(gray.get()),
                 static_cast<size_t>(pixGetWpl(gray.get())) * 4);
}

Pix scaled(const Pix& gray, int width, int height, bool up) {
  Pix out(pixCreate(width, height, 8));
  Pix in(pixCopy(nullptr, gray.get()));
  if (!out || !in) return {};
  pixEndianByteSwap(in.get());
  cv::Mat target = view_of(out);
  cv::resize(view_of(in), target, target.size(), 0, 0, up ? cv::INTER_CUBIC : cv::INTER_AREA);
  pixEndianByteSwap(out.get());
  return out;
}

double scale_for(const Pix& gray, const Recipe& recipe) {
  if (recipe.glyph_height <= 0) return 1;
  const double height = glyph_height(gray);
  if (height <= 0) return 1;
  double scale = std::clamp(recipe.glyph_height / height, 0.5, recipe.most_scale);
  if (scale > 0.85 && scale < 1.15) scale = 1;
  const double pixels = static_cast<double>(width_of(gray)) * height_of(gray);
  if (scale > 1) scale = std::clamp(std::sqrt(kEnoughPixels / pixels), 1.0, scale);
  return std::min(scale, std::sqrt(kMostPixels / pixels));
}

// Clockwise degrees by which the image must be turned; 0 if in doubt.
double skew_of(const Pix& gray) {
  const Pix binary = binarized(gray, 2000);
  l_float32 angle = 0;
  l_float32 confidence = 0;
  if (!binary ||
      pixFindSkewSweepAndSearch(binary.get(), &angle, &confidence, 4, 2, 8.0F, 1.0F, 0.02F) != 0) {
    return 0;
  }
  return confidence > kLeastConfidence && std::fabs(angle) > kLeastAngle ? angle : 0;
}

struct Spot {
  double x;
  double y;
};

Spot turned_back(Spot spot, const Shape& shape) {
  const double cx = shape.scaled_width / 2.0;
  const double cy = shape.scaled_height / 2.0;
  const double cosine = std::cos(shape.angle);
  const double sine = std::sin(shape.angle);
  const double dx = spot.x - cx;
  const double dy = spot.y - cy;
  return {cx + dx * cosine + dy * sine, cy - dx * sine + dy * cosine};
}

}  // namespace

bool is_blank(const Pix& gray) {
  constexpr int kSampled = 3;  // every so manieth pixel, across and down
  std::array<uint32_t, 256> counts = {};
  uint32_t total = 0;
  const auto words = static_cast<size_t>(pixGetWpl(gray.get()));
  for (int y = 0; y < height_of(gray); y += kSampled) {
    const l_uint32* row = pixGetData(gray.get()) + static_cast<size_t>(y) * words;
    for (int x = 0; x < width_of(gray); x += kSampled, ++total) ++counts[GET_DATA_BYTE(row, x)];
  }
  const auto level_at = [&](double share) {
    double sum = 0;
    size_t level = 0;
    while (level < 255 && (sum += counts[level]) <= share * total) ++level;
    return static_cast<int>(level);
  };
  return level_at(1 - kSpeckShare) - level_at(kSpeckShare) < kLeastContrast;
}

cv::Mat mat_of(const Pix& gray) {
  const l_int32 words = pixGetWpl(gray.get());
  cv::Mat whole(height_of(gray), 4 * words, CV_8UC1);
  for (int y = 0; y < whole.rows; ++y) {
    const l_uint32* from =
        pixGetData(gray.get()) + static_cast<size_t>(y) * static_cast<size_t>(words);
    auto* to = whole.ptr<uint8_t>(y);
    for (l_int32 i = 0; i < words; ++i) {
      const uint32_t swapped = __builtin_bswap32(from[i]);
      std::memcpy(to + 4 * static_cast<ptrdiff_t>(i), &swapped, sizeof(swapped));
    }
  }
  return whole.colRange(0, width_of(gray));
}

double glyph_height(const Pix& gray) {
  const Pix binary = binarized(gray, 400);
  if (!binary) return 0;
  l_int32 ink = 0;
  pixCountPixels(binary.get(), &ink, nullptr);
  const double area = static_cast<double>(width_of(gray)) * height_of(gray);
  // More than letters ever cover: the paper's own grain was taken for ink.
  if (ink > kMostInk * area) return 0;
  const Boxes boxes(pixConnCompBB(binary.get(), 8));
  if (!boxes) return 0;
  std::vector<int> heights;
  for (l_int32 i = 0; i < boxaGetCount(boxes.get()); ++i) {
    l_int32 x, y, w, h;
    boxaGetBoxGeometry(boxes.get(), i, &x, &y, &w, &h);
    if (h >= 5 && h <= 120 && w >= 2 && w * 4 >= h && w <= 4 * h) heights.push_back(h);
  }
  if (heights.size() < kFewGlyphs) return 0;
  const auto middle = heights.begin() + static_cast<ptrdiff_t>(heights.size() / 2);
  std::nth_element(heights.begin(), middle, heights.end());
  return *middle;
}

Prepared prepare(const Pix& gray, const Recipe& recipe) {
  Prepared out;
  out.shape.width = width_of(gray);
  out.shape.height = height_of(gray);
  if (recipe.even_background) out.pix = evened(gray);
  if (!out.pix) out.pix = Pix(pixClone(gray.get()));
  const double scale = scale_for(out.pix, recipe);
  const int width = std::max(3, static_cast<int>(std::lround(out.shape.width * scale)));
  const int height = std::max(3, static_cast<int>(std::lround(out.shape.height * scale)));
  if (scale != 1) {
    if (Pix resized = scaled(out.pix, width, height, scale > 1)) {
      out.pix = std::move(resized);
      out.shape.scale = scale;
    }
  }
  out.shape.scaled_width = width_of(out.pix);
  out.shape.scaled_height = height_of(out.pix);
  const double degrees = recipe.deskew ? skew_of(out.pix) : 0;
  if (degrees != 0) {
    const double radians = degrees * M_PI / 180;
    if (Pix straight =
            Pix(pixRotateAM(out.pix.get(), static_cast<l_float32>(radians), L_BRING_IN_WHITE))) {
      out.pix = std::move(straight);
      out.shape.angle = radians;
    }
  }
  return out;
}

// A word keeps its width, and grows in height by what its slope covers: the four corners' bounding
// box would be wider than the ink.
corpus::Box to_original(const corpus::Box& box, const Shape& shape) {
  const Spot centre = turned_back({(box.x0 + box.x1) / 2.0, (box.y0 + box.y1) / 2.0}, shape);
  const double half_width = box.width() / 2.0;
  const double half_height = (box.height() + box.width() * std::fabs(std::sin(shape.angle))) / 2.0;
  const double sx = static_cast<double>(shape.width) / shape.scaled_width;
  const double sy = static_cast<double>(shape.height) / shape.scaled_height;
  const auto within = [](double value, int32_t most) {
    return static_cast<int32_t>(std::clamp<double>(value, 0, most));
  };
  return {within(std::floor((centre.x - half_width) * sx + 0.25), shape.width),
          within(std::floor((centre.y - half_height) * sy + 0.25), shape.height),
          within(std::ceil((centre.x + half_width) * sx - 0.25), shape.width),
          within(std::ceil((centre.y + half_height) * sy - 0.25), shape.height)};
}

}  // namespace ocr::detail
