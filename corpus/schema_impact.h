// What a change of the schema would do to the annotations that there are: which of them would no
// longer be valid, and why. From counts (corpus/label_use.h), not from files.
//
//   for (const SchemaFinding& finding : schema_impact(now, next, counts)) tell(finding);
//
// Annotations that are not valid today either are not told of. Plain values, pure functions.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "corpus/label_use.h"
#include "corpus/schema.h"

namespace corpus {

// A LabelUse of a whole project.
struct LabelCount {
  LabelUse use;
  int64_t pages = 0;
  bool operator==(const LabelCount&) const = default;
};

enum class SchemaProblem {
  label,      // the schema would not know it
  type,       // it would not be for annotations of this type
  attribute,  // the label would not have it
  kind,       // its values would have to look different
  value,      // it could not have this value
  required,   // it would have to be there, and is not
  column,     // the table would not have it
  end,        // the relation could not begin or end there
};
std::string_view name_of(SchemaProblem problem);

struct SchemaFinding {
  SchemaProblem problem = SchemaProblem::label;
  AnnotationType type = AnnotationType::span;
  std::string label;
  std::string attribute;  // of problems with attributes, values, ends
  std::string value;      // of value, column, end
  int64_t annotations = 0;
  int64_t pages = 0;  // at most so many; 0: not known
  // Whether exactly so many would be invalid; else at most: their values are not in the counts.
  bool certain = true;
  bool operator==(const SchemaFinding&) const = default;
};

std::vector<SchemaFinding> schema_impact(const Schema& now, const Schema& next,
                                         std::span<const LabelCount> counts);
base::Json to_json(const SchemaFinding& finding);

}  // namespace corpus
