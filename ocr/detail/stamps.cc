#include "ocr/detail/stamps.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <opencv2/imgproc.hpp>

#include "ocr/detail/pieces.h"

namespace ocr::detail {
namespace {

// In units of the height of letters.
constexpr double kLeastSide = 5, kLargestSide = 45;
constexpr double kStraight = 2.5;   // degrees by which a form's own frames may lie askew
constexpr double kOnFrame = 0.75;   // of the outer points that lie on the frame
constexpr double kOnRing = 0.5;     // and on a ring, which may have met letters or a signature
constexpr double kWholeRing = 0.8;  // of the directions in which there is a part of it
constexpr int kDirections = 48;
constexpr int kFits = 6;              // of a ring, each to what lies near the one before
constexpr double kRule = 10;          // a line that long is no part of a ring or of a frame askew
constexpr double kSame = 0.5;         // of the smaller of two
constexpr double kHollow = 0.5;       // of the area at most is ink
constexpr double kColour = 40;        // of 255: an ink pad's, even when scanned pale
constexpr double kOfOneColour = 0.5;  // of its outer edge

double distance_to_sides(const cv::RotatedRect& box, const cv::Point& point) {
  const double angle = box.angle * M_PI / 180;
  const double dx = point.x - box.center.x, dy = point.y - box.center.y;
  const double u = std::fabs(dx * std::cos(angle) + dy * std::sin(angle));
  const double v = std::fabs(-dx * std::sin(angle) + dy * std::cos(angle));
  return std::min(std::fabs(box.size.width / 2 - u), std::fabs(box.size.height / 2 - v));
}

// The smallest turned rectangle around an outline.
struct Frame {
  double share = 0;  // of outer points on its sides
  double askew = 0;  // degrees
};

Frame frame_of(const std::vector<cv::Point>& outline, double near) {
  const cv::RotatedRect box = cv::minAreaRect(outline);
  const auto on = std::count_if(outline.begin(), outline.end(), [&](const cv::Point& point) {
    return distance_to_sides(box, point) < near;
  });
  const double turned = std::fmod(std::fabs(box.angle), 90.0);
  return {static_cast<double>(on) / static_cast<double>(outline.size()),
          std::min(turned, 90 - turned)};
}

// A circle fitted to an outline.
struct Ring {
  cv::Point2d centre;
  double radius = 0;
  double share = 0;  // of outer points on it
  double whole = 0;  // of directions in which there are some

  double off(const cv::Point& point) const {
    return std::fabs(std::hypot(point.x - centre.x, point.y - centre.y) - radius);
  }
  cv::Rect box() const {
    const cv::Point2d reach(radius, radius);
    return {cv::Point(centre - reach), cv::Point(centre + reach + cv::Point2d(1, 1))};
  }
};

// I. Kasa's least squares: x^2 + y^2 is linear in the centre, twice, and one number more.
Ring fitted(const std::vector<cv::Point>& points) {
  cv::Matx33d sums = cv::Matx33d::zeros();
  cv::Vec3d right(0, 0, 0);
  for (const cv::Point& point : points) {
    const cv::Vec3d row(point.x, point.y, 1);
    sums += row * row.t();
    right += row * (double{1} * point.x * point.x + double{1} * point.y * point.y);
  }
  const cv::Vec3d found = sums.solve(right, cv::DECOMP_SVD);
  Ring ring;
  ring.centre = {found[0] / 2, found[1] / 2};
  ring.radius = std::sqrt(std::max(0.0, found[2] + ring.centre.dot(ring.centre)));
  return ring;
}

// What the ring has met stands out of the outline: each fit leaves out what the one before missed.
Ring ring_of(const std::vector<cv::Point>& outline, double near) {
  std::vector<cv::Point> points = outline;
  Ring ring;
  for (int fit = 0; fit < kFits && points.size() > outline.size() / 4; ++fit) {
    ring = fitted(points);
    std::vector<double> off;
    for (const cv::Point& point : outline) off.push_back(ring.off(point));
    const auto middle = off.begin() + static_cast<ptrdiff_t>(off.size() / 2);
    std::nth_element(off.begin(), middle, off.end());
    const double most = std::max(near, *middle);
    points.clear();
    std::copy_if(outline.begin(), outline.end(), std::back_inserter(points),
                 [&](const cv::Point& point) { return ring.off(point) <= most; });
  }
  std::array<bool, kDirections> seen = {};
  for (const cv::Point& point : outline) {
    if (ring.off(point) >= near) continue;
    const double turn = std::atan2(point.y - ring.centre.y, point.x - ring.centre.x) / M_PI + 1;
    seen[static_cast<size_t>(turn / 2 * kDirections) % kDirections] = true;
    ring.share += 1 / static_cast<double>(outline.size());
  }
  ring.whole = static_cast<double>(std::count(seen.begin(), seen.end(), true)) / kDirections;
  return ring;
}

// Of the outer edge: what people wrote into a form's frame has a colour, the frame has none.
bool is_coloured(const Ink& ink, const std::vector<cv::Point>& outline, const cv::Point& corner) {
  if (ink.colour.empty()) return false;
  const auto strong = std::count_if(outline.begin(), outline.end(), [&](const cv::Point& point) {
    return ink.colour.at<uint8_t>(point + corner) > kColour;
  });
  return static_cast<double>(strong) > kOfOneColour * static_cast<double>(outline.size());
}

// The longest outer edge, pixel by pixel.
std::vector<cv::Point> outline_of(const cv::Mat& piece) {
  std::vector<std::vector<cv::Point>> outlines;
  cv::findContours(piece, outlines, cv::RETR_EXTERNAL, cv::CHAIN_APPROX_NONE);
  const auto longest =
      std::max_element(outlines.begin(), outlines.end(),
                       [](const auto& a, const auto& b) { return a.size() < b.size(); });
  return longest == outlines.end() ? std::vector<cv::Point>() : *longest;
}

void add_stamps(const Ink& ink, const cv::Mat& mask, std::vector<Stamp>& out) {
  const double near = std::max(2.0, 0.35 * ink.unit);
  const Pieces pieces = pieces_of(mask);
  for (const Piece& piece : pieces.list) {
    const double least = std::min(piece.box.width, piece.box.height);
    const double most = std::max(piece.box.width, piece.box.height);
    if (least < 0.6 * kLeastSide * ink.unit || most < kLeastSide * ink.unit ||
        most > kLargestSide * ink.unit || piece.area > kHollow * piece.box.area()) {
      continue;
    }
    const cv::Mat shape = (pieces.labels(piece.box) == piece.label) / 255;
    const std::vector<cv::Point> outline = outline_of(shape);
    if (outline.size() < 20) continue;
    const bool coloured = is_coloured(ink, outline, piece.box.tl());
    const auto sure = [&](double share) {
      return std::min(0.97, 0.4 + 0.5 * share + 0.1 * coloured);
    };
    const Frame frame = frame_of(outline, near);
    const Ring ring = ring_of(outline, near);
    if (ring.share > kOnRing && ring.whole > kWholeRing &&
        2 * ring.radius > kLeastSide * ink.unit) {
      out.push_back({ring.box() + piece.box.tl(), sure(ring.whole)});
    } else if (frame.share > kOnFrame && (coloured || frame.askew > kStraight)) {
      out.push_back({piece.box, sure(frame.share)});
    }
  }
}

// A ring inside another is the same stamp's.
void keep_outermost(std::vector<Stamp>& stamps) {
  std::sort(stamps.begin(), stamps.end(),
            [](const Stamp& a, const Stamp& b) { return a.box.area() > b.box.area(); });
  std::vector<Stamp> out;
  for (const Stamp& stamp : stamps) {
    const bool known = std::any_of(out.begin(), out.end(), [&](const Stamp& larger) {
      return (larger.box & stamp.box).area() > kSame * stamp.box.area();
    });
    if (!known) out.push_back(stamp);
  }
  stamps = std::move(out);
}

}  // namespace

std::vector<Stamp> find_stamps(const Ink& ink) {
  std::vector<Stamp> out;
  if (ink.mask.empty()) return out;
  // A pad does not ink evenly: gaps are bridged, but not those between letters and lines.
  const int gap = std::max(3, static_cast<int>(0.3 * ink.unit)) | 1;
  const cv::Mat bridge = cv::getStructuringElement(cv::MORPH_ELLIPSE, {gap, gap});
  cv::Mat bridged;
  cv::morphologyEx(ink.mask, bridged, cv::MORPH_CLOSE, bridge);
  add_stamps(ink, bridged, out);
  // Many a stamp lies on a rule, and both are one piece.
  const int rule = static_cast<int>(kRule * ink.unit);
  const cv::Mat rules = horizontal_lines(ink.mask, rule) | vertical_lines(ink.mask, rule);
  if (cv::countNonZero(rules) > 0) {
    bridged.setTo(0, rules);
    cv::morphologyEx(bridged, bridged, cv::MORPH_CLOSE, bridge);
    add_stamps(ink, bridged, out);
  }
  keep_outermost(out);
  return out;
}

}  // namespace ocr::detail
