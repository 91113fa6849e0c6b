// An annotation: what a person or a model says about words, an area, or a whole document.
// Lives one a line in pages/NNNN.annotations.jsonl (the page of its first word or corner) or in
// the document's annotations.jsonl. Format: docs/formats/annotations.md.
//
//   ParsedAnnotations file = parse_annotations(text, path);   // every problem, with line:column
//   if (!file.ok()) return to_string(file.problems.list().front());
//   std::string canonical = print_annotations(file.values());
//
// Reading accepts any equivalent spelling (key order, blanks, unsorted, empty lines, CRLF, text
// not in NFC); printing knows one: fixed key order, sorted by id, NFC, LF. So print(parse(text))
// is the canonical form of the text, and parse(print(x)) == x.
//
// Plain values, pure functions, safe from any thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "corpus/diagnostic.h"
#include "corpus/geometry.h"
#include "corpus/ids.h"

namespace corpus {

enum class AnnotationType {
  span,        // a run of words: `words`
  box,         // an area: `box`
  polygon,     // an area: `polygon`
  relation,    // an arrow between two annotations of the document: `from`, `to`
  value,       // what a field says in normal form: `text`, with or without words as evidence
  table,       // `rows` and `columns` over words; a cell is what is in both
  correction,  // `words` were misread and should have been `replacements`
  class_,      // "class": what kind of document (or page) this is
};
std::string_view name_of(AnnotationType type);
std::optional<AnnotationType> parse_annotation_type(std::string_view name);
std::span<const AnnotationType> all_annotation_types();

// What a misread word should have been. Several of them split a word, one of them for several
// words merges these, none deletes them.
struct Replacement {
  std::string text;  // NFC, never empty
  Box box;
  bool operator==(const Replacement&) const = default;
};

// A row or a column of a table.
struct TableLine {
  std::string label;  // which column of the schema's table this is; "header" for a head row
  std::vector<WordId> words;
  std::optional<Box> box;  // for a line without words, or wider than them
  bool operator==(const TableLine&) const = default;
};

// The model that proposed it. Stays after acceptance: where the label came from.
struct Origin {
  std::string model;
  std::string version;
  bool operator==(const Origin&) const = default;
};

enum class Verdict { accepted, rejected };
struct AnnotationReview {
  Verdict state = Verdict::accepted;
  std::string reason;
  bool operator==(const AnnotationReview&) const = default;
};

// How the annotation was found again after a page was re-read and its words got new ids.
enum class AnchorStatus { exact, moved, orphaned };
std::string_view name_of(AnchorStatus status);
std::optional<AnchorStatus> parse_anchor_status(std::string_view name);
struct Anchor {
  std::string quote;   // the text that it covered
  std::string prefix;  // and what stood before
  std::string suffix;  // and after it
  std::optional<Box> box;
  AnchorStatus status = AnchorStatus::exact;
  bool operator==(const Anchor&) const = default;
};

// Values under names, in the order of the names' bytes: attributes, and x-... keys.
using JsonMap = std::map<std::string, base::Json>;

// In the order of the keys in the file.
struct Annotation {
  AnnotationId id;
  AnnotationType type = AnnotationType::span;
  std::string label;          // a name of schema.json; empty for a correction
  std::vector<WordId> words;  // in the order in which they are read; no id twice
  std::optional<Box> box;
  std::vector<Point> polygon;        // at least three corners
  std::optional<std::string> text;   // normal form, e.g. "2026-11-21" for "21. Nov. 26"
  JsonMap attributes;                // as schema.json declares them; strings, integers, booleans
  std::optional<AnnotationId> from;  // of a relation
  std::optional<AnnotationId> to;
  std::vector<TableLine> rows;  // of a table
  std::vector<TableLine> columns;
  std::vector<Replacement> replacements;  // of a correction
  std::optional<Origin> origin;
  std::optional<int32_t> confidence;  // of a model, 0 to 1000
  bool proposed = false;              // "state":"proposed": nobody has confirmed it yet
  std::optional<AnnotationReview> review;
  std::optional<Anchor> anchor;
  JsonMap extra;  // x-... keys of other programs: kept as they are

  bool operator==(const Annotation&) const = default;
};

// Limits of the format; beyond them a file is refused.
inline constexpr size_t kMaxAnnotationFileBytes = size_t{32} << 20;
inline constexpr size_t kMaxAnnotationLineBytes = size_t{1} << 20;
inline constexpr size_t kMaxAnnotationsPerFile = 20'000;
inline constexpr size_t kMaxWordsPerAnnotation = 20'000;
inline constexpr size_t kMaxPolygonPoints = 1'000;
inline constexpr size_t kMaxTableLines = 2'000;
inline constexpr size_t kMaxReplacements = 1'000;
inline constexpr size_t kMaxAttributes = 100;
inline constexpr size_t kMaxNameBytes = 100;     // labels, attribute names, x-... keys
inline constexpr size_t kMaxTextBytes = 65'536;  // any other text
inline constexpr size_t kMaxJsonDepth = 16;

// One annotation as it stood in a file: `source` knows the place of each of its values.
struct AnnotationLine {
  Annotation annotation;
  base::Json source;
};

struct ParsedAnnotations {
  std::vector<AnnotationLine> lines;  // the well-formed ones, in the order of the file
  Diagnostics problems;

  bool ok() const { return problems.empty(); }
  std::vector<Annotation> values() const;
};

// Reads the whole file whatever is wrong in it. Checks the form (keys, types, limits, what each
// annotation type needs, ids not twice in the file); validate.h checks the sense.
ParsedAnnotations parse_annotations(std::string_view text, std::string path = {});
// For files that the server wrote: the values, or the first problem with its place.
base::Result<std::vector<Annotation>> read_annotations(std::string_view text);

// The canonical file: sorted by id, one a line, each line ended by LF.
std::string print_annotations(std::vector<Annotation> annotations);
// What may be committed: the same, read back before it is handed out. Code::limit beyond the limits
// of a file, as a merge of two can be.
base::Result<std::string> write_annotations(std::vector<Annotation> annotations);
// The canonical line, without LF.
std::string print_annotation(const Annotation& annotation);

// The same forms for the HTTP API. From JSON: nothing if something is wrong, and `problems` says
// what and (for parsed JSON) where.
base::Json to_json(const Annotation& annotation);
std::optional<Annotation> annotation_from_json(const base::Json& json, Diagnostics& problems);

// What differs between two states of a file, by value: a reformatted line is no change.
struct AnnotationChange {
  Annotation before;
  Annotation after;
  std::vector<std::string> fields;  // top-level keys, attributes as "attributes.currency"
  bool operator==(const AnnotationChange&) const = default;
};
struct AnnotationChanges {
  std::vector<Annotation> added;
  std::vector<Annotation> removed;
  std::vector<AnnotationChange> changed;

  bool empty() const { return added.empty() && removed.empty() && changed.empty(); }
  bool operator==(const AnnotationChanges&) const = default;
};
// Each list sorted by id.
AnnotationChanges annotation_changes(const std::vector<Annotation>& before,
                                     const std::vector<Annotation>& after);

}  // namespace corpus
