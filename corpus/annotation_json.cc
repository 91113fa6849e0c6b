// Annotations as JSON values: which keys each type has, and in which order they are printed.
#include <array>

#include "base/text.h"
#include "corpus/annotation.h"
#include "corpus/detail/object_reader.h"

namespace corpus {
namespace {

using base::Json;
using detail::ObjectReader;
using detail::Presence;

// What a type has of the keys that not all types have.
enum class Use { never, may, must };
struct Form {
  AnnotationType type;
  std::string_view name;
  Use label, words, box, polygon, text, ends, lines, replacements;
};
using enum Use;
constexpr std::array<Form, 8> kForms = {{
    // type, name, then the use of: label, words, box, polygon, text, from+to, rows+columns,
    // replacements
    {AnnotationType::span, "span", must, must, may, never, may, never, never, never},
    {AnnotationType::box, "box", must, may, must, never, may, never, never, never},
    {AnnotationType::polygon, "polygon", must, may, may, must, may, never, never, never},
    {AnnotationType::relation, "relation", must, never, never, never, never, must, never, never},
    {AnnotationType::value, "value", must, may, may, never, may, never, never, never},
    {AnnotationType::table, "table", must, may, may, never, never, never, may, never},
    {AnnotationType::correction, "correction", never, may, may, never, never, never, never, may},
    {AnnotationType::class_, "class", must, never, never, never, never, never, never, never},
}};

constexpr std::array<AnnotationType, kForms.size()> kTypes = [] {
  std::array<AnnotationType, kForms.size()> out = {};
  for (size_t i = 0; i < out.size(); ++i) out[i] = kForms[i].type;
  return out;
}();

const Form& form_of(AnnotationType type) {
  return kForms[static_cast<size_t>(type)];
}

const std::array<std::string, 3> kStatusNames = {"exact", "moved", "orphaned"};
const std::array<std::string, 2> kVerdictNames = {"accepted", "rejected"};

template <typename Value, size_t Count>
std::optional<Value> find_word(const std::array<std::string, Count>& names, std::string_view name) {
  for (size_t i = 0; i < Count; ++i) {
    if (names[i] == name) return static_cast<Value>(i);
  }
  return std::nullopt;
}

const std::vector<std::string>& type_names() {
  static const std::vector<std::string> kNames = [] {
    std::vector<std::string> names;
    for (const Form& form : kForms) names.emplace_back(form.name);
    return names;
  }();
  return kNames;
}

// ---- printing ----

Json words_json(const std::vector<WordId>& words) {
  return Json(Json::Array(words.begin(), words.end()));
}

Json polygon_json(const std::vector<Point>& points) {
  Json::Array out;
  for (const Point& point : points) out.push_back(Json::array({point.x, point.y}));
  return Json(std::move(out));
}

Json lines_json(const std::vector<TableLine>& lines) {
  Json::Array out;
  for (const TableLine& line : lines) {
    Json item = Json::object();
    detail::set_text(item, "label", line.label);
    if (!line.words.empty()) item.set("words", words_json(line.words));
    if (line.box) item.set("box", detail::box_json(*line.box));
    out.push_back(std::move(item));
  }
  return Json(std::move(out));
}

Json replacements_json(const std::vector<Replacement>& replacements) {
  Json::Array out;
  for (const Replacement& word : replacements) {
    out.push_back(Json::object({{"text", word.text}, {"box", detail::box_json(word.box)}}));
  }
  return Json(std::move(out));
}

Json anchor_json(const Anchor& anchor) {
  Json out = Json::object({{"quote", anchor.quote}});
  detail::set_text(out, "prefix", anchor.prefix);
  detail::set_text(out, "suffix", anchor.suffix);
  if (anchor.box) out.set("box", detail::box_json(*anchor.box));
  out.set("status", name_of(anchor.status));
  return out;
}

Json review_json(const AnnotationReview& review) {
  Json out = Json::object({{"state", kVerdictNames[static_cast<size_t>(review.state)]}});
  detail::set_text(out, "reason", review.reason);
  return out;
}

void set_shape(Json& out, const Annotation& a) {
  if (!a.words.empty()) out.set("words", words_json(a.words));
  if (a.box) out.set("box", detail::box_json(*a.box));
  if (!a.polygon.empty()) out.set("polygon", polygon_json(a.polygon));
  if (a.text) out.set("text", *a.text);
  if (!a.attributes.empty()) out.set("attributes", detail::map_json(a.attributes));
  if (a.from) out.set("from", a.from->text);
  if (a.to) out.set("to", a.to->text);
  if (!a.rows.empty()) out.set("rows", lines_json(a.rows));
  if (!a.columns.empty()) out.set("columns", lines_json(a.columns));
  if (!a.replacements.empty()) out.set("replacements", replacements_json(a.replacements));
}

// ---- reading ----

void read_polygon(ObjectReader& reader, std::vector<Point>& out) {
  const auto* points = reader.array("polygon", kMaxPolygonPoints);
  if (points == nullptr) return;
  for (const Json& point : *points) {
    const auto* pair = point.as_array();
    if (pair == nullptr || pair->size() != 2) {
      reader.refuse(point.at(), "a corner is two integers: [x,y]");
      return;
    }
    std::array<std::optional<int64_t>, 2> xy;
    for (size_t i = 0; i < 2; ++i) {
      xy[i] = detail::read_integer((*pair)[i], "a coordinate", 0, detail::kMaxCoordinate,
                                   reader.problems());
    }
    if (!xy[0] || !xy[1]) return;
    out.push_back({static_cast<int32_t>(*xy[0]), static_cast<int32_t>(*xy[1])});
  }
  if (out.size() < 3) {
    reader.refuse(reader.member("polygon")->at(), "a polygon has at least three corners");
  }
}

TableLine read_line(const Json& json, Diagnostics& problems) {
  TableLine line;
  ObjectReader reader(json, problems);
  reader.text("label", line.label, Presence::optional, kMaxNameBytes);
  reader.word_ids("words", line.words);
  reader.box("box", line.box);
  if (!reader.finish().empty()) reader.refuse(json.at(), "rows and columns have no x-... keys");
  return line;
}

void read_lines(ObjectReader& reader, std::string_view key, std::vector<TableLine>& out) {
  const auto* items = reader.array(key, kMaxTableLines);
  if (items == nullptr) return;
  for (const Json& item : *items) out.push_back(read_line(item, reader.problems()));
}

void read_replacements(ObjectReader& reader, std::vector<Replacement>& out) {
  const auto* items = reader.array("replacements", kMaxReplacements);
  if (items == nullptr) return;
  for (const Json& item : *items) {
    Replacement word;
    std::optional<Box> box;
    ObjectReader inner(item, reader.problems());
    if (inner.text("text", word.text, Presence::required) && word.text.empty()) {
      inner.refuse(item.at(), "a replacement without text: leave it out to delete a word");
    }
    if (inner.box("box", box, Presence::required)) word.box = *box;
    if (!inner.finish().empty()) inner.refuse(item.at(), "replacements have no x-... keys");
    out.push_back(std::move(word));
  }
}

void read_attributes(ObjectReader& reader, JsonMap& out) {
  const Json* attributes = reader.object("attributes");
  if (attributes == nullptr) return;
  if (attributes->as_object()->size() > kMaxAttributes) {
    reader.refuse(attributes->at(), "more than " + std::to_string(kMaxAttributes) + " attributes");
    return;
  }
  for (const auto& member : *attributes->as_object()) {
    if (!detail::is_name(member.key)) {
      reader.refuse(member.at, "an attribute's name has letters, digits, '_', '-' and '.' only");
    } else if (member.value.is_array() || member.value.is_object() || member.value.is_null()) {
      reader.refuse(member.value.at(), "attribute " + ObjectReader::quoted(member.key) +
                                           " must be a string, an integer or a boolean, not " +
                                           name_of(member.value.kind()));
    } else if (auto value = detail::canonical_value(member.value, reader.problems())) {
      out.emplace(member.key, std::move(*value));
    }
  }
}

void read_origin(ObjectReader& outer, std::optional<Origin>& out) {
  const Json* json = outer.object("origin");
  if (json == nullptr) return;
  out.emplace();
  ObjectReader reader(*json, outer.problems());
  reader.text("model", out->model, Presence::required);
  reader.text("version", out->version, Presence::required);
  if (!reader.finish().empty()) reader.refuse(json->at(), "\"origin\" has no x-... keys");
}

void read_review(ObjectReader& outer, std::optional<AnnotationReview>& out) {
  const Json* json = outer.object("review");
  if (json == nullptr) return;
  out.emplace();
  ObjectReader reader(*json, outer.problems());
  reader.word(
      "state", [](std::string_view name) { return find_word<Verdict>(kVerdictNames, name); },
      kVerdictNames, out->state, Presence::required);
  reader.text("reason", out->reason);
  if (!reader.finish().empty()) reader.refuse(json->at(), "\"review\" has no x-... keys");
}

void read_anchor(ObjectReader& outer, std::optional<Anchor>& out) {
  const Json* json = outer.object("anchor");
  if (json == nullptr) return;
  out.emplace();
  ObjectReader reader(*json, outer.problems());
  reader.text("quote", out->quote, Presence::required);
  reader.text("prefix", out->prefix);
  reader.text("suffix", out->suffix);
  reader.box("box", out->box);
  reader.word("status", parse_anchor_status, kStatusNames, out->status, Presence::required);
  if (!reader.finish().empty()) reader.refuse(json->at(), "\"anchor\" has no x-... keys");
}

void read_state(ObjectReader& reader, Annotation& out) {
  static const std::array<std::string, 1> kStates = {"proposed"};
  reader.word(
      "state",
      [](std::string_view name) { return name == "proposed" ? std::optional(true) : std::nullopt; },
      kStates, out.proposed);
}

void read_members(ObjectReader& reader, Annotation& out) {
  std::optional<AnnotationId> id;
  if (reader.id("id", id, Presence::required)) out.id = std::move(*id);
  reader.text("label", out.label, Presence::optional, kMaxNameBytes);
  reader.word_ids("words", out.words);
  reader.box("box", out.box);
  read_polygon(reader, out.polygon);
  std::string text;
  if (reader.text("text", text)) out.text = std::move(text);
  read_attributes(reader, out.attributes);
  reader.id("from", out.from);
  reader.id("to", out.to);
  read_lines(reader, "rows", out.rows);
  read_lines(reader, "columns", out.columns);
  read_replacements(reader, out.replacements);
  read_origin(reader, out.origin);
  int64_t confidence = 0;
  if (reader.integer("confidence", 0, 1000, confidence)) {
    out.confidence = static_cast<int32_t>(confidence);
  }
  read_state(reader, out);
  read_review(reader, out.review);
  read_anchor(reader, out.anchor);
}

// Whether the keys fit the type. An empty array counts as absent: it prints as nothing.
void check_form(ObjectReader& reader, const Annotation& a) {
  const Form& form = form_of(a.type);
  const auto who = [&] { return "a " + std::string(form.name); };
  const auto check = [&](Use use, std::string_view key, bool present) {
    if (use == Use::must && !present) {
      reader.refuse(reader.at(), who() + " needs " + ObjectReader::quoted(key));
    } else if (use == Use::never && present) {
      reader.refuse(reader.member(key)->at(), who() + " has no " + ObjectReader::quoted(key));
    }
  };
  check(form.label, "label", !a.label.empty());
  check(form.words, "words", !a.words.empty());
  check(form.box, "box", a.box.has_value());
  check(form.polygon, "polygon", !a.polygon.empty());
  check(form.text, "text", a.text.has_value());
  check(form.ends, "from", a.from.has_value());
  check(form.ends, "to", a.to.has_value());
  check(form.lines, "rows", !a.rows.empty());
  check(form.lines, "columns", !a.columns.empty());
  check(form.replacements, "replacements", !a.replacements.empty());
  if (a.type == AnnotationType::table && a.rows.empty() && a.columns.empty()) {
    reader.refuse(reader.at(), "a table needs \"rows\" or \"columns\"");
  }
  if (a.type == AnnotationType::correction && a.words.empty() && a.replacements.empty()) {
    reader.refuse(reader.at(), "a correction needs \"words\" or \"replacements\"");
  }
}

// More than the value's canonical form has bytes: each byte of text may be escaped. (Composing
// text, as NFC does, lengthens it by less.)
size_t most_printed(const Json& value) {
  constexpr size_t kLongestNumber = 32;
  constexpr size_t kLongestEscape = 6;
  const auto of_text = [](const std::string& text) { return 4 + text.size() * kLongestEscape; };
  if (const std::string* text = value.as_string()) return of_text(*text);
  size_t size = kLongestNumber;
  if (const auto* items = value.as_array()) {
    for (const Json& item : *items) size += most_printed(item);
  } else if (const auto* members = value.as_object()) {
    for (const auto& member : *members) size += of_text(member.key) + most_printed(member.value);
  }
  return size;
}

// Nearly all are so much shorter that nobody needs to count.
bool is_too_long(const Annotation& annotation, const Json& json) {
  return most_printed(json) > kMaxAnnotationLineBytes &&
         print_annotation(annotation).size() > kMaxAnnotationLineBytes;
}

}  // namespace

std::string_view name_of(AnnotationType type) {
  return form_of(type).name;
}

std::optional<AnnotationType> parse_annotation_type(std::string_view name) {
  for (const Form& form : kForms) {
    if (form.name == name) return form.type;
  }
  return std::nullopt;
}

std::string_view name_of(AnchorStatus status) {
  return kStatusNames[static_cast<size_t>(status)];
}

std::optional<AnchorStatus> parse_anchor_status(std::string_view name) {
  return find_word<AnchorStatus>(kStatusNames, name);
}

std::span<const AnnotationType> all_annotation_types() {
  return kTypes;
}

base::Json to_json(const Annotation& a) {
  Json out = Json::object({{"id", a.id.text}, {"type", name_of(a.type)}});
  detail::set_text(out, "label", a.label);
  set_shape(out, a);
  if (a.origin) {
    out.set("origin", Json::object({{"model", a.origin->model}, {"version", a.origin->version}}));
  }
  if (a.confidence) out.set("confidence", *a.confidence);
  if (a.proposed) out.set("state", "proposed");
  if (a.review) out.set("review", review_json(*a.review));
  if (a.anchor) out.set("anchor", anchor_json(*a.anchor));
  detail::add_extra(out, a.extra);
  return out;
}

std::optional<Annotation> annotation_from_json(const base::Json& json, Diagnostics& problems) {
  const size_t before = problems.count();
  Annotation out;
  ObjectReader reader(json, problems);
  const bool typed =
      reader.word("type", parse_annotation_type, type_names(), out.type, Presence::required);
  read_members(reader, out);
  out.extra = reader.finish();
  if (typed && problems.count() == before) check_form(reader, out);
  if (problems.count() != before) return std::nullopt;
  if (is_too_long(out, json)) {
    problems.add(json.at(), "the annotation is longer than " +
                                std::to_string(kMaxAnnotationLineBytes) + " bytes");
    return std::nullopt;
  }
  return out;
}

}  // namespace corpus
