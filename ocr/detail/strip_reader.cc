#include "ocr/detail/strip_reader.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <opencv2/imgproc.hpp>
#include <optional>

#include "base/text.h"
#include "ocr/detail/reading_order.h"
#include "ocr/detail/rules.h"
#include "ocr/detail/steps.h"
#include "ocr/detail/strip.h"

namespace ocr::detail {
namespace {

constexpr double kMargin = 0.16;      // of a strip's height: the detector is generous
constexpr size_t kSampled = 4;        // strips that are read first, to see which side is up
constexpr double kSurely = 0.75;      // their mean confidence at which the page is upright
constexpr double kNonsense = 0.25;    // mean confidence below which a strip holds no print
constexpr double kRuledWell = 0.8;    // mean confidence below which a rule may be in the way
constexpr double kUnsure = 0.6;       // mean confidence at which faint print is what shines through
constexpr size_t kMostStrips = 1000;  // more are no page of text
constexpr double kFaint = 0.4;        // of the page's usual contrast

// How a strip is looked at once more where it was not read well: another part of its height.
// What one look mistakes another often does not.
struct Look {
  double below;  // mean confidence
  double height;
};
constexpr Look kMoreLooks[] = {{0.9, 0.85}, {0.85, 1.1}};

// The words of one strip, on the page.
struct StripText {
  std::vector<corpus::Word> words;
  double contrast = 0;
  double weighted = 0;  // confidence times letters
  double letters = 0;

  double confidence() const { return letters > 0 ? weighted / letters : 0; }
};

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

class PageByStrips {
 public:
  PageByStrips(const ReadsLines& reader, Unruled page, std::vector<Strip> strips, bool fast)
      : reader_(reader),
        page_(std::move(page.without_upright)),
        bare_page_(std::move(page.without_any)),
        strips_(std::move(strips)),
        texts_(strips_.size()),
        fast_(fast) {}

  // Mean confidence of the longest strips, read as the page lies.
  double sample() {
    std::vector<size_t> order(strips_.size());
    std::iota(order.begin(), order.end(), size_t{0});
    const size_t count = std::min(kSampled, order.size());
    std::partial_sort(order.begin(), order.begin() + static_cast<ptrdiff_t>(count), order.end(),
                      [&](size_t a, size_t b) { return strips_[a].length > strips_[b].length; });
    for (size_t i = 0; i < count; ++i) read(order[i]);
    return so_far_.confidence();
  }

  Reading finish(int quarters) {
    const double skew = skew_of(strips_);
    std::vector<corpus::Box> boxes;
    for (const Strip& strip : strips_) boxes.push_back(level_box(strip, skew));
    const double usual = usual_contrast();
    std::vector<corpus::Word> words;
    for (const Placed& placed : reading_order(boxes)) {
      const StripText& text = read(placed.piece);
      if (!is_print(text, usual)) continue;
      for (corpus::Word word : text.words) {
        word.block = placed.block;
        word.line = placed.line;
        words.push_back(std::move(word));
      }
    }
    Reading reading = summed_up(std::move(words), quarters);
    return reading;
  }

 private:
  // Of what was read well.
  double usual_contrast() {
    std::vector<double> contrasts;
    for (size_t i = 0; i < strips_.size(); ++i) {
      if (read(i).confidence() > kUnsure) contrasts.push_back(read(i).contrast);
    }
    return median(std::move(contrasts));
  }

  // Not specks, drawings, or what shines through from the other side.
  static bool is_print(const StripText& text, double usual_contrast) {
    if (!does(ReadingStep::nonsense)) return true;
    const double confidence = text.confidence();
    const bool faint = text.contrast < kFaint * usual_contrast;
    return confidence > kNonsense && !(faint && confidence < kUnsure);
  }

  // What the strip covers once the page's skew is taken out.
  static corpus::Box level_box(const Strip& strip, double skew) {
    const double c = std::cos(skew);
    const double s = std::sin(skew);
    const double x = c * strip.centre.x + s * strip.centre.y;
    const double y = c * strip.centre.y - s * strip.centre.x;
    const bool stands = strip.stands();
    const double dx = (stands ? strip.height : strip.length) / 2;
    const double dy = (stands ? strip.length : strip.height) / 2;
    return {static_cast<int32_t>(x - dx), static_cast<int32_t>(y - dy),
            static_cast<int32_t>(x + dx), static_cast<int32_t>(y + dy)};
  }

  const StripText& read(size_t index) {
    std::optional<StripText>& text = texts_[index];
    if (text) return *text;
    Strip strip = strips_[index];
    text = read(page_, strip);
    const auto try_too = [&](StripText other) {
      if (other.confidence() > text->confidence()) text = std::move(other);
    };
    for (const Look& look : kMoreLooks) {
      if (fast_ || !does(ReadingStep::looks) || text->confidence() >= look.below) break;
      Strip part = strip;
      part.height *= look.height;
      try_too(read(page_, part));
    }
    if (text->confidence() < kRuledWell && has_rule(strip)) try_too(read(bare_page_, strip));
    if (strip.stands()) {  // up or down?
      strip.angle += CV_PI;
      try_too(read(page_, strip));
    }
    so_far_.weighted += text->weighted;
    so_far_.letters += text->letters;
    return *text;
  }

  // Whether it covers what people write on.
  bool has_rule(const Strip& strip) const {
    const cv::Rect area = area_of(level_box(strip, 0)) & cv::Rect(cv::Point(), page_.size());
    if (area.empty() || page_.data == bare_page_.data) return false;
    return cv::norm(page_(area), bare_page_(area), cv::NORM_INF) > 0;
  }

  static cv::Rect area_of(const corpus::Box& box) {
    return {box.x0, box.y0, box.width(), box.height()};
  }

  StripText read(const cv::Mat& page, Strip strip) {
    strip.height *= 1 - kMargin;
    const Cutting cutting = cut(page, strip, reader_.text_height, reader_.border);
    StripText out;
    out.contrast = cutting.contrast;
    for (SeenWord& seen : reader_.read(cutting.image)) {
      const corpus::Box box = to_page(ink_within(cutting, seen.box), cutting, page.size());
      if (box.empty()) continue;
      const auto letters = static_cast<double>(base::count_code_points(seen.text));
      out.letters += letters;
      out.weighted += letters * seen.confidence;
      out.words.push_back({0, 0, 0, box, static_cast<int32_t>(std::lround(seen.confidence * 1000)),
                           std::move(seen.text)});
    }
    return out;
  }

  const ReadsLines& reader_;
  cv::Mat page_;       // without the sides of cells
  cv::Mat bare_page_;  // without any rules
  std::vector<Strip> strips_;
  std::vector<std::optional<StripText>> texts_;
  bool fast_;
  StripText so_far_;  // of all strips read: no words
};

// The longest.
void keep_most(std::vector<Strip>& strips, size_t most) {
  if (strips.size() <= most) return;
  const auto end = strips.begin() + static_cast<ptrdiff_t>(most);
  std::nth_element(strips.begin(), end, strips.end(),
                   [](const Strip& a, const Strip& b) { return a.length > b.length; });
  strips.erase(end, strips.end());
}

cv::Mat turned_page(const cv::Mat& gray, int quarters) {
  if (quarters == 0) return gray;
  cv::Mat out;
  cv::rotate(gray, out, quarters - 1);  // OpenCV's codes count quarters clockwise, from 1
  return out;
}

}  // namespace

Reading read_by_strips(const ReadsLines& reader, const LineDetector& detector, const cv::Mat& gray,
                       double glyph_height, bool fast) {
  const auto found_on = [&](const cv::Mat& page) {
    std::vector<Strip> strips = detector.find(page, glyph_height, fast);
    if (does(ReadingStep::scraps)) strips = without_scraps(strips);
    keep_most(strips, kMostStrips);
    return strips;
  };
  const auto page_with = [&](const cv::Mat& page, std::vector<Strip> strips) {
    if (does(ReadingStep::align)) align(strips);
    if (does(ReadingStep::part)) part_neighbours(strips);
    Unruled unruled{page, page};
    if (does(ReadingStep::rules)) unruled = without_rules(page, glyph_height);
    if (fast) unruled.without_any = unruled.without_upright;  // no strip is read twice
    return PageByStrips(reader, std::move(unruled), std::move(strips), fast);
  };
  const std::vector<Strip> found = found_on(gray);
  const auto lying = [&](int quarters) {
    return page_with(turned_page(gray, quarters), turned(found, quarters, gray.size()));
  };
  const bool turns = does(ReadingStep::turn);
  int quarters = turns && on_its_side(found) ? 1 : 0;
  PageByStrips page = lying(quarters);
  const double confidence = page.sample();
  if (confidence < kSurely && turns && lying(quarters + 2).sample() > confidence) quarters += 2;
  if (quarters == 0) return page.finish(0);
  // The detector finds most where letters stand upright.
  const cv::Mat upright = turned_page(gray, quarters);
  PageByStrips again = page_with(upright, found_on(upright));
  again.sample();
  return again.finish(quarters);
}

}  // namespace ocr::detail
