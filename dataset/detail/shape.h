// The place of an annotation on its page. Private to dataset/.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "corpus/annotation.h"
#include "dataset/detail/page_text.h"

namespace dataset::detail {

struct Shape {
  corpus::Box box;  // around all of it
  std::vector<std::vector<corpus::Point>> polygons;
  int64_t doubled_area = 0;
};

// Its own polygon or box, else what its words cover line by line; of a table the box of its rows
// and columns. Nothing for one that has no place on the page.
std::optional<Shape> shape_of(const corpus::Annotation& annotation, const PageText& text);

// What shapes can be of: not relations, classes and corrections.
bool has_a_place(corpus::AnnotationType type);

}  // namespace dataset::detail
