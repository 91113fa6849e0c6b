#include "corpus/label_use.h"

#include <array>
#include <map>
#include <set>
#include <tuple>

#include "corpus/schema.h"

namespace corpus {
namespace {

using Key = std::tuple<AnnotationType, std::string, bool, std::string, ValueShape, std::string>;

constexpr std::array<std::pair<ValueShape, std::string_view>, 7> kShapes = {{
    {ValueShape::none, ""},
    {ValueShape::string, "string"},
    {ValueShape::date, "date"},
    {ValueShape::integer, "integer"},
    {ValueShape::boolean, "boolean"},
    {ValueShape::column, "column"},
    {ValueShape::end, "end"},
}};

std::string kept(const std::string& value) {
  return value.size() <= kMostValueBytes ? value : "";
}

std::pair<ValueShape, std::string> shape_of(const base::Json& value) {
  if (value.is_integer()) return {ValueShape::integer, ""};
  if (value.as_boolean() != nullptr) return {ValueShape::boolean, ""};
  const std::string* text = value.as_string();
  if (text == nullptr) return {ValueShape::none, ""};
  return {is_date(*text) ? ValueShape::date : ValueShape::string, kept(*text)};
}

// Counts the annotations of one file.
class Counter {
 public:
  explicit Counter(const std::vector<Annotation>& annotations) {
    for (const Annotation& a : annotations) labels_.emplace(a.id, a.label);
    for (const Annotation& a : annotations) {
      if (a.type != AnnotationType::correction) count(a);
    }
  }

  std::vector<LabelUse> uses() const {
    std::vector<LabelUse> out;
    for (const auto& [key, annotations] : counts_) {
      const auto& [type, label, proposed, attribute, shape, value] = key;
      out.push_back({type, label, proposed, attribute, shape, value, annotations});
    }
    return out;
  }

 private:
  void count(const Annotation& a) {
    add(a, "", ValueShape::none, "");
    for (const auto& [name, value] : a.attributes) {
      const auto [shape, text] = shape_of(value);
      add(a, name, shape, text);
    }
    std::set<std::string> columns;
    for (const TableLine& column : a.columns) columns.insert(column.label);
    columns.erase("");
    for (const std::string& column : columns) add(a, "columns", ValueShape::column, column);
    if (a.from) add_end(a, "from", *a.from);
    if (a.to) add_end(a, "to", *a.to);
  }

  void add_end(const Annotation& relation, const char* name, const AnnotationId& end) {
    const auto found = labels_.find(end);
    if (found != labels_.end()) add(relation, name, ValueShape::end, found->second);
  }

  void add(const Annotation& a, const std::string& attribute, ValueShape shape,
           const std::string& value) {
    counts_[{a.type, a.label, a.proposed, attribute, shape, value}] += 1;
  }

  std::map<AnnotationId, std::string> labels_;
  std::map<Key, int64_t> counts_;
};

}  // namespace

std::string_view name_of(ValueShape shape) {
  for (const auto& [value, name] : kShapes) {
    if (value == shape) return name;
  }
  return "";
}

std::optional<ValueShape> parse_value_shape(std::string_view name) {
  for (const auto& [value, known] : kShapes) {
    if (known == name) return value;
  }
  return std::nullopt;
}

std::vector<LabelUse> label_uses(const std::vector<Annotation>& annotations) {
  return Counter(annotations).uses();
}

}  // namespace corpus
