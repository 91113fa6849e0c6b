#include "ocr/detail/line_detector.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "base/file.h"
#include "ocr/detail/pieces.h"

namespace ocr::detail {
namespace {

constexpr int kMultiple = 32;       // the network halves the page five times
constexpr double kSeenGlyph = 14;   // pixels: letters of this height are easy to find
constexpr double kUsualGlyph = 20;  // where the page does not tell
constexpr double kMostSide = 1504;
constexpr double kLeastSide = 736;
constexpr double kMostEnlarged = 2;
constexpr double kCoarse = 0.7;      // of those sizes
constexpr float kText = 0.3F;        // a pixel of text
constexpr double kLeastScore = 0.5;  // of a strip, on average
constexpr int kLeastExtent = 3;      // pixels
constexpr int kLeastStep = 10;       // of 255, between neighbours: not paper alone
constexpr int kPaperAround = 32;     // pixels
constexpr double kUnclip = 1.6;      // the network marks the core of a line; its maker's figure

constexpr std::array<float, 3> kMeans = {0.485F, 0.456F, 0.406F};
constexpr std::array<float, 3> kDeviations = {0.229F, 0.224F, 0.225F};

double scale_for(cv::Size page, double glyph_height, bool coarse) {
  const double size = coarse ? kCoarse : 1;
  const double longest = std::max(page.width, page.height);
  const double glyph = glyph_height > 0 ? glyph_height : kUsualGlyph;
  const double wanted = size * std::min({kSeenGlyph / glyph, kMostEnlarged, kMostSide / longest});
  return std::max(wanted, std::min(1.0, size * kLeastSide / longest));
}

int padded(int side) {
  return (side + kMultiple - 1) / kMultiple * kMultiple;
}

// The part of the page with anything on it, and some paper around that: margins take a third of a
// letter's area, and of the network's time. On grainy paper that is the whole page; empty if there
// is nothing.
cv::Rect printed_part(const cv::Mat& page) {
  if (page.cols < 2) return {};
  cv::Mat steps, rows, columns;
  cv::absdiff(page.colRange(1, page.cols), page.colRange(0, page.cols - 1), steps);
  const cv::Mat edges = steps > kLeastStep;
  cv::reduce(edges, rows, 1, cv::REDUCE_SUM, CV_32S);
  cv::reduce(edges, columns, 0, cv::REDUCE_SUM, CV_32S);
  const auto inked = [](const cv::Mat& sums) {
    int first = 0;
    int last = static_cast<int>(sums.total());
    while (first < last && sums.at<int>(first) == 0) ++first;
    while (last > first && sums.at<int>(last - 1) == 0) --last;
    return cv::Range(first, last);
  };
  const cv::Range down = inked(rows);
  const cv::Range across = inked(columns);
  if (down.empty() || across.empty()) return {};
  // In whole steps of the network, which then sees what it would see on the whole page.
  const auto below = [](int at) { return std::max(0, at - kPaperAround) / kMultiple * kMultiple; };
  const cv::Point from(below(across.start), below(down.start));
  const cv::Point to(padded(across.end + kPaperAround), padded(down.end + kPaperAround));
  return cv::Rect(from, to) & cv::Rect(cv::Point(), page.size());
}

// Filled up with paper to the right and below.
Planes input_of(const cv::Mat& page) {
  Planes planes(3, padded(page.rows), padded(page.cols));
  for (int c = 0; c < 3; ++c) {
    const auto at = static_cast<size_t>(c);
    std::array<float, 256> levels;
    for (size_t i = 0; i < levels.size(); ++i) {
      levels[i] = (static_cast<float>(i) / 255 - kMeans[at]) / kDeviations[at];
    }
    std::fill(planes.at(c), planes.at(c) + planes.area(), levels[255]);
    for (int y = 0; y < page.rows; ++y) {
      const uint8_t* from = page.ptr<uint8_t>(y);
      float* to = planes.at(c) + static_cast<ptrdiff_t>(y) * planes.width();
      for (int x = 0; x < page.cols; ++x) to[x] = levels[from[x]];
    }
  }
  return planes;
}

// The strip around a patch of text, grown to what the network's maker meant by it.
Strip strip_of(const std::vector<cv::Point>& outline, double scale) {
  const cv::RotatedRect core = cv::minAreaRect(outline);
  double length = core.size.width + 1;
  double height = core.size.height + 1;
  double angle = core.angle * CV_PI / 180;
  if (length < height) {
    std::swap(length, height);
    angle += CV_PI / 2;
  }
  if (angle > CV_PI / 2) angle -= CV_PI;
  const double grown = kUnclip * length * height / (2 * (length + height));
  Strip strip;
  strip.centre = (cv::Point2d(core.center) + cv::Point2d(0.5, 0.5)) / scale;
  strip.angle = angle;
  strip.length = (length + 2 * grown) / scale;
  strip.height = (height + 2 * grown) / scale;
  return strip;
}

// The patches of text in the network's answer.
std::vector<Strip> strips_of(Planes& answer, double scale) {
  const cv::Mat chances(answer.height(), answer.width(), CV_32FC1, answer.at(0));
  const cv::Mat text = chances > kText;
  const Pieces patches = pieces_of(text, Touching::sides);
  std::vector<Strip> strips;
  for (const Piece& piece : patches.list) {
    const cv::Rect& box = piece.box;
    if (box.width < kLeastExtent || box.height < kLeastExtent) continue;
    const cv::Mat patch = patches.labels(box) == piece.label;
    const double score = cv::mean(chances(box), patch)[0];
    if (score < kLeastScore) continue;
    std::vector<std::vector<cv::Point>> outlines;
    cv::findContours(patch, outlines, cv::RETR_EXTERNAL, cv::CHAIN_APPROX_SIMPLE, box.tl());
    if (outlines.empty()) continue;
    strips.push_back(strip_of(outlines.front(), scale));
    strips.back().score = score;
  }
  return strips;
}

}  // namespace

base::Result<LineDetector> LineDetector::open(const std::string& path) {
  constexpr size_t kMost = size_t{64} << 20;
  const std::string bytes = TRY(base::read_file(path, kMost));
  Network network = TRY(Network::parse(bytes));
  if (network.channels_in() != 3 || network.channels_out() != 1) {
    return base::Error{base::Code::invalid, "this network does not detect lines"};
  }
  return LineDetector(std::move(network));
}

std::vector<Strip> LineDetector::find(const cv::Mat& gray, double glyph_height, bool coarse) const {
  const double scale = scale_for(gray.size(), glyph_height, coarse);
  const cv::Size size(std::max(1, static_cast<int>(std::lround(gray.cols * scale))),
                      std::max(1, static_cast<int>(std::lround(gray.rows * scale))));
  cv::Mat seen;
  cv::resize(gray, seen, size, 0, 0, scale < 0.7 ? cv::INTER_AREA : cv::INTER_LINEAR);
  const cv::Rect part = printed_part(seen);
  if (part.empty()) return {};
  Planes answer = network_.run(input_of(seen(part)));
  std::vector<Strip> strips = strips_of(answer, scale);
  for (Strip& strip : strips) strip.centre += cv::Point2d(part.tl()) / scale;
  return strips;
}

}  // namespace ocr::detail
