// From what a file says to annotations over our words.
#include <algorithm>
#include <cmath>
#include <optional>

#include "base/digest.h"
#include "base/text.h"
#include "dataset/import_format.h"

namespace dataset {

using corpus::Annotation;
using corpus::AnnotationType;
using corpus::Box;
using corpus::Point;
using corpus::Word;

namespace {

constexpr std::string_view kCrockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

corpus::AnnotationId id_of(const ImportTarget& target, const std::string& key) {
  const auto known = corpus::AnnotationId::parse(key);
  if (known.ok()) return *known;
  const base::Sha256 hash =
      base::sha256_of(target.document.id.hex + "\n" + std::to_string(target.page) + "\n" + key);
  std::string text(1, '0');  // the first digit of a ULID holds three bits only
  for (size_t i = 0; i < 25; ++i) text += kCrockford[hash.bytes[i] & 31];
  return {text};
}

// A place in the file, in pixels of our page and within it.
class Scale {
 public:
  Scale(const ImportedPage& from, const corpus::Page& to) : to_(to) {
    if (from.width > 0) x_ = static_cast<double>(to.width) / from.width;
    if (from.height > 0) y_ = static_cast<double>(to.height) / from.height;
  }

  Point point(const Point& p) const {
    return {within(std::lround(p.x * x_), to_.width), within(std::lround(p.y * y_), to_.height)};
  }
  Box box(const Box& b) const {
    const Point low = point({b.x0, b.y0});
    const Point high = point({b.x1, b.y1});
    return {low.x, low.y, high.x, high.y};
  }

 private:
  static int32_t within(long value, int32_t most) {
    return static_cast<int32_t>(std::clamp<long>(value, 0, most));
  }

  const corpus::Page& to_;
  double x_ = 1;
  double y_ = 1;
};

bool has_word(const std::vector<Word>& words, corpus::WordId id) {
  return std::any_of(words.begin(), words.end(), [&](const Word& word) { return word.id == id; });
}

bool holds_centre(const Box& box, const Word& word) {
  const int64_t x = int64_t{word.box.x0} + word.box.x1;
  const int64_t y = int64_t{word.box.y0} + word.box.y1;
  return 2 * int64_t{box.x0} <= x && x < 2 * int64_t{box.x1} && 2 * int64_t{box.y0} <= y &&
         y < 2 * int64_t{box.y1};
}

std::string joined(const std::vector<Word>& words, const std::vector<corpus::WordId>& ids) {
  std::string text;
  for (const corpus::WordId id : ids) {
    for (const Word& word : words) {
      if (word.id == id) text += (text.empty() ? "" : " ") + word.text;
    }
  }
  return text;
}

class Settling {
 public:
  Settling(const ImportedPage& page, const ImportTarget& target)
      : page_(page), target_(target), scale_(page, target.document.pages[target.page - 1]) {
    settled_.refused = page.refused;
  }

  SettledPage run() {
    for (const ImportedAnnotation& imported : page_.annotations) {
      if (imported.type != AnnotationType::relation) add(imported);
    }
    for (const ImportedAnnotation& imported : page_.annotations) {
      if (imported.type == AnnotationType::relation) add_relation(imported);
    }
    std::sort(settled_.annotations.begin(), settled_.annotations.end(),
              [](const Annotation& a, const Annotation& b) { return a.id < b.id; });
    return std::move(settled_);
  }

 private:
  void refuse(const std::string& reason) { ++settled_.refused[reason]; }

  bool knows(AnnotationType type, const std::string& label) const {
    const auto names = target_.schema.names_for(type);
    return std::find(names.begin(), names.end(), label) != names.end();
  }

  void add(const ImportedAnnotation& imported) {
    Annotation annotation;
    annotation.id = id_of(target_, imported.key);
    annotation.type = imported.type;
    annotation.label = imported.label;
    annotation.attributes = imported.attributes;
    if (!place(imported, annotation)) return refuse("annotation without a place on the page");
    if (!knows(annotation.type, annotation.label))
      return refuse("label that is not in schema.json");
    if (taken_.contains(annotation.id)) return refuse("annotation that is there twice");
    taken_.insert({annotation.id, imported.key});
    by_key_[imported.key] = annotation.id;
    settled_.annotations.push_back(std::move(annotation));
  }

  // Words that are named, else those in the box if it is text; else the area itself.
  bool place(const ImportedAnnotation& imported, Annotation& annotation) {
    if (imported.type == AnnotationType::class_) return true;
    for (const corpus::WordId id : imported.words) {
      if (has_word(target_.words, id)) annotation.words.push_back(id);
    }
    const bool is_text =
        imported.type == AnnotationType::span || imported.type == AnnotationType::value;
    if (is_text && annotation.words.empty() && imported.box) {
      const Box box = scale_.box(*imported.box);
      for (const Word& word : target_.words) {
        if (holds_centre(box, word)) annotation.words.push_back(word.id);
      }
    }
    if (is_text && !annotation.words.empty()) {
      const auto text = base::to_nfc(imported.text);
      const bool says_other =
          text.ok() && !text->empty() && *text != joined(target_.words, annotation.words);
      if (says_other) annotation.text = *text;
      return true;
    }
    annotation.words.clear();
    return place_area(imported, annotation);
  }

  bool place_area(const ImportedAnnotation& imported, Annotation& annotation) {
    if (imported.polygon.size() >= 3) {
      annotation.type = AnnotationType::polygon;
      for (const Point& point : imported.polygon) annotation.polygon.push_back(scale_.point(point));
      return true;
    }
    if (!imported.box) return false;
    annotation.type = AnnotationType::box;
    annotation.box = scale_.box(*imported.box);
    return !annotation.box->empty();
  }

  void add_relation(const ImportedAnnotation& imported) {
    const auto from = by_key_.find(imported.from);
    const auto to = by_key_.find(imported.to);
    if (from == by_key_.end() || to == by_key_.end()) {
      return refuse("relation of annotations that are not here");
    }
    if (!knows(AnnotationType::relation, imported.label)) {
      return refuse("label that is not in schema.json");
    }
    Annotation annotation;
    annotation.id = id_of(target_, imported.key);
    annotation.type = AnnotationType::relation;
    annotation.label = imported.label;
    annotation.from = from->second;
    annotation.to = to->second;
    settled_.annotations.push_back(std::move(annotation));
  }

  const ImportedPage& page_;
  const ImportTarget& target_;
  const Scale scale_;
  SettledPage settled_;
  std::map<corpus::AnnotationId, std::string> taken_;
  std::map<std::string, corpus::AnnotationId> by_key_;
};

}  // namespace

SettledPage settle(const ImportedPage& page, const ImportTarget& target) {
  return Settling(page, target).run();
}

}  // namespace dataset
