#include "ocr/detail/stamps.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "ocr/detail/pieces.h"

namespace ocr::detail {
namespace {

// In units of the height of letters.
constexpr double kLeastSide = 5, kLargestSide = 45;
constexpr double kStraight = 2.5;     // degrees by which a form's own frames may lie askew
constexpr double kOnBorder = 0.75;    // of the outer points that lie on the frame or ring
constexpr double kHollow = 0.5;       // of the area at most is ink
constexpr double kColour = 40;        // of 255: an ink pad's, even when scanned pale
constexpr double kOfOneColour = 0.5;  // of its outer edge

struct Shape {
  double frame = 0;  // share of outer points on the sides of the smallest turned rectangle
  double ring = 0;   // on a circle
  double askew = 0;  // degrees
};

double distance_to_sides(const cv::RotatedRect& box, const cv::Point& point) {
  const double angle = box.angle * M_PI / 180;
  const double dx = point.x - box.center.x, dy = point.y - box.center.y;
  const double u = std::fabs(dx * std::cos(angle) + dy * std::sin(angle));
  const double v = std::fabs(-dx * std::sin(angle) + dy * std::cos(angle));
  return std::min(std::fabs(box.size.width / 2 - u), std::fabs(box.size.height / 2 - v));
}

Shape shape_of(const std::vector<cv::Point>& outline, double unit) {
  const cv::RotatedRect box = cv::minAreaRect(outline);
  cv::Point2f centre;
  float radius = 0;
  cv::minEnclosingCircle(outline, centre, radius);
  const double near = std::max(2.0, 0.35 * unit);
  Shape out;
  for (const cv::Point& point : outline) {
    out.frame += distance_to_sides(box, point) < near;
    out.ring += std::fabs(std::hypot(point.x - centre.x, point.y - centre.y) - radius) < near;
  }
  out.frame /= static_cast<double>(outline.size());
  out.ring /= static_cast<double>(outline.size());
  const double turned = std::fmod(std::fabs(box.angle), 90.0);
  out.askew = std::min(turned, 90 - turned);
  return out;
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

}  // namespace

std::vector<Stamp> find_stamps(const Ink& ink) {
  std::vector<Stamp> out;
  if (ink.mask.empty()) return out;
  // A pad does not ink evenly: gaps are bridged, but not those between letters and lines.
  cv::Mat bridged;
  const int gap = std::max(3, static_cast<int>(0.3 * ink.unit)) | 1;
  cv::morphologyEx(ink.mask, bridged, cv::MORPH_CLOSE,
                   cv::getStructuringElement(cv::MORPH_ELLIPSE, {gap, gap}));
  const Pieces pieces = pieces_of(bridged);
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
    const Shape seen = shape_of(outline, ink.unit);
    const bool coloured = is_coloured(ink, outline, piece.box.tl());
    const bool framed = seen.frame > kOnBorder && (coloured || seen.askew > kStraight);
    const bool ringed = seen.ring > kOnBorder;
    if (!framed && !ringed) continue;
    const double sure = std::max(framed ? seen.frame : 0, ringed ? seen.ring : 0);
    out.push_back({piece.box, std::min(0.97, 0.4 + 0.5 * sure + (coloured ? 0.1 : 0))});
  }
  return out;
}

}  // namespace ocr::detail
