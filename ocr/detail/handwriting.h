// Finds areas of handwriting. In the worker only.
//
// Ink is gathered into groups: the words of a line that stand close together, and pieces near each
// other that no word was read from. Of each group features are measured that tell a hand from a
// press (how steady its strokes, heights and baseline are, which way strokes run, whether letters
// are joined, its colour against that of the page's other ink, how sure the recogniser was), and a
// small network says how likely it is that a person wrote it. The network was fitted by
// tools/fit_handwriting.py on forms of tools/make_forms.py
// (docs/decisions/0091-handwriting-by-its-strokes.md).
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "ocr/detail/ink.h"

namespace ocr::detail {

inline constexpr size_t kStrokeFeatures = 18;
using StrokeFeatures = std::array<double, kStrokeFeatures>;

// Ink that one hand, or one press, has made.
struct StrokeGroup {
  cv::Rect box;
  StrokeFeatures features = {};
  std::vector<size_t> words;  // indices of those that were read from it
};

// All groups of the page. `taken` is ink that is something else: rules, tick boxes, stamps.
std::vector<StrokeGroup> stroke_groups(const Ink& ink, const cv::Mat& taken,
                                       const std::vector<SeenText>& text);

// How likely it is that a person wrote it, 0 to 1.
double likely_handwritten(const StrokeFeatures& features);

struct Handwriting {
  cv::Rect box;
  double confidence = 0;
};

// Groups that are likely handwriting, those of a line joined. `unit` is the ink's.
std::vector<Handwriting> find_handwriting(const std::vector<StrokeGroup>& groups, double unit);

}  // namespace ocr::detail
