#include "ocr/detail/signatures.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <string>
#include <string_view>

#include "ocr/detail/pieces.h"

namespace ocr::detail {
namespace {

// In units of the height of letters.
constexpr double kBelowRule = 2.2;  // from the rule down to the caption
constexpr double kPlaceHeight = 4;
constexpr double kPlaceLeast = 6;  // length of the rule
constexpr double kWithoutRule = 12;

constexpr std::array<std::string_view, 4> kCaptions = {"signature", "signed", "unterschrift",
                                                       "unterzeichn"};

bool is_caption(const std::string& text) {
  std::string lower;
  for (const char c : text) lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return std::any_of(kCaptions.begin(), kCaptions.end(),
                     [&](std::string_view caption) { return lower.starts_with(caption); });
}

// First of its line, or after something short like "X" or a number.
bool begins_line(const std::vector<corpus::Word>& words, size_t at) {
  if (at == 0) return true;
  const corpus::Word& before = words[at - 1];
  if (before.block != words[at].block || before.line != words[at].line) return true;
  return before.text.size() <= 3 || words[at].box.x0 - before.box.x1 > 2 * words[at].box.height();
}

// The rule that the caption belongs to: right above it, else beside it.
std::optional<cv::Rect> rule_of(const std::vector<Piece>& rules, const cv::Rect& caption,
                                double unit) {
  std::optional<cv::Rect> above, beside;
  for (const Piece& rule : rules) {
    const cv::Rect& box = rule.box;
    if (box.width < kPlaceLeast * unit) continue;
    const bool over = box.x < caption.x + caption.width && box.x + box.width > caption.x;
    const int up = caption.y - box.y;
    if (over && up > -0.3 * unit && up < kBelowRule * unit && (!above || box.y > above->y)) {
      above = box;
    }
    const int right = box.x - (caption.x + caption.width);
    const int down = box.y - (caption.y + caption.height);
    if (right > -unit && right < 8 * unit && std::abs(down) < unit) beside = box;
  }
  return above ? above : beside;
}

cv::Rect place_of(const std::optional<cv::Rect>& rule, const cv::Rect& caption, double unit) {
  const int height = static_cast<int>(kPlaceHeight * unit);
  if (rule) return {rule->x, rule->y - height, rule->width, height};
  const int width = std::max(caption.width, static_cast<int>(kWithoutRule * unit));
  return {caption.x, caption.y - height, width, height};
}

}  // namespace

bool asks_for_signature(const std::vector<corpus::Word>& words) {
  return std::any_of(words.begin(), words.end(),
                     [](const corpus::Word& word) { return is_caption(word.text); });
}

std::vector<Signature> find_signatures(const Ink& ink, const std::vector<corpus::Word>& words,
                                       const std::vector<SeenText>& text, const cv::Mat& rules,
                                       std::vector<Handwriting>& handwriting) {
  std::vector<Signature> out;
  std::optional<std::vector<Piece>> lines;  // most pages have nothing to sign
  const cv::Rect page(0, 0, ink.mask.cols, ink.mask.rows);
  for (size_t i = 0; i < words.size(); ++i) {
    if (!is_caption(words[i].text) || !begins_line(words, i)) continue;
    if (!lines) lines = list_pieces(rules);
    const auto rule = rule_of(*lines, text[i].box, ink.unit);
    const cv::Rect place = place_of(rule, text[i].box, ink.unit) & page;
    if (place.empty()) continue;
    const auto there =
        std::find_if(handwriting.begin(), handwriting.end(), [&](const Handwriting& area) {
          return (area.box & place).area() > 0.3 * std::min(area.box.area(), place.area());
        });
    if (there != handwriting.end()) {
      out.push_back({there->box, true, there->confidence});
      handwriting.erase(there);
    } else if (rule) {  // a word in a text is no place to sign
      out.push_back({place, false, 0.8});
    }
  }
  return out;
}

}  // namespace ocr::detail
