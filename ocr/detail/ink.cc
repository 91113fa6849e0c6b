#include "ocr/detail/ink.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "ocr/detail/preprocess.h"

namespace ocr::detail {
namespace {

constexpr double kUnit = 12;          // pixels that letters are brought to
constexpr double kUsualWidth = 1240;  // of a page whose letters cannot be told: A4 at 150 dpi
constexpr double kMostScale = 1.6;
constexpr double kMostPixels = 5e6;
constexpr double kContrastShare = 0.2;  // of the page's contrast, darker than around: ink
constexpr int kLeastContrast = 12;
constexpr int32_t kSomewhatSure = 300;  // of 1000
constexpr size_t kFewLetters = 40;
constexpr double kLetterShare = 0.72;  // of a word's height: the middle height of its letters
constexpr int kColourful = 24;         // of 255; scans of gray paper have less

// leptonica's 32-bit pixels are red, green, blue, nothing from the highest byte down.
cv::Mat colour_of(const Pix& page, const cv::Size& size) {
  if (depth_of(page) != 32) return {};
  const cv::Mat whole(height_of(page), width_of(page), CV_8UC4, pixGetData(page.get()),
                      static_cast<size_t>(pixGetWpl(page.get())) * 4);
  cv::Mat small;
  cv::resize(whole, small, size, 0, 0, cv::INTER_AREA);
  std::vector<cv::Mat> channels;
  cv::split(small, channels);
  cv::Mat most, least;
  cv::max(channels[1], channels[2], most);
  cv::max(most, channels[3], most);
  cv::min(channels[1], channels[2], least);
  cv::min(least, channels[3], least);
  cv::Mat colour = most - least;
  cv::Mat strong;
  cv::compare(colour, kColourful, strong, cv::CMP_GT);
  return cv::countNonZero(strong) == 0 ? cv::Mat() : colour;
}

int level_at(const cv::Mat& gray, double share) {
  std::array<size_t, 256> counts = {};
  for (int y = 0; y < gray.rows; y += 2) {
    const uint8_t* row = gray.ptr<uint8_t>(y);
    for (int x = 0; x < gray.cols; x += 2) ++counts[row[x]];
  }
  size_t total = 0;
  for (const size_t count : counts) total += count;
  size_t sum = 0;
  for (size_t level = 0; level < counts.size(); ++level) {
    if ((sum += counts[level]) > static_cast<size_t>(share * static_cast<double>(total))) {
      return static_cast<int>(level);
    }
  }
  return 255;
}

}  // namespace

corpus::Box Ink::on_page(const cv::Rect& box) const {
  const auto down = [&](int v) { return static_cast<int32_t>(std::floor(v / scale)); };
  const auto up = [&](int v) { return static_cast<int32_t>(std::ceil(v / scale)); };
  return {down(box.x), down(box.y), up(box.x + box.width), up(box.y + box.height)};
}

double letter_height(const std::vector<corpus::Word>& words) {
  std::vector<int32_t> heights;  // one for each letter
  for (const corpus::Word& word : words) {
    if (word.confidence < kSomewhatSure || word.text.size() < 2) continue;
    heights.insert(heights.end(), word.text.size(), word.box.height());
  }
  if (heights.size() < kFewLetters) return 0;
  const auto middle = heights.begin() + static_cast<ptrdiff_t>(heights.size() / 2);
  std::nth_element(heights.begin(), middle, heights.end());
  return kLetterShare * *middle;
}

Ink ink_of(const Pix& page, const std::vector<corpus::Word>& words) {
  Ink ink;
  const Pix gray = gray_of(page);
  if (!gray) return ink;
  double glyph = letter_height(words);  // else from the ink; 0: it cannot be told
  if (glyph == 0) glyph = glyph_height(gray);
  const double wanted = glyph > 0 ? kUnit / glyph : kUsualWidth / width_of(page);
  const double pixels = static_cast<double>(width_of(page)) * height_of(page);
  ink.scale = std::min({wanted, kMostScale, std::sqrt(kMostPixels / pixels)});
  const cv::Size size(static_cast<int>(std::lround(width_of(page) * ink.scale)),
                      static_cast<int>(std::lround(height_of(page) * ink.scale)));
  ink.unit = glyph > 0 ? glyph * ink.scale : kUnit;
  if (size.width < 3 * ink.unit || size.height < 3 * ink.unit) return ink;
  cv::resize(mat_of(gray), ink.gray, size, 0, 0, ink.scale < 1 ? cv::INTER_AREA : cv::INTER_CUBIC);
  ink.colour = colour_of(page, size);
  ink.mask = ink_mask(ink.gray, ink.unit);
  return ink;
}

cv::Mat ink_mask(const cv::Mat& gray, double unit) {
  const int contrast = level_at(gray, 0.6) - level_at(gray, 0.005);
  const int darker = std::max(kLeastContrast, static_cast<int>(kContrastShare * contrast));
  const int side = static_cast<int>(4 * unit) | 1;
  cv::Mat around;
  cv::boxFilter(gray, around, -1, {side, side}, {-1, -1}, true, cv::BORDER_REPLICATE);
  cv::Mat mask = around - gray > darker;
  return mask / 255;
}

std::vector<SeenText> seen_text(const Ink& ink, const std::vector<corpus::Word>& words) {
  std::vector<SeenText> out;
  for (size_t i = 0; i < words.size(); ++i) {
    const corpus::Box& box = words[i].box;
    const auto scaled = [&](int32_t v) { return static_cast<int>(std::lround(v * ink.scale)); };
    // Characters, as a UTF-8 text begins them.
    const auto letters = std::count_if(words[i].text.begin(), words[i].text.end(),
                                       [](char c) { return (c & 0xc0) != 0x80; });
    out.push_back({{scaled(box.x0), scaled(box.y0), std::max(1, scaled(box.width())),
                    std::max(1, scaled(box.height()))},
                   words[i].confidence / 1000.0,
                   static_cast<size_t>(letters),
                   i});
  }
  return out;
}

Coverage::Coverage(const cv::Mat& mask) : page_(0, 0, mask.cols, mask.rows) {
  cv::integral(mask, sums_, CV_32S);
}

int Coverage::count(const cv::Rect& area) const {
  const cv::Rect on = area & page_;
  if (on.empty()) return 0;
  const auto at = [&](int x, int y) { return sums_.at<int>(y, x); };
  const int x1 = on.x + on.width, y1 = on.y + on.height;
  return at(x1, y1) - at(on.x, y1) - at(x1, on.y) + at(on.x, on.y);
}

double Coverage::share(const cv::Rect& area) const {
  return area.area() <= 0 ? 0 : static_cast<double>(count(area)) / area.area();
}

// A row's ink is what its sums grow by, so each row's are fetched once.
std::vector<bool> Coverage::whole_rows(int x0, int x1, const cv::Range& rows, double share) const {
  std::vector<bool> out(static_cast<size_t>(rows.size()));
  const int left = std::clamp(x0, 0, page_.width), right = std::clamp(x1, 0, page_.width);
  const auto above = [&](int y) {
    const int* sums = sums_.ptr<int>(y);
    return sums[right] - sums[left];
  };
  const int first = std::max(rows.start, 0), end = std::min(rows.end, page_.height);
  if (first >= end || x0 >= x1) return out;
  for (int y = first, before = above(y); y < end; ++y) {
    const int after = above(y + 1);
    out[static_cast<size_t>(y - rows.start)] = after - before >= share * (x1 - x0);
    before = after;
  }
  return out;
}

}  // namespace ocr::detail
