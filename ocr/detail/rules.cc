#include "ocr/detail/rules.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "ocr/detail/ink.h"
#include "ocr/detail/pieces.h"

namespace ocr::detail {
namespace {

constexpr double kUsualGlyph = 20;  // pixels, where the page does not tell
constexpr double kSeenGlyph = 12;   // rules are looked for where letters are no higher
// In heights of letters.
constexpr double kLevel = 8;    // touching letters of a bad scan are shorter
constexpr double kUpright = 7;  // a headline's letters are shorter
constexpr double kThickest = 0.4;
constexpr double kSoft = 0.5;  // pixels, where rules are looked for: how far they may reach

int odd_above(double at_least) {
  return 2 * static_cast<int>(std::ceil(at_least / 2)) + 1;
}

enum class Direction { level, upright };

// The page's part in which a rule, seen at `scale`, lies, with some paper around.
cv::Rect part_of(const cv::Mat& page, const cv::Rect& rule, double scale, int around) {
  const auto below = [&](int v) { return static_cast<int>(std::floor(v / scale)) - around; };
  const auto above = [&](int v) { return static_cast<int>(std::ceil(v / scale)) + around; };
  const cv::Point from(below(rule.x), below(rule.y));
  const cv::Point to(above(rule.x + rule.width), above(rule.y + rule.height));
  return cv::Rect(from, to) & cv::Rect(cv::Point(), page.size());
}

// What is dark and as thin across as the rule becomes as light as what is beside it. Strokes that
// cross the rule are longer in that direction: they stay.
cv::Mat without(const cv::Mat& mask, Direction direction, double unit, double scale,
                const cv::Mat& gray) {
  if (cv::countNonZero(mask) == 0) return gray;
  const Pieces rules = pieces_of(mask);
  cv::Mat page = gray.clone();

  for (const Piece& rule : rules.list) {
    const bool level = direction == Direction::level;
    const int length = level ? rule.box.width : rule.box.height;
    const double thickness = static_cast<double>(rule.area) / length;
    if (thickness > kThickest * unit) continue;
    const int across = odd_above((thickness + kSoft) / scale + 2);
    const cv::Rect part = part_of(page, rule.box, scale, across + 1);
    cv::Mat where(part.size(), CV_8U, cv::Scalar(0)), filled;
    const cv::Mat shape = rules.labels(rule.box) == rule.label;
    const double middle = (scale - 1) / 2;  // of a pixel, here and there
    const cv::Matx23d to_rules(scale, 0, part.x * scale - rule.box.x + middle,  //
                               0, scale, part.y * scale - rule.box.y + middle);
    cv::warpAffine(shape, where, to_rules, where.size(), cv::INTER_NEAREST | cv::WARP_INVERSE_MAP);
    const int edge = odd_above(2 * kSoft / scale);
    cv::dilate(where, where, cv::getStructuringElement(cv::MORPH_RECT, {edge, edge}));
    const cv::Size reach = level ? cv::Size(1, across) : cv::Size(across, 1);
    cv::morphologyEx(page(part), filled, cv::MORPH_CLOSE,
                     cv::getStructuringElement(cv::MORPH_RECT, reach));
    filled.copyTo(page(part), where);
  }
  return page;
}

}  // namespace

Unruled without_rules(const cv::Mat& gray, double glyph_height) {
  const double glyph = glyph_height > 0 ? glyph_height : kUsualGlyph;
  const double scale = std::min(1.0, kSeenGlyph / glyph);
  cv::Mat seen = gray;
  if (scale < 1) cv::resize(gray, seen, {}, scale, scale, cv::INTER_AREA);
  const double unit = glyph * scale;
  const cv::Mat mask = ink_mask(seen, unit);
  // Lines are found a pixel thicker on both sides: only their ink is meant.
  const cv::Mat level = mask & horizontal_lines(mask, static_cast<int>(std::ceil(kLevel * unit)));
  const cv::Mat upright = mask & vertical_lines(mask, static_cast<int>(std::ceil(kUpright * unit)));
  Unruled out;
  out.without_upright = without(upright, Direction::upright, unit, scale, gray);
  out.without_any = without(level, Direction::level, unit, scale, out.without_upright);
  return out;
}

}  // namespace ocr::detail
