#include "ocr/detail/quality.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include "ocr/detail/ink.h"
#include "ocr/detail/preprocess.h"

namespace ocr::detail {
namespace {

using Histogram = std::array<uint64_t, 256>;

constexpr double kEnoughPixels = 4e6;  // a larger image is looked at in reduced size
constexpr double kPaperShare = 0.6;    // of pixels that are as light as paper or darker
constexpr double kInkShare = 0.005;    // the darkest: what letters are printed with
constexpr double kEdgeShare = 0.08;    // of the contrast, between neighbours: an edge
constexpr double kSharpEdges = 0.95;   // of the edges by height: above the paper's grain
constexpr int kLeastContrast = 24;     // of 255; below it nothing else can be told
constexpr float kLeastConfidence = 2.5F;
constexpr int kTypesetStep = 5;  // rows of a typeset page from one that is looked at to the next

Pix looked_at(const Pix& page) {
  Pix gray = gray_of(page);
  if (!gray) return gray;
  const double pixels = static_cast<double>(width_of(gray)) * height_of(gray);
  if (pixels <= kEnoughPixels) return gray;
  const auto scale = static_cast<l_float32>(std::sqrt(kEnoughPixels / pixels));
  return Pix(pixScaleAreaMap(gray.get(), scale, scale));
}

// How many pixels have each level, and how many differ by so much from their left neighbour.
struct Counts {
  Histogram levels = {};
  Histogram steps = {};
};

// Four pixels a word, each with counts of its own: an increment need not wait for the one before.
// Of every `step`th row.
Counts counts_of(const Pix& gray, int step) {
  using Quick = std::array<std::array<uint32_t, 256>, 4>;  // pixels of an image fit
  Quick levels = {}, steps = {};
  const int width = width_of(gray);
  for (int y = 0; y < height_of(gray); y += step) {
    const l_uint32* row = row_of(gray, y);
    int before = GET_DATA_BYTE(row, 0);
    for (int x = 0; x < width; x += 4) {
      const l_uint32 word = row[x / 4];
      for (int i = 0; i < std::min(4, width - x); ++i) {
        const int level = static_cast<int>(word >> (24 - 8 * i) & 0xff);
        ++levels[static_cast<size_t>(i)][static_cast<size_t>(level)];
        ++steps[static_cast<size_t>(i)][static_cast<size_t>(std::abs(level - before))];
        before = level;
      }
    }
    --steps[0][0];  // a row's first pixel has no neighbour
  }
  Counts out;
  for (size_t i = 0; i < 4; ++i) {
    for (size_t level = 0; level < 256; ++level) {
      out.levels[level] += levels[i][level];
      out.steps[level] += steps[i][level];
    }
  }
  return out;
}

// The level below which `share` of the counts from `first` on lie.
int level_at(const Histogram& counts, double share, int first = 0) {
  uint64_t total = 0;
  for (size_t i = static_cast<size_t>(first); i < counts.size(); ++i) total += counts[i];
  const auto wanted = static_cast<uint64_t>(share * static_cast<double>(total));
  uint64_t sum = 0;
  for (size_t i = static_cast<size_t>(first); i < counts.size(); ++i) {
    if ((sum += counts[i]) > wanted) return static_cast<int>(i);
  }
  return static_cast<int>(counts.size()) - 1;
}

int32_t thousandths(double share) {
  return static_cast<int32_t>(std::lround(std::clamp(share, 0.0, 1.0) * 1000));
}

double share_below(const Histogram& levels, int level) {
  uint64_t below = 0, total = 0;
  for (size_t i = 0; i < levels.size(); ++i) {
    total += levels[i];
    if (static_cast<int>(i) < level) below += levels[i];
  }
  return total == 0 ? 0 : static_cast<double>(below) / static_cast<double>(total);
}

// How steep edges are against the contrast of the page: one pixel wide is 1000.
int32_t sharpness_of(const Histogram& steps, int contrast) {
  const int edge = std::max(1, static_cast<int>(kEdgeShare * contrast));
  const bool any = std::any_of(steps.begin() + edge, steps.end(), [](uint64_t n) { return n > 0; });
  if (!any) return thousandths(kEdgeShare);  // or less
  return thousandths(static_cast<double>(level_at(steps, kSharpEdges, edge)) / contrast);
}

// How print stands out from the paper.
struct Print {
  Counts counts;
  int paper = 0;
  int contrast = 0;

  int threshold() const { return paper - contrast / 2; }
};

Print print_of(const Pix& gray, int step) {
  Print print{counts_of(gray, step)};
  print.paper = level_at(print.counts.levels, kPaperShare);
  print.contrast = print.paper - level_at(print.counts.levels, kInkShare);
  return print;
}

void measure_print(const Print& print, corpus::PageQuality& quality) {
  quality.ink = thousandths(share_below(print.counts.levels, print.threshold()));
  quality.sharpness = sharpness_of(print.counts.steps, print.contrast);
}

int32_t skew_of(const Pix& gray, int threshold) {
  const Pix binary(pixThresholdToBinary(gray.get(), threshold));
  l_float32 angle = 0, confidence = 0;
  if (!binary ||
      pixFindSkewSweepAndSearch(binary.get(), &angle, &confidence, 4, 2, 8.0F, 1.0F, 0.05F) != 0) {
    return 0;
  }
  // leptonica tells by how much the page must be turned clockwise.
  return confidence < kLeastConfidence ? 0 : -static_cast<int32_t>(std::lround(angle * 100));
}

}  // namespace

corpus::PageQuality measure_quality(const Pix& page) {
  corpus::PageQuality quality;
  const Pix gray = looked_at(page);
  if (!gray) return quality;
  const Print print = print_of(gray, 1);
  quality.blank = is_blank(gray);
  quality.contrast = thousandths(std::max(0, print.contrast) / 255.0);
  if (quality.blank || print.contrast < kLeastContrast) return quality;
  measure_print(print, quality);
  quality.skew = skew_of(gray, print.threshold());
  const double reduced = static_cast<double>(width_of(gray)) / width_of(page);
  quality.x_height = static_cast<int32_t>(std::lround(glyph_height(gray) / reduced));
  return quality;
}

corpus::PageQuality measure_typeset(const Pix& gray, const std::vector<corpus::Word>& words) {
  corpus::PageQuality quality;
  const Print print = print_of(gray, kTypesetStep);
  quality.contrast = thousandths(std::max(0, print.contrast) / 255.0);
  if (print.contrast < kLeastContrast) return quality;
  measure_print(print, quality);
  quality.x_height = static_cast<int32_t>(std::lround(letter_height(words)));
  return quality;
}

}  // namespace ocr::detail
