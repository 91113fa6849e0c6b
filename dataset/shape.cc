#include "dataset/detail/shape.h"

#include <algorithm>

namespace dataset::detail {

using corpus::Annotation;
using corpus::AnnotationType;
using corpus::Box;
using corpus::Point;

namespace {

std::vector<Point> corners_of(const Box& box) {
  return {{box.x0, box.y0}, {box.x1, box.y0}, {box.x1, box.y1}, {box.x0, box.y1}};
}

int64_t doubled_area_of(const std::vector<Point>& polygon) {
  int64_t sum = 0;
  for (size_t i = 0; i < polygon.size(); ++i) {
    const Point& a = polygon[i];
    const Point& b = polygon[(i + 1) % polygon.size()];
    sum += int64_t{a.x} * b.y - int64_t{b.x} * a.y;
  }
  return sum < 0 ? -sum : sum;
}

Box bounds_of(const std::vector<Point>& polygon) {
  Box box{INT32_MAX, INT32_MAX, INT32_MIN, INT32_MIN};
  for (const Point& point : polygon) {
    box = {std::min(box.x0, point.x), std::min(box.y0, point.y), std::max(box.x1, point.x),
           std::max(box.y1, point.y)};
  }
  return box;
}

Shape shape_of_boxes(const std::vector<Box>& boxes) {
  Shape shape;
  for (const Box& box : boxes) {
    shape.box = corpus::united(shape.box, box);
    shape.polygons.push_back(corners_of(box));
    shape.doubled_area += 2 * int64_t{box.width()} * box.height();
  }
  return shape;
}

std::vector<corpus::WordId> words_of_table(const Annotation& table) {
  std::vector<corpus::WordId> words = table.words;
  for (const auto* lines : {&table.rows, &table.columns}) {
    for (const corpus::TableLine& line : *lines) {
      words.insert(words.end(), line.words.begin(), line.words.end());
    }
  }
  return words;
}

Box box_of_table(const Annotation& table, const PageText& text) {
  Box box = table.box.value_or(Box{});
  for (const Box& line : text.line_boxes(words_of_table(table))) box = corpus::united(box, line);
  for (const auto* lines : {&table.rows, &table.columns}) {
    for (const corpus::TableLine& line : *lines) {
      if (line.box) box = corpus::united(box, *line.box);
    }
  }
  return box;
}

}  // namespace

std::optional<Shape> shape_of(const Annotation& annotation, const PageText& text) {
  Shape shape;
  if (annotation.type == AnnotationType::table) {
    shape = shape_of_boxes({box_of_table(annotation, text)});
  } else if (!annotation.polygon.empty()) {
    shape = {
        bounds_of(annotation.polygon), {annotation.polygon}, doubled_area_of(annotation.polygon)};
  } else if (annotation.box) {
    shape = shape_of_boxes({*annotation.box});
  } else {
    shape = shape_of_boxes(text.line_boxes(annotation.words));
  }
  if (shape.box.empty()) return std::nullopt;
  return shape;
}

bool has_a_place(AnnotationType type) {
  return type != AnnotationType::relation && type != AnnotationType::class_ &&
         type != AnnotationType::correction;
}

}  // namespace dataset::detail
