#include "ocr/detail/handwriting.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <opencv2/imgproc.hpp>

#include "ocr/detail/handwriting_model.h"
#include "ocr/detail/pieces.h"

namespace ocr::detail {
namespace {

// In units of the height of letters.
constexpr double kLeastPiece = 0.3;
constexpr double kLargestPiece = 30;
constexpr double kWordGap = 0.9;     // words of a line that are farther apart are two groups
constexpr double kGroupGap = 1.3;    // pieces without words
constexpr double kLineGap = 2.5;     // handwriting of a line is one area
constexpr double kLeastGroup = 1.2;  // width of one that is shown
constexpr double kLikely = 0.15;     // what is doubtful is told as doubtful
constexpr double kPadding = 0.2;  // around an area: its outermost strokes are thin or cut by rules
constexpr size_t kDirections = 12;

// What a piece of ink is like.
struct Stroke {
  cv::Rect box;
  int area = 0;
  int border = 0;       // pixels beside paper
  double darkness = 0;  // sums over its pixels
  double colour = 0;
  std::array<double, kDirections> directions = {};  // of its edges

  double width() const { return border == 0 ? 0 : 2.0 * area / border; }
};

void add_edges(const Ink& ink, const cv::Mat& labels, std::vector<Stroke>& strokes) {
  cv::Mat soft, dx, dy;
  cv::GaussianBlur(ink.gray, soft, {3, 3}, 0);
  cv::Sobel(soft, dx, CV_16S, 1, 0);
  cv::Sobel(soft, dy, CV_16S, 0, 1);
  for (int y = 1; y + 1 < labels.rows; ++y) {
    const int* label = labels.ptr<int>(y);
    const int* above = labels.ptr<int>(y - 1);
    const int* below = labels.ptr<int>(y + 1);
    for (int x = 1; x + 1 < labels.cols; ++x) {
      if (label[x] == 0) continue;
      Stroke& stroke = strokes[static_cast<size_t>(label[x])];
      stroke.darkness += 255 - ink.gray.at<uint8_t>(y, x);
      if (!ink.colour.empty()) stroke.colour += ink.colour.at<uint8_t>(y, x);
      if (label[x - 1] != 0 && label[x + 1] != 0 && above[x] != 0 && below[x] != 0) continue;
      ++stroke.border;
      const double gx = dx.at<int16_t>(y, x), gy = dy.at<int16_t>(y, x);
      const double turn = std::atan2(gy, gx) / M_PI;  // -1 to 1; opposite ways are one direction
      const auto bin = static_cast<size_t>((turn + 1) * kDirections + 0.5) % kDirections;
      stroke.directions[bin] += std::hypot(gx, gy);
    }
  }
}

// By label.
std::vector<Stroke> strokes_of(const Ink& ink, const Pieces& pieces) {
  std::vector<Stroke> out(pieces.list.size() + 1);
  for (const Piece& piece : pieces.list) {
    out[static_cast<size_t>(piece.label)].box = piece.box;
    out[static_cast<size_t>(piece.label)].area = piece.area;
  }
  add_edges(ink, pieces.labels, out);
  return out;
}

bool of_writing_size(const Stroke& stroke, double unit) {
  const int most = std::max(stroke.box.width, stroke.box.height);
  return most >= kLeastPiece * unit && most <= kLargestPiece * unit && stroke.area >= 4;
}

// ---- groups

struct Draft {
  cv::Rect box;
  std::vector<size_t> words;
  std::vector<size_t> strokes;
};

bool continues(const SeenText& before, const SeenText& next, double unit) {
  const int gap = next.box.x - (before.box.x + before.box.width);
  const int overlap = std::min(before.box.y + before.box.height, next.box.y + next.box.height) -
                      std::max(before.box.y, next.box.y);
  return gap < kWordGap * unit && gap > -unit &&
         overlap > 0.4 * std::min(before.box.height, next.box.height);
}

std::vector<Draft> drafts_of_words(const std::vector<SeenText>& text, double unit) {
  std::vector<Draft> out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (i == 0 || !continues(text[i - 1], text[i], unit)) out.emplace_back();
    out.back().box = out.back().words.empty() ? text[i].box : out.back().box | text[i].box;
    out.back().words.push_back(i);
  }
  return out;
}

// To each word's group the strokes whose middle lies in it; the others are left.
std::vector<size_t> give_to_words(const std::vector<Stroke>& strokes, double unit,
                                  const cv::Mat& labels, const std::vector<SeenText>& text,
                                  std::vector<Draft>& drafts) {
  cv::Mat owner(labels.size(), CV_32S, cv::Scalar(-1));
  const cv::Rect page(0, 0, labels.cols, labels.rows);
  for (size_t i = 0; i < drafts.size(); ++i) {
    for (const size_t word : drafts[i].words) {
      owner(text[word].box & page).setTo(static_cast<int>(i));
    }
  }
  std::vector<size_t> left;
  for (size_t i = 1; i < strokes.size(); ++i) {
    if (!of_writing_size(strokes[i], unit)) continue;
    const cv::Rect& box = strokes[i].box;
    const int draft = owner.at<int>(box.y + box.height / 2, box.x + box.width / 2);
    if (draft < 0) {
      left.push_back(i);
    } else {
      drafts[static_cast<size_t>(draft)].strokes.push_back(i);
    }
  }
  return left;
}

// Those left are gathered by nearness.
void gather(const std::vector<Stroke>& strokes, const std::vector<size_t>& left, double unit,
            const cv::Size& size, std::vector<Draft>& drafts) {
  cv::Mat near(size, CV_8U, cv::Scalar(0));
  const cv::Rect page(0, 0, size.width, size.height);
  const int dx = static_cast<int>(kGroupGap * unit / 2), dy = static_cast<int>(0.1 * unit);
  for (const size_t i : left) {
    const cv::Rect& box = strokes[i].box;
    const cv::Rect grown(box.x - dx, box.y - dy, box.width + 2 * dx, box.height + 2 * dy);
    near(grown & page).setTo(1);
  }
  const Pieces groups = pieces_of(near);
  const size_t first = drafts.size();
  drafts.resize(first + groups.list.size());
  for (const size_t i : left) {
    const cv::Rect& box = strokes[i].box;
    const int label = groups.labels.at<int>(box.y + box.height / 2, box.x + box.width / 2);
    Draft& draft = drafts[first + static_cast<size_t>(label) - 1];
    draft.box = draft.strokes.empty() ? box : draft.box | box;
    draft.strokes.push_back(i);
  }
}

// ---- features

double mean_of(const std::vector<double>& values) {
  if (values.empty()) return 0;
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double spread_of(const std::vector<double>& values) {
  const double mean = mean_of(values);
  double sum = 0;
  for (const double value : values) sum += (value - mean) * (value - mean);
  return values.empty() ? 0 : std::sqrt(sum / static_cast<double>(values.size()));
}

double middle_of(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// How far feet of letters stray from a straight line: the middle distance.
double straying(const std::vector<cv::Point2d>& feet) {
  if (feet.size() < 3) return 0;
  std::vector<double> slopes;  // Theil and Sen's line: descenders do not bend it
  for (size_t i = 0; i < feet.size(); ++i) {
    for (size_t k = i + 1; k < std::min(feet.size(), i + 12); ++k) {
      const double run = feet[k].x - feet[i].x;
      if (std::fabs(run) > 1) slopes.push_back((feet[k].y - feet[i].y) / run);
    }
  }
  const double slope = middle_of(slopes);
  std::vector<double> heights;
  for (const cv::Point2d& foot : feet) heights.push_back(foot.y - slope * foot.x);
  const double base = middle_of(heights);
  for (double& height : heights) height = std::fabs(height - base);
  return middle_of(heights);
}

// What the page's ink is like in the middle, against which groups are measured.
struct Usual {
  double width = 1;
  double darkness = 1;
  double colour = 0;
};

Usual usual_of(const std::vector<Stroke>& strokes, double unit) {
  std::vector<double> widths, darkness, colours;
  for (const Stroke& stroke : strokes) {
    if (stroke.area == 0 || !of_writing_size(stroke, unit)) continue;
    widths.push_back(stroke.width());
    darkness.push_back(stroke.darkness / stroke.area);
    colours.push_back(stroke.colour / stroke.area);
  }
  return {std::max(0.5, middle_of(widths)), std::max(1.0, middle_of(darkness)), middle_of(colours)};
}

struct Directions {
  double upright = 0, level = 0, strongest = 0, entropy = 0;
};

Directions directions_of(const std::vector<Stroke>& strokes, const Draft& draft) {
  std::array<double, kDirections> sum = {};
  double total = 0;
  for (const size_t i : draft.strokes) {
    for (size_t bin = 0; bin < kDirections; ++bin) sum[bin] += strokes[i].directions[bin];
  }
  for (const double value : sum) total += value;
  Directions out;
  if (total <= 0) return out;
  for (const double value : sum) {
    const double share = value / total;
    out.strongest = std::max(out.strongest, share);
    if (share > 0) out.entropy -= share * std::log(share) / std::log(kDirections);
  }
  out.upright = sum[0] / total;  // edges that lie left and right of a stroke
  out.level = sum[kDirections / 2] / total;
  return out;
}

StrokeFeatures features_of(const Ink& ink, const std::vector<Stroke>& strokes,
                           const std::vector<SeenText>& text, const Usual& usual,
                           const Draft& draft) {
  std::vector<double> heights, widths, thickness;
  std::vector<cv::Point2d> feet;
  double area = 0, border = 0, darkness = 0, colour = 0, widest = 0;
  for (const size_t i : draft.strokes) {
    const Stroke& stroke = strokes[i];
    heights.push_back(stroke.box.height);
    widths.push_back(stroke.box.width);
    thickness.push_back(stroke.width());
    feet.emplace_back(stroke.box.x + stroke.box.width / 2.0, stroke.box.y + stroke.box.height);
    widest = std::max(widest, static_cast<double>(stroke.box.width));
    area += stroke.area;
    border += stroke.border;
    darkness += stroke.darkness;
    colour += stroke.colour;
  }
  double confidence = 0, least = 1, letters = 0;
  for (const size_t word : draft.words) {
    confidence += text[word].confidence * static_cast<double>(text[word].letters);
    letters += static_cast<double>(text[word].letters);
    least = std::min(least, text[word].confidence);
  }
  const Directions directions = directions_of(strokes, draft);
  const double height = std::max(1.0, mean_of(heights));
  const double count = static_cast<double>(draft.strokes.size());
  return {
      draft.words.empty() ? 1.0 : 0.0,
      letters > 0 ? confidence / letters : 0.0,
      draft.words.empty() ? 0.0 : least,
      letters > 0 ? std::min(3.0, count / letters) : 0.0,
      2 * area / std::max(1.0, border) / usual.width,
      spread_of(thickness) / usual.width,
      darkness / std::max(1.0, area) / usual.darkness,
      (colour / std::max(1.0, area) - usual.colour) / 64,
      std::log(height / ink.unit),
      spread_of(heights) / height,
      straying(feet) / height,
      std::min(6.0, widest / ink.unit / 2),
      mean_of(widths) / height,
      std::min(4.0, count * ink.unit / std::max(1, draft.box.width)),
      directions.upright,
      directions.level,
      directions.strongest,
      directions.entropy,
  };
}

// ---- areas

bool on_one_line(const cv::Rect& a, const cv::Rect& b, double gap) {
  const int apart = std::max(a.x, b.x) - std::min(a.x + a.width, b.x + b.width);
  const int overlap = std::min(a.y + a.height, b.y + b.height) - std::max(a.y, b.y);
  return apart < gap && overlap > 0.35 * std::min(a.height, b.height);
}

void join_lines(std::vector<Handwriting>& areas, double gap) {
  for (bool joined = true; joined;) {
    joined = false;
    for (size_t i = 0; i < areas.size() && !joined; ++i) {
      for (size_t k = i + 1; k < areas.size() && !joined; ++k) {
        if (!on_one_line(areas[i].box, areas[k].box, gap)) continue;
        const double a = areas[i].box.area(), b = areas[k].box.area();
        areas[i].confidence = (areas[i].confidence * a + areas[k].confidence * b) / (a + b);
        areas[i].box |= areas[k].box;
        areas.erase(areas.begin() + static_cast<ptrdiff_t>(k));
        joined = true;
      }
    }
  }
}

}  // namespace

std::vector<StrokeGroup> stroke_groups(const Ink& ink, const cv::Mat& taken,
                                       const std::vector<SeenText>& text) {
  if (ink.mask.empty()) return {};
  cv::Mat rest = ink.mask.clone();
  rest.setTo(0, taken);
  const Pieces pieces = pieces_of(rest);
  const std::vector<Stroke> strokes = strokes_of(ink, pieces);
  std::vector<Draft> drafts = drafts_of_words(text, ink.unit);
  const auto left = give_to_words(strokes, ink.unit, pieces.labels, text, drafts);
  gather(strokes, left, ink.unit, rest.size(), drafts);
  const Usual usual = usual_of(strokes, ink.unit);
  std::vector<StrokeGroup> out;
  for (const Draft& draft : drafts) {
    if (draft.strokes.empty()) continue;
    cv::Rect box = strokes[draft.strokes.front()].box;
    for (const size_t i : draft.strokes) box |= strokes[i].box;
    out.push_back({box, features_of(ink, strokes, text, usual, draft), draft.words});
  }
  return out;
}

double likely_handwritten(const StrokeFeatures& features) {
  double out = kHandwritingModel.bias;
  for (const auto& unit : kHandwritingModel.units) {
    double sum = unit.bias;
    for (size_t i = 0; i < features.size(); ++i) {
      const double scaled =
          (features[i] - kHandwritingModel.means[i]) / kHandwritingModel.spreads[i];
      sum += unit.weights[i] * std::clamp(scaled, -4.0, 4.0);
    }
    out += unit.output * std::tanh(sum);
  }
  return 1 / (1 + std::exp(-out));
}

std::vector<Handwriting> find_handwriting(const std::vector<StrokeGroup>& groups, double unit) {
  std::vector<Handwriting> out;
  for (const StrokeGroup& group : groups) {
    const double likely = likely_handwritten(group.features);
    if (likely >= kLikely) out.push_back({group.box, likely});
  }
  join_lines(out, kLineGap * unit);
  std::erase_if(out, [&](const Handwriting& area) {
    return std::max(area.box.width, area.box.height) < kLeastGroup * unit;
  });
  const int by = static_cast<int>(std::lround(kPadding * unit));
  for (Handwriting& area : out) {
    area.box = {area.box.x - by, area.box.y - by, area.box.width + 2 * by,
                area.box.height + 2 * by};
  }
  return out;
}

}  // namespace ocr::detail
