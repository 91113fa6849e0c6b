#include "corpus/validate.h"

#include <algorithm>
#include <unordered_map>

#include "base/text.h"
#include "corpus/detail/object_reader.h"

namespace corpus {
namespace {

using base::Json;
using detail::ObjectReader;

base::Position place(const Json& source, std::string_view key) {
  const Json* value = source.find(key);
  return value == nullptr ? source.at() : value->at();
}

// The place of the nth entry of an array, e.g. of a word id.
base::Position place(const Json& source, std::string_view key, size_t index) {
  const auto* items = source.find_array(key);
  return items == nullptr || index >= items->size() ? place(source, key) : (*items)[index].at();
}

std::string box_text(const Box& box) {
  return detail::box_json(box).print();
}

bool has_kind(const Json& value, const AttributeSpec& spec) {
  switch (spec.kind) {
    case AttributeKind::number:
      return value.is_integer();
    case AttributeKind::boolean:
      return value.as_boolean() != nullptr;
    case AttributeKind::date:
      return value.is_string() && is_date(*value.as_string());
    default:
      return value.is_string();
  }
}

std::string_view expected(AttributeKind kind) {
  switch (kind) {
    case AttributeKind::number:
      return "an integer";
    case AttributeKind::boolean:
      return "true or false";
    case AttributeKind::date:
      return "a date as \"2026-11-21\"";
    default:
      return "a string";
  }
}

// Checks the annotations of one file.
class Checker {
 public:
  Checker(std::span<const AnnotationLine> lines, const PageContext& context, Diagnostics& problems)
      : lines_(lines), context_(context), problems_(problems) {
    for (const AnnotationLine& line : lines) here_.emplace(line.annotation.id, &line.annotation);
    for (const Annotation& old : context.before) before_.emplace(old.id, &old);
  }

  void run() {
    for (const AnnotationLine& line : lines_) check(line.annotation, line.source);
  }

 private:
  void check(const Annotation& a, const Json& source) {
    check_id(a, source);
    if (!is_unchanged(a)) check_schema(a, source);
    check_words(a, source);
    check_geometry(a, source);
    if (a.type == AnnotationType::relation) check_ends(a, source);
  }

  bool is_unchanged(const Annotation& a) const {
    const auto old = before_.find(a.id);
    return old != before_.end() && *old->second == a;
  }

  std::optional<AnnotationFact> elsewhere(const AnnotationId& id) const {
    return context_.elsewhere ? context_.elsewhere(id) : std::nullopt;
  }

  void check_id(const Annotation& a, const Json& source) {
    if (const auto other = elsewhere(a.id)) {
      problems_.add(place(source, "id"), "the id " + a.id.text + " is already in " + other->path);
    }
  }

  // ---- schema ----

  void check_schema(const Annotation& a, const Json& source) {
    if (context_.schema == nullptr) return;
    if (a.type == AnnotationType::correction) return refuse_attributes(a, source);
    const auto* specs = context_.schema->attributes_of(a.type, a.label);
    if (specs == nullptr) return refuse_label(a, source);
    const LabelSpec* label = context_.schema->find_label(a.label);
    const bool is_label = attributes_are_of(label, specs);
    if (is_label && !label->allows(a.type)) {
      problems_.add(place(source, "label"), "label " + ObjectReader::quoted(a.label) +
                                                " is not for a " + std::string(name_of(a.type)));
    }
    check_attributes(a, source, *specs);
    if (a.type == AnnotationType::table) check_columns(a, source);
  }

  static bool attributes_are_of(const LabelSpec* label, const std::vector<AttributeSpec>* specs) {
    return label != nullptr && &label->attributes == specs;
  }

  void refuse_attributes(const Annotation& a, const Json& source) {
    if (!a.attributes.empty()) {
      problems_.add(place(source, "attributes"), "a correction has no attributes");
    }
  }

  void refuse_label(const Annotation& a, const Json& source) {
    // The names that it might have been are gathered for those that are shown only.
    const auto names =
        problems_.full() ? std::vector<std::string>() : context_.schema->names_for(a.type);
    constexpr std::pair<AnnotationType, const char*> kWhat[] = {
        {AnnotationType::relation, "relation"},
        {AnnotationType::table, "table"},
        {AnnotationType::class_, "class"}};
    std::string what = "label";
    for (const auto& [type, name] : kWhat) {
      if (type == a.type) what = name;
    }
    problems_.add(place(source, "label"), what + " " + ObjectReader::quoted(a.label) +
                                              " is not in schema.json" +
                                              problems_.did_you_mean(a.label, names));
  }

  void check_attributes(const Annotation& a, const Json& source,
                        const std::vector<AttributeSpec>& specs) {
    static const Json kNone = Json::object();
    const Json* given = source.find("attributes");
    if (given == nullptr || !given->is_object()) given = &kNone;
    for (const auto& member : *given->as_object()) {
      const auto spec = std::find_if(specs.begin(), specs.end(), [&](const AttributeSpec& known) {
        return known.name == member.key;
      });
      if (spec == specs.end()) {
        refuse_attribute(a, member, specs);
      } else {
        check_value(member, *spec);
      }
    }
    // A model need not know everything; who confirms its proposal must.
    if (a.proposed) return;
    for (const AttributeSpec& spec : specs) {
      if (spec.required && !a.attributes.contains(spec.name)) {
        problems_.add(source.at(), ObjectReader::quoted(a.label) + " needs the attribute " +
                                       ObjectReader::quoted(spec.name));
      }
    }
  }

  void refuse_attribute(const Annotation& a, const Json::Member& member,
                        const std::vector<AttributeSpec>& specs) {
    std::vector<std::string> names;
    for (const AttributeSpec& spec : specs) names.push_back(spec.name);
    problems_.add(member.at, "attribute " + ObjectReader::quoted(member.key) + " of " +
                                 ObjectReader::quoted(a.label) + " is not in schema.json" +
                                 problems_.did_you_mean(member.key, names));
  }

  void check_value(const Json::Member& member, const AttributeSpec& spec) {
    const std::string who = "attribute " + ObjectReader::quoted(member.key);
    if (!has_kind(member.value, spec)) {
      problems_.add(member.value.at(), who + " must be " + std::string(expected(spec.kind)));
      return;
    }
    if (spec.kind != AttributeKind::enumeration) return;
    const std::string value = *base::to_nfc(*member.value.as_string());
    if (std::find(spec.values.begin(), spec.values.end(), value) != spec.values.end()) return;
    const std::string hint = problems_.did_you_mean(value, spec.values);
    problems_.add(member.value.at(), who + " cannot be " + ObjectReader::quoted(value) + hint);
  }

  void check_columns(const Annotation& a, const Json& source) {
    const TableSpec& spec = *context_.schema->find_table(a.label);
    if (spec.columns.empty()) return;
    for (size_t i = 0; i < a.columns.size(); ++i) {
      const std::string& name = a.columns[i].label;
      const bool known = name.empty() || std::find(spec.columns.begin(), spec.columns.end(),
                                                   name) != spec.columns.end();
      if (known) continue;
      problems_.add(place(source, "columns", i), "column " + ObjectReader::quoted(name) + " of " +
                                                     ObjectReader::quoted(a.label) +
                                                     " is not in schema.json" +
                                                     problems_.did_you_mean(name, spec.columns));
    }
  }

  // ---- words ----

  void check_words(const Annotation& a, const Json& source) {
    // What a re-read has orphaned names words that are gone, until a person decides.
    if (a.anchor && a.anchor->status == AnchorStatus::orphaned) return;
    for (size_t i = 0; i < a.words.size(); ++i) {
      check_word(a.words[i], i == 0, place(source, "words", i));
    }
    for (const auto& [key, lines] :
         {std::pair("rows", &a.rows), std::pair("columns", &a.columns)}) {
      for (size_t i = 0; i < lines->size(); ++i) {
        for (const WordId id : (*lines)[i].words) check_word(id, false, place(source, key, i));
      }
    }
  }

  void check_word(WordId id, bool is_first, base::Position at) {
    const auto ask = [id](const auto& lookup) { return lookup && lookup(id); };
    if (context_.page != 0 && ask(context_.page_has_word)) return;
    const std::string word = "word " + std::to_string(id);
    if (!ask(context_.document_has_word)) {
      const bool was_there = id < context_.next_word;
      problems_.add(at, was_there ? word +
                                        " is gone: the document was read again, and its words "
                                        "have other ids now"
                                  : word + " is not in this document");
    } else if (is_first && context_.page != 0) {
      problems_.add(at, word + " is on another page: an annotation lies with its first word");
    }
  }

  // ---- geometry ----

  void check_geometry(const Annotation& a, const Json& source) {
    if (a.box) check_box(*a.box, place(source, "box"));
    if (a.anchor && a.anchor->box && a.anchor->status != AnchorStatus::orphaned) {
      check_box(*a.anchor->box, place(source, "anchor"));
    }
    for (size_t i = 0; i < a.polygon.size(); ++i) {
      check_corner(a.polygon[i], place(source, "polygon", i));
    }
    for (size_t i = 0; i < a.replacements.size(); ++i) {
      check_box(a.replacements[i].box, place(source, "replacements", i));
    }
    for (const auto& [key, lines] :
         {std::pair("rows", &a.rows), std::pair("columns", &a.columns)}) {
      for (size_t i = 0; i < lines->size(); ++i) {
        if ((*lines)[i].box) check_box(*(*lines)[i].box, place(source, key, i));
      }
    }
  }

  bool refuse_without_page(base::Position at) {
    if (context_.page != 0) return false;
    problems_.add(at, "annotations of the document as a whole have no place on a page");
    return true;
  }

  std::string page_size() const {
    return std::to_string(context_.width) + " x " + std::to_string(context_.height) + " pixels";
  }

  void check_box(const Box& box, base::Position at) {
    if (refuse_without_page(at) || box.inside(context_.width, context_.height)) return;
    problems_.add(at, "box " + box_text(box) + " reaches beyond the page of " + page_size());
  }

  void check_corner(const Point& corner, base::Position at) {
    if (refuse_without_page(at)) return;
    if (corner.x <= context_.width && corner.y <= context_.height) return;
    problems_.add(at, "corner [" + std::to_string(corner.x) + "," + std::to_string(corner.y) +
                          "] lies off the page of " + page_size());
  }

  // ---- relations ----

  std::optional<AnnotationFact> find(const AnnotationId& id) const {
    const auto found = here_.find(id);
    if (found == here_.end()) return elsewhere(id);
    return AnnotationFact{problems_.path(), found->second->type, found->second->label};
  }

  void check_ends(const Annotation& a, const Json& source) {
    const RelationSpec* spec =
        context_.schema == nullptr ? nullptr : context_.schema->find_relation(a.label);
    const bool judge_labels = spec != nullptr && !is_unchanged(a);
    check_end(*a.from, "from", judge_labels ? spec->from : kAnyLabel, source);
    check_end(*a.to, "to", judge_labels ? spec->to : kAnyLabel, source);
    if (*a.from == *a.to) {
      problems_.add(place(source, "to"), "a relation goes from one annotation to another");
    }
  }

  void check_end(const AnnotationId& id, const char* key, const std::vector<std::string>& labels,
                 const Json& source) {
    const auto end = find(id);
    const std::string who = ObjectReader::quoted(key);
    if (!end) {
      problems_.add(place(source, key),
                    who + ": there is no annotation " + id.text + " in this document");
    } else if (end->type == AnnotationType::relation) {
      problems_.add(place(source, key), who + " must not be a relation itself");
    } else if (!labels.empty() &&
               std::find(labels.begin(), labels.end(), end->label) == labels.end()) {
      problems_.add(place(source, key), who + " cannot be " + ObjectReader::quoted(end->label) +
                                            ": it is one of " + base::join(labels, ", "));
    }
  }

  inline static const std::vector<std::string> kAnyLabel = {};

  std::span<const AnnotationLine> lines_;
  const PageContext& context_;
  Diagnostics& problems_;
  std::unordered_map<AnnotationId, const Annotation*> here_;
  std::unordered_map<AnnotationId, const Annotation*> before_;
};

}  // namespace

void validate_annotations(std::span<const AnnotationLine> lines, const PageContext& context,
                          Diagnostics& problems) {
  Checker(lines, context, problems).run();
}

}  // namespace corpus
