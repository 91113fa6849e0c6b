#include <algorithm>
#include <array>
#include <map>

#include "corpus/detail/merge_fields.h"
#include "corpus/merge.h"

namespace corpus {
namespace {

using base::Json;
using detail::Fields;

constexpr std::array<std::string_view, 4> kLists = {"labels", "relations", "tables", "classes"};

struct Named {
  std::vector<std::string> order;
  std::map<std::string, Json> entries;
  const Json* find(const std::string& name) const {
    const auto found = entries.find(name);
    return found == entries.end() ? nullptr : &found->second;
  }
};

Named named(const Json& schema, std::string_view list) {
  Named out;
  if (const auto* items = schema.find_array(list)) {
    for (const Json& item : *items) {
      const std::string name = item.string_or("name", "");
      out.order.push_back(name);
      out.entries.emplace(name, item);
    }
  }
  return out;
}

// Attributes of a label are one field: a list of declarations, not values.
Fields flat(const Json* entry) {
  return entry == nullptr ? Fields{} : detail::fields_of(*entry);
}

Json value_or_null(const Json* entry) {
  return entry == nullptr ? Json() : *entry;
}

struct Three {
  Named base, ours, theirs;
};

std::optional<Json> merge_entry(const Three& three, const std::string& name, const std::string& id,
                                std::vector<Conflict>& conflicts) {
  const Json* base = three.base.find(name);
  const Json* ours = three.ours.find(name);
  const Json* theirs = three.theirs.find(name);
  const auto value = [](const Json* entry) {
    return entry == nullptr ? std::optional<Json>() : *entry;
  };
  if (detail::same(ours, theirs) || detail::same(theirs, base)) return value(ours);
  if (detail::same(ours, base)) return value(theirs);
  if (ours == nullptr || theirs == nullptr) {
    conflicts.push_back({id, "", value_or_null(base), value_or_null(ours), value_or_null(theirs)});
    return value(ours != nullptr ? ours : theirs);
  }
  return detail::object_of(
      detail::merge_fields(flat(base), flat(ours), flat(theirs), id, conflicts));
}

// The order of the side that changed it; what only one side has follows by name.
std::vector<std::string> merged_order(const Three& three) {
  const auto common = [&](const Named& side) {
    std::vector<std::string> out;
    for (const auto& name : side.order) {
      const bool everywhere =
          three.base.find(name) && three.ours.find(name) && three.theirs.find(name);
      if (everywhere) out.push_back(name);
    }
    return out;
  };
  const auto ours = common(three.ours);
  std::vector<std::string> out = ours != common(three.base) ? ours : common(three.theirs);
  std::vector<std::string> rest;
  for (const Named* side : {&three.base, &three.ours, &three.theirs}) {
    for (const auto& [name, entry] : side->entries) {
      if (std::find(out.begin(), out.end(), name) == out.end()) rest.push_back(name);
    }
  }
  std::sort(rest.begin(), rest.end());
  rest.erase(std::unique(rest.begin(), rest.end()), rest.end());
  out.insert(out.end(), rest.begin(), rest.end());
  return out;
}

Json merge_list(const Three& three, const std::string& list, std::vector<Conflict>& conflicts) {
  Json::Array out;
  for (const std::string& name : merged_order(three)) {
    auto entry = merge_entry(three, name, list + "/" + name, conflicts);
    if (entry) out.push_back(std::move(*entry));
  }
  return Json(std::move(out));
}

// What is in none of the lists: the x-... keys.
Fields without_lists(const Json& schema) {
  Fields out = detail::fields_of(schema);
  for (const std::string_view list : kLists) out.erase(std::string(list));
  return out;
}

}  // namespace

SchemaMerge merge_schemas(const Schema& base, const Schema& ours, const Schema& theirs) {
  if (ours == theirs || theirs == base) return {ours, {}};
  if (ours == base) return {theirs, {}};
  const Json before = to_json(base);
  const Json mine = to_json(ours);
  const Json other = to_json(theirs);
  SchemaMerge out;
  Json merged = detail::object_of(detail::merge_fields(without_lists(before), without_lists(mine),
                                                       without_lists(other), "", out.conflicts));
  for (const std::string_view list : kLists) {
    const Three three{named(before, list), named(mine, list), named(other, list)};
    merged.set(list, merge_list(three, std::string(list), out.conflicts));
  }
  auto schema = parse_schema(merged.print());
  if (schema.ok()) {
    out.merged = std::move(schema).value();
  } else {
    // Each field merges, but together they make no sense (a relation to a label that is gone).
    out.merged = ours;
    out.conflicts = {{"", "", before, mine, other}};
  }
  return out;
}

}  // namespace corpus
