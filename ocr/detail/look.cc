#include "ocr/detail/look.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "ocr/detail/preprocess.h"

namespace ocr::detail {
namespace {

constexpr int kLongSide = 512;        // the page is looked at in this size
constexpr int kCells = 96;            // the sheet, or its content, as so many by so many cells
constexpr int kFrequencies = 16;      // each way; the constant one is left out
constexpr double kPaperShare = 0.6;   // of pixels that are as light as paper or darker
constexpr double kInkShare = 0.005;   // the darkest
constexpr double kLeastInk = 0.15;    // of the contrast; less is the paper's grain
constexpr int kLeastContrast = 24;    // of 255
constexpr double kEnoughInk = 0.001;  // of the sheet
constexpr double kOuterShare = 0.05;  // of the ink, on each side of what counts as the middle
constexpr double kMargin = 0.1;       // around the middle, of its size

// Values from 0 to 1 in rows.
struct Field {
  int width = 0;
  int height = 0;
  std::vector<double> values;

  double at(int x, int y) const { return values[static_cast<size_t>(y) * width + x]; }
};

struct Frame {
  double x0 = 0, y0 = 0, x1 = 0, y1 = 0;
};

// OpenCV averages areas several times as fast as leptonica.
Pix scaled_down(const Pix& gray, float scale) {
  const cv::Size size(static_cast<int>(std::lround(width_of(gray) * scale)),
                      static_cast<int>(std::lround(height_of(gray) * scale)));
  if (size.empty()) return {};
  cv::Mat small;
  cv::resize(mat_of(gray), small, size, 0, 0, cv::INTER_AREA);
  Pix out(pixCreate(size.width, size.height, 8));
  for (int y = 0; out && y < size.height; ++y) {
    l_uint32* line = row_of(out, y);
    const auto* pixels = small.ptr<uint8_t>(y);
    for (int x = 0; x < size.width; ++x) SET_DATA_BYTE(line, x, pixels[x]);
  }
  return out;
}

Pix reduced(const Pix& page, int32_t skew) {
  const Pix gray = depth_of(page) == 1 ? Pix(pixScaleToGray2(page.get())) : gray_of(page);
  if (!gray) return {};
  const float scale =
      static_cast<float>(kLongSide) / static_cast<float>(std::max(width_of(gray), height_of(gray)));
  Pix small = scale < 1 ? scaled_down(gray, scale) : Pix(pixClone(gray.get()));
  if (!small || skew == 0) return small;
  const auto radians = static_cast<float>(-skew / 100.0 * M_PI / 180);
  return Pix(pixRotate(small.get(), radians, L_ROTATE_AREA_MAP, L_BRING_IN_WHITE, 0, 0));
}

// The level below which `share` of the pixels lie.
int level_at(const std::array<uint64_t, 256>& levels, double share, uint64_t pixels) {
  const auto wanted = static_cast<uint64_t>(share * static_cast<double>(pixels));
  uint64_t sum = 0;
  for (int i = 0; i < 256; ++i) {
    if ((sum += levels[static_cast<size_t>(i)]) > wanted) return i;
  }
  return 255;
}

// How much ink each pixel has, whatever the grey of paper and print. Empty: there is none.
Field ink_of(const Pix& gray) {
  Field ink{width_of(gray), height_of(gray), {}};
  std::vector<uint8_t> pixels;
  std::array<uint64_t, 256> levels = {};
  const auto words = static_cast<size_t>(pixGetWpl(gray.get()));
  for (int y = 0; y < ink.height; ++y) {
    const l_uint32* row = pixGetData(gray.get()) + static_cast<size_t>(y) * words;
    for (int x = 0; x < ink.width; ++x) {
      pixels.push_back(static_cast<uint8_t>(GET_DATA_BYTE(row, x)));
      ++levels[pixels.back()];
    }
  }
  const int paper = level_at(levels, kPaperShare, pixels.size());
  const int contrast = paper - level_at(levels, kInkShare, pixels.size());
  if (contrast < kLeastContrast) return {};
  double sum = 0;
  for (const uint8_t pixel : pixels) {
    const double value = std::min(1.0, static_cast<double>(paper - pixel) / contrast);
    ink.values.push_back(value < kLeastInk ? 0 : value);
    sum += ink.values.back();
  }
  return sum < kEnoughInk * static_cast<double>(pixels.size()) ? Field() : ink;
}

// Cuts off what is above the median of those that have any: a stamp, a photograph or a table's
// black head shall not outweigh a page of letters.
void level_out(std::vector<double>& values, double least) {
  std::vector<double> some;
  std::copy_if(values.begin(), values.end(), std::back_inserter(some),
               [&](double value) { return value > least; });
  if (some.empty()) return;
  const auto middle = some.begin() + static_cast<std::ptrdiff_t>(some.size() / 2);
  std::nth_element(some.begin(), middle, some.end());
  for (double& value : values) value = std::min(value, *middle);
}

// Where the given share of a profile lies, between its cells.
double place_of(const std::vector<double>& profile, double share) {
  double total = 0;
  for (const double value : profile) total += value;
  double wanted = share * total;
  for (size_t i = 0; i < profile.size(); ++i) {
    if (profile[i] > 0 && wanted <= profile[i]) return static_cast<double>(i) + wanted / profile[i];
    wanted -= profile[i];
  }
  return static_cast<double>(profile.size());
}

std::pair<double, double> middle_of(std::vector<double> profile) {
  level_out(profile, 0.5);
  const double low = place_of(profile, kOuterShare);
  const double high = place_of(profile, 1 - kOuterShare);
  const double margin = std::max(4.0, (high - low) * kMargin);
  return {low - margin, high + margin};
}

Frame content_of(const Field& ink) {
  std::vector<double> columns(static_cast<size_t>(ink.width));
  std::vector<double> rows(static_cast<size_t>(ink.height));
  for (int y = 0; y < ink.height; ++y) {
    for (int x = 0; x < ink.width; ++x) {
      columns[static_cast<size_t>(x)] += ink.at(x, y);
      rows[static_cast<size_t>(y)] += ink.at(x, y);
    }
  }
  const auto [x0, x1] = middle_of(std::move(columns));
  const auto [y0, y1] = middle_of(std::move(rows));
  return {x0, y0, x1, y1};
}

// Sums over rectangles with corners between pixels (Crow 1984).
class SummedArea {
 public:
  explicit SummedArea(const Field& field) : width_(field.width + 1), height_(field.height + 1) {
    sums_.resize(static_cast<size_t>(width_) * height_);
    for (int y = 1; y < height_; ++y) {
      double row = 0;
      for (int x = 1; x < width_; ++x) {
        row += field.at(x - 1, y - 1);
        sum(x, y) = sum(x, y - 1) + row;
      }
    }
  }

  double mean(const Frame& cell) const {
    const double total =
        at(cell.x1, cell.y1) - at(cell.x0, cell.y1) - at(cell.x1, cell.y0) + at(cell.x0, cell.y0);
    return total / ((cell.x1 - cell.x0) * (cell.y1 - cell.y0));
  }

 private:
  double& sum(int x, int y) { return sums_[static_cast<size_t>(y) * width_ + x]; }
  double sum(int x, int y) const { return sums_[static_cast<size_t>(y) * width_ + x]; }

  double at(double x, double y) const {
    x = std::clamp(x, 0.0, width_ - 1.0);
    y = std::clamp(y, 0.0, height_ - 1.0);
    const int left = std::min(static_cast<int>(x), width_ - 2);
    const int top = std::min(static_cast<int>(y), height_ - 2);
    const double right = x - left, down = y - top;
    return (1 - down) * ((1 - right) * sum(left, top) + right * sum(left + 1, top)) +
           down * ((1 - right) * sum(left, top + 1) + right * sum(left + 1, top + 1));
  }

  int width_;
  int height_;
  std::vector<double> sums_;
};

Field cells_of(const SummedArea& area, const Frame& frame) {
  Field cells{kCells, kCells, {}};
  const double width = (frame.x1 - frame.x0) / kCells;
  const double height = (frame.y1 - frame.y0) / kCells;
  for (int y = 0; y < kCells; ++y) {
    for (int x = 0; x < kCells; ++x) {
      const double left = frame.x0 + x * width, top = frame.y0 + y * height;
      cells.values.push_back(area.mean({left, top, left + width, top + height}));
    }
  }
  level_out(cells.values, 0.01);
  return cells;
}

// Cosines of the type-II transform, [frequency - 1][cell].
const std::array<std::array<double, kCells>, kFrequencies>& cosines() {
  static const auto table = [] {
    std::array<std::array<double, kCells>, kFrequencies> out = {};
    for (int k = 0; k < kFrequencies; ++k) {
      for (int i = 0; i < kCells; ++i) {
        out[static_cast<size_t>(k)][static_cast<size_t>(i)] =
            std::cos(M_PI * (i + 0.5) * (k + 1) / kCells);
      }
    }
    return out;
  }();
  return table;
}

std::vector<double> frequencies_of(const Field& cells) {
  std::array<std::array<double, kCells>, kFrequencies> by_row = {};
  for (size_t k = 0; k < kFrequencies; ++k) {
    for (int y = 0; y < kCells; ++y) {
      double sum = 0;
      for (int x = 0; x < kCells; ++x) sum += cells.at(x, y) * cosines()[k][static_cast<size_t>(x)];
      by_row[k][static_cast<size_t>(y)] = sum;
    }
  }
  std::vector<double> all;
  for (size_t down = 0; down < kFrequencies; ++down) {
    for (const auto& row : by_row) {
      double sum = 0;
      for (size_t y = 0; y < kCells; ++y) sum += row[y] * cosines()[down][y];
      all.push_back(sum);
    }
  }
  return all;
}

// A bit for each frequency: above the median or not, so that half of them are set.
corpus::PageLook::Bits bits_of(const Field& cells) {
  const std::vector<double> all = frequencies_of(cells);
  std::vector<double> sorted = all;
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
  std::nth_element(sorted.begin(), middle, sorted.end());
  corpus::PageLook::Bits bits;
  for (size_t i = 0; i < all.size(); ++i) {
    if (all[i] > *middle) bits.bytes[i / 8] |= static_cast<uint8_t>(1u << i % 8);
  }
  return bits;
}

}  // namespace

std::optional<corpus::PageLook> look_of(const Pix& page, int32_t skew) {
  const Pix gray = reduced(page, skew);
  if (!gray) return std::nullopt;
  const Field ink = ink_of(gray);
  if (ink.values.empty()) return std::nullopt;
  const SummedArea area(ink);
  const Frame sheet{0, 0, static_cast<double>(ink.width), static_cast<double>(ink.height)};
  corpus::PageLook look;
  look.sheet = bits_of(cells_of(area, sheet));
  look.content = bits_of(cells_of(area, content_of(ink)));
  return look;
}

}  // namespace ocr::detail
