#include "corpus/schema.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/clock.h"
#include "base/text.h"
#include "corpus/detail/object_reader.h"

namespace corpus {
namespace {

using base::Json;
using detail::ObjectReader;
using detail::Presence;

constexpr size_t kMaxValues = 1'000;
constexpr size_t kMaxTitleBytes = 500;
constexpr std::array kLabelTypes = {AnnotationType::span, AnnotationType::box,
                                    AnnotationType::polygon, AnnotationType::value};

const std::array<std::string, 5> kKindNames = {"enum", "string", "number", "boolean", "date"};

bool is_label_type(AnnotationType type) {
  return std::find(kLabelTypes.begin(), kLabelTypes.end(), type) != kLabelTypes.end();
}

// ---- printing ----

Json attributes_json(const std::vector<AttributeSpec>& attributes) {
  Json::Array out;
  for (const AttributeSpec& attribute : attributes) {
    Json item = Json::object({{"name", attribute.name}});
    detail::set_text(item, "title", attribute.title);
    item.set("kind", name_of(attribute.kind));
    if (!attribute.values.empty()) item.set("values", detail::strings_json(attribute.values));
    if (attribute.required) item.set("required", true);
    out.push_back(std::move(item));
  }
  return Json(std::move(out));
}

void set_names(Json& out, std::string_view key, const std::vector<std::string>& names) {
  if (!names.empty()) out.set(key, detail::strings_json(names));
}

// What all four kinds of entry have in common, before and after what is their own.
Json begin_entry(const auto& entry) {
  Json out = Json::object({{"name", entry.name}});
  detail::set_text(out, "title", entry.title);
  if constexpr (requires { entry.colour; }) detail::set_text(out, "colour", entry.colour);
  detail::set_text(out, "hotkey", entry.hotkey);
  return out;
}

Json end_entry(Json out, const auto& entry) {
  if (!entry.attributes.empty()) out.set("attributes", attributes_json(entry.attributes));
  detail::add_extra(out, entry.extra);
  return out;
}

Json entry_json(const LabelSpec& label) {
  Json out = begin_entry(label);
  std::vector<std::string> types;
  for (const AnnotationType type : label.types) types.emplace_back(name_of(type));
  set_names(out, "types", types);
  return end_entry(std::move(out), label);
}

Json entry_json(const RelationSpec& relation) {
  Json out = begin_entry(relation);
  set_names(out, "from", relation.from);
  set_names(out, "to", relation.to);
  return end_entry(std::move(out), relation);
}

Json entry_json(const TableSpec& table) {
  Json out = begin_entry(table);
  set_names(out, "columns", table.columns);
  return end_entry(std::move(out), table);
}

Json entry_json(const ClassSpec& spec) {
  return end_entry(begin_entry(spec), spec);
}

Json entries_json(const auto& entries) {
  Json::Array out;
  for (const auto& entry : entries) out.push_back(entry_json(entry));
  return Json(std::move(out));
}

// ---- reading ----

bool is_colour(std::string_view text) {
  return text.size() == 7 && text[0] == '#' && base::is_lower_hex(text.substr(1), 6);
}

AttributeSpec read_attribute(const Json& json, Diagnostics& problems) {
  AttributeSpec out;
  ObjectReader reader(json, problems);
  reader.name("name", out.name, Presence::required);
  reader.text("title", out.title, Presence::optional, kMaxTitleBytes);
  reader.word("kind", parse_attribute_kind, kKindNames, out.kind, Presence::required);
  reader.names("values", out.values, kMaxValues);
  reader.boolean("required", out.required);
  const bool is_enumeration = out.kind == AttributeKind::enumeration;
  if (is_enumeration && out.values.empty()) reader.refuse(json.at(), "an enum needs \"values\"");
  if (!is_enumeration && !out.values.empty()) {
    reader.refuse(json.at(), "only an enum has \"values\"");
  }
  if (!reader.finish().empty()) reader.refuse(json.at(), "attributes have no x-... keys");
  return out;
}

// Reports the second of two entries with one name.
class Uniqueness {
 public:
  void check(const std::string& name, base::Position at, Diagnostics& problems) {
    if (!name.empty() && !names_.insert(name).second) {
      problems.add(at, "the name \"" + name + "\" is there twice");
    }
  }

 private:
  std::set<std::string> names_;
};

void read_attributes(ObjectReader& reader, std::vector<AttributeSpec>& out) {
  const auto* items = reader.array("attributes", kMaxAttributes);
  if (items == nullptr) return;
  Uniqueness names;
  for (const Json& item : *items) {
    out.push_back(read_attribute(item, reader.problems()));
    names.check(out.back().name, item.at(), reader.problems());
  }
}

void read_hotkey(ObjectReader& reader, std::string& out) {
  if (!reader.text("hotkey", out) || out.empty()) return;
  if (base::count_code_points(out) != 1) {
    reader.refuse(reader.member("hotkey")->at(), "a hotkey is one character");
  }
}

void read_colour(ObjectReader& reader, std::string& out) {
  if (!reader.text("colour", out) || out.empty() || is_colour(out)) return;
  reader.refuse(reader.member("colour")->at(),
                "a colour is written as \"#rrggbb\" in lower-case digits");
}

void read_types(ObjectReader& reader, std::vector<AnnotationType>& out) {
  const auto* items = reader.array("types", kLabelTypes.size());
  if (items == nullptr) return;
  static const std::vector<std::string> kNames = {"span", "box", "polygon", "value"};
  for (const Json& item : *items) {
    const auto name = detail::canonical_text(item, "a type", reader.problems());
    if (!name) return;
    const auto type = parse_annotation_type(*name);
    if (!type || !is_label_type(*type)) {
      const std::string hint = reader.problems().did_you_mean(*name, kNames);
      reader.refuse(item.at(),
                    "a label cannot be for " + ObjectReader::quoted(*name) +
                        (hint.empty() ? ": it is for span, box, polygon or value" : hint));
    } else if (std::find(out.begin(), out.end(), *type) == out.end()) {
      out.push_back(*type);
    }
  }
}

void read_own(ObjectReader& reader, LabelSpec& out) {
  read_types(reader, out.types);
}
void read_own(ObjectReader& reader, RelationSpec& out) {
  reader.names("from", out.from, kMaxSchemaEntries);
  reader.names("to", out.to, kMaxSchemaEntries);
}
void read_own(ObjectReader& reader, TableSpec& out) {
  reader.names("columns", out.columns, kMaxSchemaEntries);
}
void read_own(ObjectReader&, ClassSpec&) {}

template <typename Entry>
Entry read_entry(const Json& json, Diagnostics& problems) {
  Entry out;
  ObjectReader reader(json, problems);
  reader.name("name", out.name, Presence::required);
  reader.text("title", out.title, Presence::optional, kMaxTitleBytes);
  if constexpr (requires { out.colour; }) read_colour(reader, out.colour);
  read_hotkey(reader, out.hotkey);
  read_own(reader, out);
  read_attributes(reader, out.attributes);
  out.extra = reader.finish();
  return out;
}

template <typename Entry>
void read_entries(ObjectReader& reader, std::string_view key, std::vector<Entry>& out) {
  const auto* items = reader.array(key, kMaxSchemaEntries);
  if (items == nullptr) return;
  Uniqueness names;
  for (const Json& item : *items) {
    out.push_back(read_entry<Entry>(item, reader.problems()));
    names.check(out.back().name, item.at(), reader.problems());
  }
}

std::vector<std::string> names_of(const auto& entries) {
  std::vector<std::string> out;
  for (const auto& entry : entries) out.push_back(entry.name);
  return out;
}

// Relations may only name labels (or tables) that there are.
void check_ends(const Json& json, const Schema& schema, Diagnostics& problems) {
  std::vector<std::string> known = names_of(schema.labels);
  for (const TableSpec& table : schema.tables) known.push_back(table.name);
  const auto* relations = json.find_array("relations");
  if (relations == nullptr) return;
  for (const Json& relation : *relations) {
    for (const char* end : {"from", "to"}) {
      const auto* names = relation.find_array(end);
      if (names == nullptr) continue;
      for (const Json& name : *names) {
        const std::string* text = name.as_string();
        if (text == nullptr || std::find(known.begin(), known.end(), *text) != known.end()) {
          continue;
        }
        problems.add(name.at(), "\"" + std::string(end) + "\" names " +
                                    ObjectReader::quoted(*text) + ", which is no label here" +
                                    problems.did_you_mean(*text, known));
      }
    }
  }
}

template <typename Entry>
const Entry* find_named(const std::vector<Entry>& entries, std::string_view name) {
  const auto found = std::find_if(entries.begin(), entries.end(),
                                  [&](const Entry& entry) { return entry.name == name; });
  return found == entries.end() ? nullptr : &*found;
}

}  // namespace

std::string_view name_of(AttributeKind kind) {
  return kKindNames[static_cast<size_t>(kind)];
}

std::optional<AttributeKind> parse_attribute_kind(std::string_view name) {
  for (size_t i = 0; i < kKindNames.size(); ++i) {
    if (kKindNames[i] == name) return static_cast<AttributeKind>(i);
  }
  return std::nullopt;
}

bool LabelSpec::allows(AnnotationType type) const {
  if (types.empty()) return is_label_type(type);
  return std::find(types.begin(), types.end(), type) != types.end();
}

const LabelSpec* Schema::find_label(std::string_view name) const {
  return find_named(labels, name);
}
const RelationSpec* Schema::find_relation(std::string_view name) const {
  return find_named(relations, name);
}
const TableSpec* Schema::find_table(std::string_view name) const {
  return find_named(tables, name);
}
const ClassSpec* Schema::find_class(std::string_view name) const {
  return find_named(classes, name);
}

std::vector<std::string> Schema::names_for(AnnotationType type) const {
  switch (type) {
    case AnnotationType::relation:
      return names_of(relations);
    case AnnotationType::table:
      return names_of(tables);
    case AnnotationType::class_:
      return names_of(classes);
    case AnnotationType::correction:
      return {};
    default:
      break;
  }
  std::vector<std::string> out;
  for (const LabelSpec& label : labels) {
    if (label.allows(type)) out.push_back(label.name);
  }
  return out;
}

bool is_date(std::string_view text) {
  return text.size() == 10 && base::from_rfc3339(std::string(text) + "T00:00:00Z").ok();
}

const std::vector<AttributeSpec>* Schema::attributes_of(AnnotationType type,
                                                        std::string_view label) const {
  const auto of = [](const auto* spec) { return spec == nullptr ? nullptr : &spec->attributes; };
  switch (type) {
    case AnnotationType::relation:
      return of(find_relation(label));
    case AnnotationType::table:
      return of(find_table(label));
    case AnnotationType::class_:
      return of(find_class(label));
    case AnnotationType::correction:
      return nullptr;
    default:
      return of(find_label(label));
  }
}

std::optional<Schema> parse_schema(std::string_view text, Diagnostics& problems) {
  const size_t before = problems.count();
  const auto json = detail::parse_object_text(text, kMaxSchemaBytes, problems);
  if (!json) return std::nullopt;
  Schema out;
  ObjectReader reader(*json, problems);
  read_entries(reader, "labels", out.labels);
  read_entries(reader, "relations", out.relations);
  read_entries(reader, "tables", out.tables);
  read_entries(reader, "classes", out.classes);
  out.extra = reader.finish();
  if (problems.count() == before) check_ends(*json, out, problems);
  if (problems.count() != before) return std::nullopt;
  return out;
}

base::Result<Schema> parse_schema(std::string_view text) {
  return detail::first_problem_of<Schema>(
      [&](Diagnostics& problems) { return parse_schema(text, problems); });
}

base::Json to_json(const Schema& schema) {
  Json out = Json::object({{"labels", entries_json(schema.labels)},
                           {"relations", entries_json(schema.relations)},
                           {"tables", entries_json(schema.tables)},
                           {"classes", entries_json(schema.classes)}});
  detail::add_extra(out, schema.extra);
  return out;
}

std::string print_schema(const Schema& schema) {
  return to_json(schema).print_pretty();
}

}  // namespace corpus
