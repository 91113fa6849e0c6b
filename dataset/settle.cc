// From what a file says to annotations over our words.
#include <algorithm>
#include <cmath>
#include <optional>
#include <unordered_map>
#include <unordered_set>

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

using WordsById = std::unordered_map<corpus::WordId, const Word*>;

WordsById words_by_id(const std::vector<Word>& words) {
  WordsById by_id;
  for (const Word& word : words) by_id.emplace(word.id, &word);
  return by_id;
}

bool holds_centre(const Box& box, const Word& word) {
  const int64_t x = int64_t{word.box.x0} + word.box.x1;
  const int64_t y = int64_t{word.box.y0} + word.box.y1;
  return 2 * int64_t{box.x0} <= x && x < 2 * int64_t{box.x1} && 2 * int64_t{box.y0} <= y &&
         y < 2 * int64_t{box.y1};
}

std::string joined(const WordsById& words, const std::vector<corpus::WordId>& ids) {
  std::string text;
  for (const corpus::WordId id : ids) {
    text += (text.empty() ? "" : " ") + words.at(id)->text;
  }
  return text;
}

class Settling {
 public:
  Settling(const ImportedPage& page, const ImportTarget& target)
      : page_(page),
        target_(target),
        scale_(page, target.document.pages[target.page - 1]),
        words_(words_by_id(target.words)) {
    settled_.refused = page.refused;
  }

  SettledPage run() {
    if (page_.annotations.size() > corpus::kMaxAnnotationsPerFile) {
      settled_.refused["annotations of a page with too many"] += page_.annotations.size();
      return std::move(settled_);
    }
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
    annotation.confidence = imported.confidence;
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
    if (imported.words.size() + imported.pieces.size() > corpus::kMaxWordsPerAnnotation)
      return false;
    for (const corpus::WordId id : imported.words) {
      if (words_.contains(id)) annotation.words.push_back(id);
    }
    const bool is_text =
        imported.type == AnnotationType::span || imported.type == AnnotationType::value;
    if (is_text && annotation.words.empty()) annotation.words = words_within(imported);
    if (is_text && !annotation.words.empty()) {
      const auto text = base::to_nfc(imported.text);
      const bool says_other =
          text.ok() && !text->empty() && *text != joined(words_, annotation.words);
      if (says_other) annotation.text = *text;
      return true;
    }
    annotation.words.clear();
    return place_area(imported, annotation);
  }

  // Each word once, in the order of the file's pieces.
  std::vector<corpus::WordId> words_within(const ImportedAnnotation& imported) const {
    std::vector<Box> boxes;
    for (const Box& piece : imported.pieces) boxes.push_back(scale_.box(piece));
    if (boxes.empty() && imported.box) boxes.push_back(scale_.box(*imported.box));
    std::vector<corpus::WordId> found;
    std::unordered_set<corpus::WordId> seen;
    for (const Box& box : boxes) {
      for (const Word& word : target_.words) {
        if (holds_centre(box, word) && seen.insert(word.id).second) found.push_back(word.id);
      }
    }
    return found;
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
    Annotation annotation;
    annotation.id = id_of(target_, imported.key);
    annotation.type = AnnotationType::relation;
    annotation.label = imported.label.empty() ? only_relation() : imported.label;
    if (annotation.label.empty()) return refuse("link without a name");
    if (!knows(AnnotationType::relation, annotation.label)) {
      return refuse("label that is not in schema.json");
    }
    annotation.from = from->second;
    annotation.to = to->second;
    settled_.annotations.push_back(std::move(annotation));
  }

  // What a link without a name must mean, where the schema has one kind of relation.
  std::string only_relation() const {
    const auto names = target_.schema.names_for(AnnotationType::relation);
    return names.size() == 1 ? std::string(names.front()) : std::string();
  }

  const ImportedPage& page_;
  const ImportTarget& target_;
  const Scale scale_;
  const WordsById words_;
  SettledPage settled_;
  std::map<corpus::AnnotationId, std::string> taken_;
  std::map<std::string, corpus::AnnotationId> by_key_;
};

// Words of a file over ours: which stand in one place, and where they say something else.
class TextSettling {
 public:
  TextSettling(const ImportedPage& page, const ImportTarget& target)
      : target_(target),
        scale_(page, target.document.pages[target.page - 1]),
        parent_(target.words.size() + page.words.size()) {
    for (size_t i = 0; i < parent_.size(); ++i) parent_[i] = i;
    for (const ImportedWord& word : page.words) {
      read_.push_back({word.id, scale_.box(word.box), base::to_nfc(word.text).value_or("")});
    }
  }

  void add_corrections(SettledPage& settled) {
    std::vector<bool> named(target_.words.size());
    std::vector<bool> by_name(read_.size());
    for (size_t r = 0; r < read_.size(); ++r) by_name[r] = join_by_id(r, named);
    for (size_t r = 0; r < read_.size(); ++r) join_by_place(r, named, by_name[r]);
    std::map<size_t, Place> places;
    for (size_t w = 0; w < target_.words.size(); ++w) places[root(w)].ours.push_back(w);
    for (size_t r = 0; r < read_.size(); ++r) {
      places[root(target_.words.size() + r)].theirs.push_back(r);
    }
    for (const auto& [at, place] : places) correct(place, settled);
  }

 private:
  struct Place {
    std::vector<size_t> ours;
    std::vector<size_t> theirs;
  };

  size_t root(size_t i) {
    while (parent_[i] != i) i = parent_[i] = parent_[parent_[i]];
    return i;
  }
  void join(size_t ours, size_t theirs) {
    const size_t a = root(ours), b = root(target_.words.size() + theirs);
    parent_[std::max(a, b)] = std::min(a, b);
  }

  bool join_by_id(size_t r, std::vector<bool>& named) {
    for (size_t w = 0; read_[r].id > 0 && w < target_.words.size(); ++w) {
      if (target_.words[w].id != read_[r].id) continue;
      join(w, r);
      named[w] = true;
      return true;
    }
    return false;
  }

  // Two words of ours that the file has as one, or one of ours that it has as two.
  void join_by_place(size_t r, const std::vector<bool>& named, bool by_name) {
    const Word as_word{0, 0, 0, read_[r].box, 0, {}};
    for (size_t w = 0; w < target_.words.size(); ++w) {
      if (by_name && named[w]) continue;
      const Word& ours = target_.words[w];
      if (holds_centre(read_[r].box, ours) || holds_centre(ours.box, as_word)) join(w, r);
    }
  }

  void correct(const Place& place, SettledPage& settled) const {
    if (place.theirs.empty()) return;  // what the file leaves out stays
    if (place.ours.empty()) {
      settled.refused["word where none was read"] += place.theirs.size();
      return;
    }
    Annotation correction;
    correction.type = AnnotationType::correction;
    bool same = place.ours.size() == place.theirs.size();
    corpus::Box whole;
    for (size_t i = 0; i < place.ours.size(); ++i) {
      const Word& word = target_.words[place.ours[i]];
      correction.words.push_back(word.id);
      whole = i == 0 ? word.box : corpus::united(whole, word.box);
      same = same && read_[place.theirs[i]].text == word.text;
    }
    if (same) return;
    for (const size_t r : place.theirs) {
      if (read_[r].text.empty()) continue;
      correction.replacements.push_back(
          {read_[r].text, read_[r].box.empty() ? whole : read_[r].box});
    }
    if (correction.replacements.empty()) {
      ++settled.refused["word without text"];
      return;
    }
    correction.id = id_of(target_, "correction " + std::to_string(correction.words.front()));
    settled.annotations.push_back(std::move(correction));
  }

  const ImportTarget& target_;
  const Scale scale_;
  std::vector<ImportedWord> read_;
  std::vector<size_t> parent_;  // union-find: our words, then theirs
};

constexpr size_t kMostWordsOfAPage = 20'000;

}  // namespace

SettledPage settle(const ImportedPage& page, const ImportTarget& target) {
  SettledPage settled = Settling(page, target).run();
  if (page.words.size() > kMostWordsOfAPage) {
    settled.refused["words of a page with too many"] += page.words.size();
  } else if (!page.words.empty()) {
    TextSettling(page, target).add_corrections(settled);
  }
  return settled;
}

}  // namespace dataset
