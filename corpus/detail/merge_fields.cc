#include "corpus/detail/merge_fields.h"

namespace corpus::detail {
namespace {

constexpr std::string_view kNested = "attributes";
constexpr std::string_view kNestedPrefix = "attributes.";

}  // namespace

Fields fields_of(const base::Json& object) {
  Fields out;
  for (const auto& member : *object.as_object()) {
    if (member.key != kNested || !member.value.is_object()) {
      out.emplace(member.key, member.value);
      continue;
    }
    for (const auto& inner : *member.value.as_object()) {
      out.emplace(std::string(kNestedPrefix) + inner.key, inner.value);
    }
  }
  return out;
}

base::Json object_of(const Fields& fields) {
  base::Json out = base::Json::object();
  base::Json nested = base::Json::object();
  for (const auto& [name, value] : fields) {
    if (name.starts_with(kNestedPrefix)) {
      nested.set(name.substr(kNestedPrefix.size()), value);
    } else {
      out.set(name, value);
    }
  }
  if (!nested.as_object()->empty()) out.set(kNested, std::move(nested));
  return out;
}

std::set<std::string> names_of(std::initializer_list<const Fields*> sides) {
  std::set<std::string> out;
  for (const Fields* side : sides) {
    for (const auto& [name, value] : *side) out.insert(name);
  }
  return out;
}

base::Json field(const Fields& fields, const std::string& name) {
  const auto found = fields.find(name);
  return found == fields.end() ? base::Json() : found->second;
}

Fields merge_fields(const Fields& base, const Fields& ours, const Fields& theirs,
                    const std::string& id, std::vector<Conflict>& conflicts) {
  Fields out;
  for (const std::string& name : names_of({&base, &ours, &theirs})) {
    const base::Json before = field(base, name);
    const base::Json mine = field(ours, name);
    const base::Json other = field(theirs, name);
    const bool clash = mine != other && mine != before && other != before;
    if (clash) conflicts.push_back({id, name, before, mine, other});
    const base::Json& winner = clash || mine != before ? mine : other;
    if (!winner.is_null()) out.emplace(name, winner);
  }
  return out;
}

}  // namespace corpus::detail
