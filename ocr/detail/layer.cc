#include "ocr/detail/layer.h"

#include <algorithm>
#include <map>
#include <utility>

#include "ocr/detail/preprocess.h"

namespace ocr::detail {
namespace {

constexpr double kMostBareWords = 0.10;  // words without ink
constexpr double kMostUncovered = 0.15;  // letters without a word
constexpr size_t kFewLetters = 25;       // a logo or a stamp does not condemn a page
constexpr double kShareApart = 0.05;     // of all letters: below it they are specks of a picture
constexpr double kMostAmong = 0.3;       // of the letters without a word, among the layer's lines
constexpr int kDarker = 70;              // than the paper: ink
constexpr l_int32 kSmallest = 5, kLargest = 120;

// 1 bit: pixels clearly darker, or on dark paper lighter, than most of the page.
Pix ink_of(const Pix& page) {
  if (depth_of(page) == 1) return Pix(pixClone(page.get()));
  const Pix gray(pixConvertTo8(page.get(), 0));
  if (!gray) return {};
  return Pix(pixThresholdToBinary(gray.get(), 255 - kDarker));
}

// The rows and columns of the box that hold ink; empty if none does.
corpus::Box fitted(const Pix& ink, corpus::Box box) {
  box.x0 = std::clamp(box.x0, 0, width_of(ink));
  box.x1 = std::clamp(box.x1, 0, width_of(ink));
  box.y0 = std::clamp(box.y0, 0, height_of(ink));
  box.y1 = std::clamp(box.y1, 0, height_of(ink));
  corpus::Box fit{box.x1, box.y1, box.x0, box.y0};
  for (int y = box.y0; y < box.y1; ++y) {
    const l_uint32* line = pixGetData(ink.get()) + size_t(y) * size_t(pixGetWpl(ink.get()));
    for (int x = box.x0; x < box.x1; ++x) {
      if (GET_DATA_BIT(line, x) == 0) continue;
      fit = {std::min(fit.x0, x), std::min(fit.y0, y), std::max(fit.x1, x + 1),
             std::max(fit.y1, y + 1)};
    }
  }
  return fit.empty() ? corpus::Box{} : fit;
}

// Middles of what is of letter size.
std::vector<corpus::Point> letters_in(const Pix& ink) {
  std::vector<corpus::Point> letters;
  const Boxes boxes(pixConnCompBB(ink.get(), 8));
  if (!boxes) return letters;
  for (l_int32 i = 0; i < boxaGetCount(boxes.get()); ++i) {
    l_int32 x, y, w, h;
    boxaGetBoxGeometry(boxes.get(), i, &x, &y, &w, &h);
    if (h >= kSmallest && h <= kLargest && w >= 2 && w * 4 >= h && w <= 4 * h) {
      letters.push_back({x + w / 2, y + h / 2});
    }
  }
  return letters;
}

// How many of the letters lie within lines of the layer: between its words, or where one is
// missing.
size_t letters_among(const std::vector<corpus::Point>& letters,
                     const std::vector<LayerWord>& layer) {
  std::map<std::pair<uint32_t, uint32_t>, corpus::Box> lines;
  for (const LayerWord& word : layer) {
    corpus::Box& line = lines[{word.block, word.line}];
    line = corpus::united(line, word.box);
  }
  return static_cast<size_t>(
      std::count_if(letters.begin(), letters.end(), [&](const corpus::Point& letter) {
        return std::any_of(lines.begin(), lines.end(), [&](const auto& line) {
          const corpus::Box& box = line.second;
          return letter.x >= box.x0 && letter.x < box.x1 && letter.y >= box.y0 && letter.y < box.y1;
        });
      }));
}

// Rules are as long as that at least, in pixels of a usual drawing, and all else is as large.
constexpr l_int32 kShortestRule = 60;
constexpr l_int32 kSmallestThing = 6;

// Whether ink holds nothing but rules, frames and specks.
bool is_only_rules(const Pix& ink) {
  const Pix level(pixOpenBrick(nullptr, ink.get(), kShortestRule, 1));
  const Pix upright(pixOpenBrick(nullptr, ink.get(), 1, kShortestRule));
  const Pix rest(pixCopy(nullptr, ink.get()));
  if (!level || !upright || !rest) return false;
  pixSubtract(rest.get(), rest.get(), level.get());
  pixSubtract(rest.get(), rest.get(), upright.get());
  const Boxes boxes(pixConnCompBB(rest.get(), 8));
  if (!boxes) return false;
  for (l_int32 i = 0; i < boxaGetCount(boxes.get()); ++i) {
    l_int32 w = 0, h = 0;
    boxaGetBoxGeometry(boxes.get(), i, nullptr, nullptr, &w, &h);
    if (w >= kSmallestThing && h >= kSmallestThing) return false;
  }
  return true;
}

void erase(const Pix& ink, const corpus::Box& box) {
  BOX* area = boxCreate(std::max(0, box.x0 - 1), std::max(0, box.y0 - 1), box.width() + 2,
                        box.height() + 2);
  pixClearInRect(ink.get(), area);
  boxDestroy(&area);
}

}  // namespace

LayerJudgement judge_layer(const Pix& page, const std::vector<LayerWord>& layer) {
  LayerJudgement judgement;
  const Pix ink = ink_of(page);
  if (!ink || layer.empty()) return judgement;
  size_t bare = 0;
  for (const LayerWord& word : layer) {
    corpus::Box box = fitted(ink, word.box);
    if (box.empty()) {
      ++bare;
      continue;  // invisible text is not on the page that people see
    }
    judgement.words.push_back({0, word.block, word.line, box, 1000, word.text});
  }
  const size_t before = letters_in(ink).size();
  const Pix rest(pixCopy(nullptr, ink.get()));
  if (!rest) return judgement;
  for (const LayerWord& word : layer) erase(rest, word.box);
  const std::vector<corpus::Point> left = letters_in(rest);
  const auto share = [](size_t some, size_t all) {
    return all == 0 ? 0 : static_cast<double>(some) / static_cast<double>(all);
  };
  if (judgement.words.empty() || share(bare, layer.size()) > kMostBareWords) return judgement;
  judgement.partial = left.size() > kFewLetters && share(left.size(), before) > kShareApart &&
                      share(letters_among(left, layer), left.size()) < kMostAmong;
  judgement.sound = !judgement.partial &&
                    (left.size() <= kFewLetters || share(left.size(), before) <= kMostUncovered);
  judgement.alone = judgement.sound && is_only_rules(rest);
  return judgement;
}

Pix beside_layer(const Pix& page, const std::vector<LayerWord>& layer) {
  Pix rest(pixConvertTo8(page.get(), 0));
  if (rest && rest.get() == page.get()) rest = Pix(pixCopy(nullptr, page.get()));
  if (!rest) return rest;
  for (const LayerWord& word : layer) {
    BOX* area = boxCreate(std::max(0, word.box.x0 - 1), std::max(0, word.box.y0 - 1),
                          word.box.width() + 2, word.box.height() + 2);
    pixSetInRect(rest.get(), area);
    boxDestroy(&area);
  }
  return rest;
}

}  // namespace ocr::detail
