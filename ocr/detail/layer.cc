#include "ocr/detail/layer.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <optional>
#include <utility>

#include "ocr/detail/typeset.h"

namespace ocr::detail {
namespace {

constexpr double kMostBareWords = 0.10;  // words without ink
constexpr double kMostUncovered = 0.15;  // letters without a word
constexpr size_t kFewLetters = 25;       // a logo or a stamp does not condemn a page
constexpr double kShareApart = 0.05;     // of all letters: below it they are specks of a picture
constexpr double kMostAmong = 0.3;       // of the letters without a word, among the layer's lines
constexpr int kDarker = 70;              // than the paper: ink
constexpr int kInkBelow = 255 - kDarker;
constexpr int kFaintest = 24;  // of 255, from the ground: letters that people can still see
constexpr l_int32 kSmallest = 5, kLargest = 120;

// Levels of a row of gray.
struct Levels {
  const l_uint32* line;
  int operator[](int x) const { return static_cast<int>(GET_DATA_BYTE(line, x)); }
};

corpus::Box on_page(const Pix& page, const corpus::Box& box) {
  return {std::clamp(box.x0, 0, width_of(page)), std::clamp(box.y0, 0, height_of(page)),
          std::clamp(box.x1, 0, width_of(page)), std::clamp(box.y1, 0, height_of(page))};
}

// Boyer and Moore's vote: what most, if more than half, are.
class Majority {
 public:
  void add(l_uint32 value) {
    if (votes_ == 0) winner_ = value;
    votes_ += value == winner_ ? 1 : -1;
  }
  l_uint32 winner() const { return winner_; }

 private:
  l_uint32 winner_ = 0;
  int votes_ = 0;
};

l_uint32 pixel_of(const Pix& page, int x, int y) {
  const l_uint32* line = row_of(page, y);
  return depth_of(page) == 8 ? GET_DATA_BYTE(line, x) : line[x];
}

// What the letters of a box, which is on the page and not empty, stand on: what most of its edge
// is.
l_uint32 ground_of(const Pix& page, const corpus::Box& box) {
  Majority edge;
  for (int x = box.x0; x < box.x1; ++x) {
    edge.add(pixel_of(page, x, box.y0));
    edge.add(pixel_of(page, x, box.y1 - 1));
  }
  for (int y = box.y0; y < box.y1; ++y) {
    edge.add(pixel_of(page, box.x0, y));
    edge.add(pixel_of(page, box.x1 - 1, y));
  }
  return edge.winner();
}

// How far a pixel must be from the ground to be ink: of faint letters half of their contrast.
// Nothing if there are none.
std::optional<int> ink_distance(const Pix& gray, const corpus::Box& box, int ground) {
  int most = 0;
  for (int y = box.y0; y < box.y1; ++y) {
    const Levels levels{row_of(gray, y)};
    for (int x = box.x0; x < box.x1; ++x) most = std::max(most, std::abs(levels[x] - ground));
  }
  if (most < kFaintest) return std::nullopt;
  return std::min(kDarker, most / 2);
}

// The rows and columns of the box that hold ink; empty if none does.
corpus::Box fitted(const Pix& gray, const corpus::Box& box, int ground) {
  const auto distance = ink_distance(gray, box, ground);
  if (!distance) return {};
  corpus::Box fit{box.x1, box.y1, box.x0, box.y0};
  for (int y = box.y0; y < box.y1; ++y) {
    const Levels levels{row_of(gray, y)};
    const auto is_ink = [&](int x) { return std::abs(levels[x] - ground) >= *distance; };
    int first = box.x0, last = box.x1 - 1;
    while (first < box.x1 && !is_ink(first)) ++first;
    if (first == box.x1) continue;
    while (!is_ink(last)) --last;
    fit = {std::min(fit.x0, first), std::min(fit.y0, y), std::max(fit.x1, last + 1), y + 1};
  }
  return fit;
}

// What of the ink hangs together.
std::vector<corpus::Box> pieces_of(const Pix& ink) {
  std::vector<corpus::Box> pieces;
  const Boxes boxes(pixConnCompBB(ink.get(), 8));
  for (l_int32 i = 0; boxes && i < boxaGetCount(boxes.get()); ++i) {
    l_int32 x, y, w, h;
    boxaGetBoxGeometry(boxes.get(), i, &x, &y, &w, &h);
    pieces.push_back({x, y, x + w, y + h});
  }
  return pieces;
}

// Middles of what is of letter size.
std::vector<corpus::Point> letters_among(const std::vector<corpus::Box>& pieces) {
  std::vector<corpus::Point> letters;
  for (const corpus::Box& piece : pieces) {
    const int32_t w = piece.width(), h = piece.height();
    if (h >= kSmallest && h <= kLargest && w >= 2 && w * 4 >= h && w <= 4 * h) {
      letters.push_back({piece.x0 + w / 2, piece.y0 + h / 2});
    }
  }
  return letters;
}

// How many of the letters lie within lines of the layer: between its words, or where one is
// missing.
size_t letters_within_lines(const std::vector<corpus::Point>& letters,
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

bool has_a_thing(const std::vector<corpus::Box>& pieces) {
  return std::any_of(pieces.begin(), pieces.end(), [](const corpus::Box& piece) {
    return piece.width() >= kSmallestThing && piece.height() >= kSmallestThing;
  });
}

// Whether ink holds nothing but rules, frames, areas and specks.
bool is_only_rules(const Pix& ink, const std::vector<corpus::Box>& pieces) {
  if (!has_a_thing(pieces)) return true;
  const Pix level(pixOpenCompBrick(nullptr, ink.get(), kShortestRule, 1));
  const Pix upright(pixOpenCompBrick(nullptr, ink.get(), 1, kShortestRule));
  const Pix rest(pixCopy(nullptr, ink.get()));
  if (!level || !upright || !rest) return false;
  pixSubtract(rest.get(), rest.get(), level.get());
  pixSubtract(rest.get(), rest.get(), upright.get());
  return !has_a_thing(pieces_of(rest));
}

// Where ink is as wide as that and so high, or the other way round, an area was filled with it.
constexpr l_int32 kAreaLong = 52, kAreaShort = 12;

// Null without memory, or without areas.
Pix areas_of(const Pix& ink) {
  const Pix level(pixOpenCompBrick(nullptr, ink.get(), kAreaLong, kAreaShort));
  const Pix upright(pixOpenCompBrick(nullptr, ink.get(), kAreaShort, kAreaLong));
  if (!level || !upright) return {};
  const Pix both(pixOr(nullptr, level.get(), upright.get()));
  l_int32 none = 0;
  if (!both || pixZero(both.get(), &none) != 0 || none != 0) return {};
  return Pix(pixDilateBrick(nullptr, both.get(), 5, 5));  // and their edges
}

// Feet of letters that reach below the font's box, and the like.
bool belongs_to(const corpus::Box& piece, const LayerWord& word) {
  const int32_t beyond = word.box.height() / 4;
  return piece.x0 >= word.box.x0 - beyond && piece.x1 <= word.box.x1 + beyond &&
         piece.y0 >= word.box.y0 - beyond && piece.y1 <= word.box.y1 + beyond;
}

// Makes a word's box, and a pixel around it, what the word stands on.
void erase(const Pix& page, const corpus::Box& box, l_uint32 ground) {
  BOX* area = boxCreate(std::max(0, box.x0 - 1), std::max(0, box.y0 - 1), box.width() + 2,
                        box.height() + 2);
  pixSetInRectArbitrary(page.get(), area, ground);
  boxDestroy(&area);
}

}  // namespace

LayerJudgement judge_layer(const Pix& gray, const std::vector<LayerWord>& layer) {
  LayerJudgement judgement;
  const Pix rest(pixThresholdToBinary(gray.get(), kInkBelow));
  if (!rest || layer.empty()) return judgement;
  size_t bare = 0;
  for (const LayerWord& word : layer) {
    const corpus::Box box = on_page(gray, word.box);
    if (box.empty()) {
      ++bare;
      continue;
    }
    const auto ground = static_cast<int>(ground_of(gray, box));
    const corpus::Box fit = fitted(gray, box, ground);
    erase(rest, box, ground < kInkBelow ? 1 : 0);
    if (fit.empty()) {
      ++bare;
      continue;  // invisible text is not on the page that people see
    }
    judgement.words.push_back({0, word.block, word.line, fit, 1000, word.text});
  }
  const auto share = [](size_t some, size_t all) {
    return all == 0 ? 0 : static_cast<double>(some) / static_cast<double>(all);
  };
  if (judgement.words.empty() || share(bare, layer.size()) > kMostBareWords) return judgement;
  const std::vector<corpus::Box> pieces = pieces_of(rest);
  const std::vector<corpus::Point> left = letters_among(pieces);
  if (left.size() > kFewLetters) {
    const size_t before =
        letters_among(pieces_of(Pix(pixThresholdToBinary(gray.get(), kInkBelow)))).size();
    judgement.partial = share(left.size(), before) > kShareApart &&
                        share(letters_within_lines(left, layer), left.size()) < kMostAmong;
    judgement.sound = !judgement.partial && share(left.size(), before) <= kMostUncovered;
  } else {
    judgement.sound = true;
  }
  judgement.alone = judgement.sound && is_only_rules(rest, pieces);
  return judgement;
}

Pix beside_layer(const Pix& page, const std::vector<LayerWord>& layer) {
  Pix rest(pixCopy(nullptr, page.get()));
  if (!rest) return rest;
  for (const LayerWord& word : layer) {
    const corpus::Box box = on_page(page, word.box);
    if (!box.empty()) erase(rest, box, ground_of(page, box));
  }
  return rest;
}

Pix beside_typeset(const Pix& page, const std::vector<LayerWord>& layer) {
  Pix rest = beside_layer(page, layer);
  const Pix gray = rest ? gray_of(rest) : Pix();
  const Pix ink(gray ? pixThresholdToBinary(gray.get(), kInkBelow) : nullptr);
  if (!ink) return {};
  for (const corpus::Box& piece : pieces_of(ink)) {
    const auto word = std::find_if(layer.begin(), layer.end(), [&](const LayerWord& candidate) {
      return belongs_to(piece, candidate);
    });
    const corpus::Box box = word == layer.end() ? corpus::Box() : on_page(rest, word->box);
    if (!box.empty()) erase(rest, piece, ground_of(rest, box));
  }
  if (const Pix areas = areas_of(ink)) {
    pixSetMasked(rest.get(), areas.get(), depth_of(rest) == 8 ? 255 : 0xffffff00);
  }
  return rest;
}

}  // namespace ocr::detail
