#include "ocr/detail/strip.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <opencv2/imgproc.hpp>

#include "ocr/detail/steps.h"

namespace ocr::detail {
namespace {

constexpr double kQuarter = CV_PI / 2;
constexpr double kSteep = CV_PI / 4;
constexpr double kPaperShare = 0.8;  // of a line's pixels are paper, or lighter than ink at least
constexpr int kInk = 180;            // darker: ink, once evened out
constexpr double kHair = 0.05;       // pixels: what a border may miss
constexpr double kDarkest = 0.02;    // of them: surely ink
constexpr double kLeastContrast = 0.06;  // below it there is nothing but grain
constexpr double kManyPixels = 1.3;      // of the page for one of a cutting
constexpr double kStandsAcross = 3;      // times as long as high: meant to stand across the page

// Into (-90, 90] degrees: a strip has no front end yet.
double folded(double angle) {
  while (angle > kQuarter) angle -= CV_PI;
  while (angle <= -kQuarter) angle += CV_PI;
  return angle;
}

cv::Point2d turned_point(cv::Point2d p, int quarters, cv::Size size) {
  for (int i = 0; i < quarters; ++i) {
    p = {size.height - p.y, p.x};
    std::swap(size.width, size.height);
  }
  return p;
}

double weighted_median(std::vector<std::pair<double, double>> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  double half = 0;
  for (const auto& [value, weight] : values) half += weight / 2;
  for (const auto& [value, weight] : values) {
    if ((half -= weight) <= 0) return value;
  }
  return values.back().first;
}

// The direction of the text at a place: what the nearest long strips say, the nearer the louder,
// and far ones only where there is nothing near.
double direction_at(cv::Point2d place, const std::vector<Strip>& guides, double reach) {
  double sum = 0;
  double weights = 0;
  for (const Strip& guide : guides) {
    const double dx = (guide.centre.x - place.x) / (4 * reach);
    const double dy = (guide.centre.y - place.y) / reach;
    const double weight = guide.length / (1 + (dx * dx + dy * dy) * (dx * dx + dy * dy));
    sum += weight * guide.angle;
    weights += weight;
  }
  return weights > 0 ? sum / weights : 0;
}

// A strip of unclear direction, laid along `angle`, still covering what it covered.
Strip laid_along(Strip strip, double angle) {
  const double by = strip.angle - angle;
  const double c = std::fabs(std::cos(by));
  const double s = std::fabs(std::sin(by));
  const double length = strip.length;
  const double height = strip.height;
  // Small turns keep the extent; a strip taken for standing changes its sides.
  if (s > c) {
    strip.length = height;
    strip.height = length;
  }
  strip.angle = angle;
  return strip;
}

// The gray level below which a share of the pixels lies.
int level_at(const cv::Mat& image, double share) {
  std::array<int, 256> counts = {};
  for (int y = 0; y < image.rows; ++y) {
    const uint8_t* row = image.ptr<uint8_t>(y);
    for (int x = 0; x < image.cols; ++x) ++counts[row[x]];
  }
  double left = share * static_cast<double>(image.total());
  int level = 0;
  while (level < 255 && (left -= counts[static_cast<size_t>(level)]) > 0) ++level;
  return level;
}

// Light letters on dark ground are turned into their negative.
void make_ink_dark(cv::Mat& text) {
  const int low = level_at(text, 0.05);
  const int high = level_at(text, 0.95);
  if (2 * level_at(text, 0.5) < low + high) text = 255 - text;
}

// Takes shading out along the line and lets ink be dark: what tesseract binarises is then alike
// from end to end. Gives the contrast that there was.
double even_out(cv::Mat& text) {
  const int step = 2 * text.rows;
  std::vector<double> paper;
  for (int x = 0; x < text.cols; x += step) {
    const int width = std::min(step, text.cols - x);
    if (width < text.rows / 2 && !paper.empty()) break;
    paper.push_back(std::max(1, level_at(text.colRange(x, x + width), kPaperShare)));
  }
  cv::Mat gains(1, text.cols, CV_32FC1);
  for (int x = 0; x < text.cols; ++x) {
    const double at =
        std::clamp((x - step / 2.0) / step, 0.0, static_cast<double>(paper.size()) - 1);
    const auto left = static_cast<size_t>(at);
    const size_t right = std::min(left + 1, paper.size() - 1);
    const double level = paper[left] + (paper[right] - paper[left]) * (at - std::floor(at));
    gains.at<float>(0, x) = static_cast<float>(255 / level);
  }
  for (int y = 0; y < text.rows; ++y) {
    uint8_t* row = text.ptr<uint8_t>(y);
    for (int x = 0; x < text.cols; ++x) {
      row[x] = cv::saturate_cast<uint8_t>(static_cast<float>(row[x]) * gains.at<float>(0, x));
    }
  }
  const int ink = level_at(text, kDarkest);
  const double contrast = (255 - ink) / 255.0;
  if (contrast > kLeastContrast) text.convertTo(text, -1, 1 / contrast, -ink / contrast);
  return contrast;
}

// Fills `out` with what lies on the page where `to_page` leads, `down` of its pixels for one. Where
// those are many they are averaged: letters would lose their thin strokes between them.
void resample(const cv::Mat& page, cv::Matx23d to_page, double down, cv::Mat& out) {
  const int finer = down > kManyPixels ? static_cast<int>(std::lround(down)) : 1;
  for (int i = 0; i < 2; ++i) {
    // Pixels are taken from their middles.
    to_page(i, 2) += (to_page(i, 0) + to_page(i, 1)) * 0.5 / finer - 0.5;
    to_page(i, 0) /= finer;
    to_page(i, 1) /= finer;
  }
  if (finer == 1) {
    cv::warpAffine(page, out, to_page, out.size(), cv::INTER_CUBIC | cv::WARP_INVERSE_MAP,
                   cv::BORDER_REPLICATE);
    return;
  }
  cv::Mat fine;
  cv::warpAffine(page, fine, to_page, out.size() * finer, cv::INTER_LINEAR | cv::WARP_INVERSE_MAP,
                 cv::BORDER_REPLICATE);
  cv::resize(fine, out, out.size(), 0, 0, cv::INTER_AREA);
}

}  // namespace

bool Strip::stands() const {
  return std::fabs(folded(angle)) > kSteep;
}

bool on_its_side(const std::vector<Strip>& strips) {
  double level = 0;
  double steep = 0;
  for (const Strip& strip : strips) {
    if (strip.length < 2 * strip.height) continue;
    (strip.stands() ? steep : level) += strip.length;
  }
  return steep > level;
}

std::vector<Strip> turned(std::vector<Strip> strips, int quarters, cv::Size size) {
  for (Strip& strip : strips) {
    strip.centre = turned_point(strip.centre, quarters, size);
    strip.angle = folded(strip.angle + quarters * kQuarter);
  }
  return strips;
}

std::vector<Strip> without_scraps(const std::vector<Strip>& strips) {
  constexpr double kMuch = 1.4;
  const auto holds = [](const Strip& strip, cv::Point2d place) {
    const cv::Point2d by = place - strip.centre;
    const double c = std::cos(strip.angle);
    const double s = std::sin(strip.angle);
    return 2 * std::fabs(by.x * c + by.y * s) < strip.length &&
           2 * std::fabs(by.y * c - by.x * s) < strip.height;
  };
  // Whether a place on the strip is taken by any that is much higher.
  const auto taken = [&](const Strip& strip, double along) {
    const cv::Point2d step(std::cos(strip.angle), std::sin(strip.angle));
    return std::any_of(strips.begin(), strips.end(), [&](const Strip& other) {
      return other.height > kMuch * strip.height && other.length > strip.length &&
             holds(other, strip.centre + step * (along * strip.length));
    });
  };
  std::vector<Strip> out;
  for (const Strip& strip : strips) {
    const int places = taken(strip, -0.3) + taken(strip, 0) + taken(strip, 0.3);
    if (places < 2) out.push_back(strip);
  }
  return out;
}

void part_neighbours(std::vector<Strip>& strips) {
  constexpr double kSameLine = 0.4;  // of the lower height: what their middles may be apart
  const auto shorten = [](Strip& strip, double by, cv::Point2d towards) {
    strip.length -= by;
    strip.centre += towards * (by / 2);
  };
  for (Strip& left : strips) {
    const cv::Point2d along(std::cos(left.angle), std::sin(left.angle));
    for (Strip& right : strips) {
      const cv::Point2d between = right.centre - left.centre;
      const double apart = between.dot(along);
      const double across = std::fabs(between.cross(along));
      const double shared = (left.length + right.length) / 2 - apart;
      if (apart <= 0 || left.stands() != right.stands() || shared <= 0 ||
          shared > std::min(left.length, right.length) / 2 ||
          across > kSameLine * std::min(left.height, right.height)) {
        continue;
      }
      shorten(left, shared / 2, -along);
      shorten(right, shared / 2, along);
    }
  }
}

double skew_of(const std::vector<Strip>& strips) {
  std::vector<std::pair<double, double>> angles;
  for (const Strip& strip : strips) {
    if (strip.tells_direction() && !strip.stands()) angles.emplace_back(strip.angle, strip.length);
  }
  return weighted_median(std::move(angles));
}

void align(std::vector<Strip>& strips) {
  const double skew = skew_of(strips);
  constexpr double kFar = 6 * CV_PI / 180;  // from the page's skew: not a line like the others
  std::vector<Strip> guides;
  std::vector<double> heights;
  for (const Strip& strip : strips) {
    heights.push_back(strip.height);
    if (strip.length > 6 * strip.height && std::fabs(strip.angle - skew) < kFar) {
      guides.push_back(strip);
    }
  }
  if (heights.empty()) return;
  std::nth_element(heights.begin(), heights.begin() + heights.size() / 2, heights.end());
  const double reach = 3 * heights[heights.size() / 2];
  for (Strip& strip : strips) {
    if (strip.stands() && strip.length > kStandsAcross * strip.height) continue;
    const double around = guides.empty() ? skew : direction_at(strip.centre, guides, reach);
    // The longer the strip, the more its own direction counts.
    const double own = strip.length / std::max(strip.height, 1.0);
    if (own > 10 && std::fabs(strip.angle - around) < kFar) continue;
    strip = laid_along(strip, around);
  }
}

Cutting cut(const cv::Mat& page, const Strip& strip, int height, int border) {
  const double scale = std::max(strip.height, 1.0) / height;  // pixels of the page for one
  const int columns = std::max(1, static_cast<int>(std::lround(strip.length / scale)));
  const cv::Vec2d right(scale * std::cos(strip.angle), scale * std::sin(strip.angle));
  const cv::Vec2d below(-scale * std::sin(strip.angle), scale * std::cos(strip.angle));
  const auto to_page_from = [&](double x, double y) {  // the middle of the text
    return cv::Matx23d(right[0], below[0], strip.centre.x - right[0] * x - below[0] * y,  //
                       right[1], below[1], strip.centre.y - right[1] * x - below[1] * y);
  };
  Cutting out;
  out.to_page = to_page_from(border + columns / 2.0, border + height / 2.0);
  out.image = cv::Mat(height + 2 * border, columns + 2 * border, CV_8UC1, cv::Scalar(255));
  cv::Mat text = out.image(cv::Rect(border, border, columns, height));
  resample(page, to_page_from(columns / 2.0, height / 2.0), scale, text);
  if (does(ReadingStep::negative)) make_ink_dark(text);
  if (does(ReadingStep::shading)) out.contrast = even_out(text);
  return out;
}

cv::Rect ink_within(const Cutting& cutting, cv::Rect box) {
  box &= cv::Rect(cv::Point(), cutting.image.size());
  if (box.empty() || !does(ReadingStep::ink)) return box;
  const cv::Mat ink = cutting.image(box) < kInk;
  cv::Mat rows, columns;
  cv::reduce(ink, rows, 1, cv::REDUCE_SUM, CV_32S);
  cv::reduce(ink, columns, 0, cv::REDUCE_SUM, CV_32S);
  const auto trimmed = [](const cv::Mat& sums, int across) {
    const int least = 255 * std::max(1, across / 40);  // a speck is no ink
    int first = 0;
    int last = static_cast<int>(sums.total());
    while (first < last && sums.at<int>(first) < least) ++first;
    while (last > first && sums.at<int>(last - 1) < least) --last;
    return cv::Range(first, last);
  };
  const cv::Range down = trimmed(rows, box.width);
  const cv::Range across = trimmed(columns, 0);
  if (down.empty() || across.empty()) return box;
  return {box.x + across.start, box.y + down.start, across.size(), down.size()};
}

corpus::Box to_page(const cv::Rect& box, const Cutting& cutting, cv::Size page) {
  const cv::Matx23d& m = cutting.to_page;
  const cv::Point2d middle(box.x + box.width / 2.0, box.y + box.height / 2.0);
  const cv::Vec2d centre = m * cv::Vec3d(middle.x, middle.y, 1);
  const double along = std::hypot(m(0, 0), m(1, 0));
  const double width = box.width * along;
  const double height = box.height * std::hypot(m(0, 1), m(1, 1));
  const double cosine = std::fabs(m(0, 0)) / along;
  const double sine = std::fabs(m(1, 0)) / along;
  const double across = cosine >= sine ? width : height;
  const double down = cosine >= sine ? height + width * sine : width;
  const auto within = [](double value, int most) {
    return static_cast<int32_t>(std::clamp<double>(value, 0, most));
  };
  return {within(std::floor(centre[0] - across / 2 + kHair), page.width),
          within(std::floor(centre[1] - down / 2 + kHair), page.height),
          within(std::ceil(centre[0] + across / 2 - kHair), page.width),
          within(std::ceil(centre[1] + down / 2 - kHair), page.height)};
}

}  // namespace ocr::detail
