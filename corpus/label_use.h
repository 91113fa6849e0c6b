// What the annotations of a file use of the schema, counted: how many carry which label, which
// attributes, which values. An index keeps it, so that what a change of the schema would do can be
// told without reading a single file (corpus/schema_impact.h).
//
//   for (const LabelUse& use : label_uses(annotations)) count(use);
//
// Plain values, pure functions, safe from any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "corpus/annotation.h"

namespace corpus {

// What an attribute's value looks like.
enum class ValueShape { none, string, date, integer, boolean, column, end };
std::string_view name_of(ValueShape shape);
std::optional<ValueShape> parse_value_shape(std::string_view name);

// `attribute` empty: the annotations themselves, `value` too. Else those of them that carry the
// attribute with this value. Two further things that a schema restricts count as attributes: the
// labels of a table's columns ("columns", shape column), and those of a relation's ends ("from",
// "to", shape end) where the end lies in the same file.
struct LabelUse {
  AnnotationType type = AnnotationType::span;
  std::string label;
  bool proposed = false;
  std::string attribute;
  ValueShape shape = ValueShape::none;
  std::string value;  // of strings, up to kMostValueBytes: longer ones are known by their shape
  int64_t annotations = 0;
  bool operator==(const LabelUse&) const = default;
};

inline constexpr size_t kMostValueBytes = 64;

// Corrections use nothing. Sorted by all that is not a number.
std::vector<LabelUse> label_uses(const std::vector<Annotation>& annotations);

}  // namespace corpus
