// The three-way rule, once, on flat lists of fields.
#pragma once

#include <initializer_list>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "corpus/merge.h"

namespace corpus::detail {

// The members of an object; those of "attributes" as "attributes.<name>".
using Fields = std::map<std::string, base::Json>;
Fields fields_of(const base::Json& object);
base::Json object_of(const Fields& fields);

std::set<std::string> names_of(std::initializer_list<const Fields*> sides);
// Null if the field is not there.
base::Json field(const Fields& fields, const std::string& name);

// Field by field: what one side changed wins, what both changed differently is a conflict and
// holds our value.
Fields merge_fields(const Fields& base, const Fields& ours, const Fields& theirs,
                    const std::string& id, std::vector<Conflict>& conflicts);

template <typename Entry>
using ById = std::map<decltype(Entry::id), const Entry*>;

template <typename Entry>
ById<Entry> by_id(const std::vector<Entry>& entries) {
  ById<Entry> out;
  for (const Entry& entry : entries) out.emplace(entry.id, &entry);
  return out;
}

template <typename Entry>
const Entry* find_id(const ById<Entry>& entries, const decltype(Entry::id)& id) {
  const auto found = entries.find(id);
  return found == entries.end() ? nullptr : found->second;
}

bool same(const auto* a, const auto* b) {
  return (a == nullptr) == (b == nullptr) && (a == nullptr || *a == *b);
}

base::Json json_or_null(const auto* entry) {
  return entry == nullptr ? base::Json() : to_json(*entry);
}

}  // namespace corpus::detail
