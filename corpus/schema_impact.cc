#include "corpus/schema_impact.h"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>

namespace corpus {
namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

const AttributeSpec* find_attribute(const std::vector<AttributeSpec>& specs,
                                    const std::string& name) {
  const auto found = std::find_if(specs.begin(), specs.end(),
                                  [&](const AttributeSpec& spec) { return spec.name == name; });
  return found == specs.end() ? nullptr : &*found;
}

bool has_kind(ValueShape shape, AttributeKind kind) {
  switch (kind) {
    case AttributeKind::number:
      return shape == ValueShape::integer;
    case AttributeKind::boolean:
      return shape == ValueShape::boolean;
    case AttributeKind::date:
      return shape == ValueShape::date;
    default:
      return shape == ValueShape::string || shape == ValueShape::date;
  }
}

std::optional<SchemaProblem> judge_attribute(const std::vector<AttributeSpec>& specs,
                                             const LabelUse& use) {
  const AttributeSpec* spec = find_attribute(specs, use.attribute);
  if (spec == nullptr) return SchemaProblem::attribute;
  if (!has_kind(use.shape, spec->kind)) return SchemaProblem::kind;
  const bool free = spec->kind != AttributeKind::enumeration;
  return free || contains(spec->values, use.value) ? std::nullopt
                                                   : std::optional(SchemaProblem::value);
}

// What is wrong with such annotations under this schema.
std::optional<SchemaProblem> judge(const Schema& schema, const LabelUse& use) {
  const auto* specs = schema.attributes_of(use.type, use.label);
  if (specs == nullptr) return SchemaProblem::label;
  const LabelSpec* label = schema.find_label(use.label);
  const bool is_label = label != nullptr && &label->attributes == specs;
  if (is_label && !label->allows(use.type)) return SchemaProblem::type;
  if (use.attribute.empty()) return std::nullopt;
  if (use.shape == ValueShape::column) {
    const auto& columns = schema.find_table(use.label)->columns;
    return columns.empty() || contains(columns, use.value) ? std::nullopt
                                                           : std::optional(SchemaProblem::column);
  }
  if (use.shape == ValueShape::end) {
    const RelationSpec& relation = *schema.find_relation(use.label);
    const auto& ends = use.attribute == "from" ? relation.from : relation.to;
    return ends.empty() || contains(ends, use.value) ? std::nullopt
                                                     : std::optional(SchemaProblem::end);
  }
  return judge_attribute(*specs, use);
}

// A problem with the label as a whole is told once, not again for each attribute.
bool is_told_elsewhere(SchemaProblem problem, const LabelUse& use) {
  const bool of_label = problem == SchemaProblem::label || problem == SchemaProblem::type;
  return of_label && !use.attribute.empty();
}

SchemaFinding finding_of(SchemaProblem problem, const LabelCount& count) {
  const LabelUse& use = count.use;
  SchemaFinding out{problem,   use.type,        use.label,   use.attribute,
                    use.value, use.annotations, count.pages, true};
  out.certain = problem != SchemaProblem::value || !use.value.empty();
  return out;
}

class Impact {
 public:
  void add(SchemaFinding finding) {
    auto& sum = findings_[{
        finding.problem, finding.type, finding.label, finding.attribute,
        finding.problem == SchemaProblem::attribute || finding.problem == SchemaProblem::kind
            ? ""
            : finding.value}];
    if (sum.annotations == 0) {
      sum = std::move(finding);
      if (sum.problem == SchemaProblem::attribute || sum.problem == SchemaProblem::kind) {
        sum.value.clear();
      }
      return;
    }
    sum.annotations += finding.annotations;
    sum.pages += finding.pages;
  }

  std::vector<SchemaFinding> list() && {
    std::vector<SchemaFinding> out;
    for (auto& [key, finding] : findings_) out.push_back(std::move(finding));
    return out;
  }

 private:
  using Key = std::tuple<SchemaProblem, AnnotationType, std::string, std::string, std::string>;
  std::map<Key, SchemaFinding> findings_;
};

using Carrier = std::pair<AnnotationType, std::string>;  // type and label

// Confirmed annotations by type and label, and of these those that carry the attribute.
std::map<Carrier, int64_t> confirmed(std::span<const LabelCount> counts,
                                     const std::string& attribute) {
  std::map<Carrier, int64_t> out;
  for (const auto& [use, pages] : counts) {
    const bool restricts = use.shape == ValueShape::column || use.shape == ValueShape::end;
    if (use.proposed || use.attribute != attribute || restricts) continue;
    out[{use.type, use.label}] += use.annotations;
  }
  return out;
}

bool requires_it(const Schema& schema, const Carrier& carrier, const std::string& attribute) {
  const auto* specs = schema.attributes_of(carrier.first, carrier.second);
  const AttributeSpec* spec = specs == nullptr ? nullptr : find_attribute(*specs, attribute);
  return spec != nullptr && spec->required;
}

void add_missing(const Schema& now, const Schema& next, std::span<const LabelCount> counts,
                 Impact& impact) {
  for (const auto& [carrier, annotations] : confirmed(counts, "")) {
    const auto* specs = next.attributes_of(carrier.first, carrier.second);
    if (specs == nullptr) continue;
    for (const AttributeSpec& spec : *specs) {
      if (!spec.required || requires_it(now, carrier, spec.name)) continue;
      const int64_t missing = annotations - confirmed(counts, spec.name)[carrier];
      if (missing <= 0) continue;
      impact.add({SchemaProblem::required, carrier.first, carrier.second, spec.name, "", missing, 0,
                  true});
    }
  }
}

}  // namespace

std::string_view name_of(SchemaProblem problem) {
  switch (problem) {
    case SchemaProblem::label:
      return "label";
    case SchemaProblem::type:
      return "type";
    case SchemaProblem::attribute:
      return "attribute";
    case SchemaProblem::kind:
      return "kind";
    case SchemaProblem::value:
      return "value";
    case SchemaProblem::required:
      return "required";
    case SchemaProblem::column:
      return "column";
    case SchemaProblem::end:
      return "end";
  }
  return "label";
}

std::vector<SchemaFinding> schema_impact(const Schema& now, const Schema& next,
                                         std::span<const LabelCount> counts) {
  Impact impact;
  for (const LabelCount& count : counts) {
    const auto problem = judge(next, count.use);
    if (!problem || is_told_elsewhere(*problem, count.use) || judge(now, count.use)) continue;
    impact.add(finding_of(*problem, count));
  }
  add_missing(now, next, counts, impact);
  return std::move(impact).list();
}

base::Json to_json(const SchemaFinding& finding) {
  base::Json out = base::Json::object({{"problem", name_of(finding.problem)},
                                       {"type", name_of(finding.type)},
                                       {"label", finding.label},
                                       {"annotations", finding.annotations},
                                       {"certain", finding.certain}});
  if (!finding.attribute.empty()) out.set("attribute", finding.attribute);
  if (!finding.value.empty()) out.set("value", finding.value);
  if (finding.pages > 0) out.set("pages", finding.pages);
  return out;
}

}  // namespace corpus
