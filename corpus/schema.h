// schema.json: which labels, relations, tables and document classes a project knows, with their
// attributes, colours and hotkeys. Edited by managers and scientists, by hand or in the browser;
// format: docs/formats/schema.md. Canonical form is indented (two blanks a level), so that a
// `git diff` of it shows a label.
//
//   const Schema schema = TRY(parse_schema(text));
//   if (const LabelSpec* label = schema.find_label("total")) draw(label->colour);
//
// Plain values, pure functions, safe from any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "corpus/annotation.h"
#include "corpus/diagnostic.h"

namespace corpus {

enum class AttributeKind {
  enumeration,  // "enum": one of `values`
  string,
  number,  // an integer; decimals are written as a string
  boolean,
  date,  // "2026-11-21"
};
std::string_view name_of(AttributeKind kind);
std::optional<AttributeKind> parse_attribute_kind(std::string_view name);
// Whether it is a day as "2026-11-21".
bool is_date(std::string_view text);

// Names (of labels, attributes, relations, tables, columns, classes) are 1 to 100 bytes of
// letters, digits, '_', '-', '.', unique in their list; titles are for people.
struct AttributeSpec {
  std::string name;
  std::string title;
  AttributeKind kind = AttributeKind::string;
  std::vector<std::string> values;  // of an enumeration, at least one
  bool required = false;
  bool operator==(const AttributeSpec&) const = default;
};

struct LabelSpec {
  std::string name;
  std::string title;
  std::string colour;                 // "#rrggbb", or empty: the UI chooses
  std::string hotkey;                 // one key, or empty
  std::vector<AnnotationType> types;  // span, box, polygon, value; empty: all four
  std::vector<AttributeSpec> attributes;
  JsonMap extra;
  bool allows(AnnotationType type) const;
  bool operator==(const LabelSpec&) const = default;
};

struct RelationSpec {
  std::string name;
  std::string title;
  std::string colour;
  std::string hotkey;
  std::vector<std::string> from;  // labels that it may start at; empty: any
  std::vector<std::string> to;
  std::vector<AttributeSpec> attributes;
  JsonMap extra;
  bool operator==(const RelationSpec&) const = default;
};

struct TableSpec {
  std::string name;
  std::string title;
  std::string colour;
  std::string hotkey;
  std::vector<std::string> columns;  // names that a column's label may have; empty: any
  std::vector<AttributeSpec> attributes;
  JsonMap extra;
  bool operator==(const TableSpec&) const = default;
};

struct ClassSpec {
  std::string name;
  std::string title;
  std::string hotkey;
  std::vector<AttributeSpec> attributes;
  JsonMap extra;
  bool operator==(const ClassSpec&) const = default;
};

struct Schema {
  std::vector<LabelSpec> labels;        // of spans, boxes, polygons and values
  std::vector<RelationSpec> relations;  // of relations
  std::vector<TableSpec> tables;        // of tables
  std::vector<ClassSpec> classes;       // of classes
  JsonMap extra;

  const LabelSpec* find_label(std::string_view name) const;
  const RelationSpec* find_relation(std::string_view name) const;
  const TableSpec* find_table(std::string_view name) const;
  const ClassSpec* find_class(std::string_view name) const;
  // The names that an annotation of this type may have as its label.
  std::vector<std::string> names_for(AnnotationType type) const;
  // Those that an annotation of this type and label may carry; null if there is no such label, and
  // for corrections.
  const std::vector<AttributeSpec>* attributes_of(AnnotationType type,
                                                  std::string_view label) const;

  bool operator==(const Schema&) const = default;
};

inline constexpr size_t kMaxSchemaBytes = size_t{1} << 20;
inline constexpr size_t kMaxSchemaEntries = 2'000;  // of each list

base::Result<Schema> parse_schema(std::string_view text);
// Every problem, with its place; nothing if there is one.
std::optional<Schema> parse_schema(std::string_view text, Diagnostics& problems);
std::string print_schema(const Schema& schema);
base::Json to_json(const Schema& schema);

// For insurance claims and invoices: what a new project starts with unless told otherwise.
Schema default_schema();

}  // namespace corpus
