#include "corpus/agreement.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>

namespace corpus {
namespace {

using List = std::span<const Annotation>;

const Annotation* find(List list, const std::optional<AnnotationId>& id) {
  const auto found =
      std::find_if(list.begin(), list.end(), [&](const Annotation& one) { return one.id == id; });
  return found == list.end() ? nullptr : &*found;
}

// What it is about, told without the ids that each reader made for themselves.
base::Json place_of(const Annotation& annotation, List list, int depth = 0) {
  Annotation place;
  place.type = annotation.type;
  place.words = annotation.words;
  place.box = annotation.words.empty() ? annotation.box : std::nullopt;
  place.polygon = annotation.polygon;
  place.rows = annotation.rows;
  place.columns = annotation.columns;
  if (annotation.type == AnnotationType::class_) place.label = annotation.label;
  base::Json out = to_json(place);
  for (const auto& [key, end] : {std::pair("from", annotation.from), {"to", annotation.to}}) {
    const Annotation* target = depth == 0 ? find(list, end) : nullptr;
    if (target != nullptr) out.set(key, place_of(*target, list, depth + 1));
  }
  return out;
}

// What a person says of it.
base::Json said_of(const Annotation& annotation, List list) {
  Annotation said;
  said.type = annotation.type;
  said.label = annotation.label;
  said.text = annotation.text;
  said.attributes = annotation.attributes;
  said.replacements = annotation.replacements;
  base::Json out = to_json(said);
  out.set("place", place_of(annotation, list));
  return out;
}

bool counts(const Annotation& annotation) {
  return !annotation.proposed;
}

bool share_words(const Annotation& a, const Annotation& b) {
  const std::set<WordId> words(a.words.begin(), a.words.end());
  return std::any_of(b.words.begin(), b.words.end(),
                     [&](const WordId word) { return words.contains(word); });
}

// Finds for each annotation of the first reader the second one's that is about the same.
class Pairing {
 public:
  Pairing(List first, List second) : first_(first), second_(second) {}

  std::vector<ReadingPair> pairs() {
    take([&](const Annotation& a, const Annotation& b) {
      return said_of(a, first_).print() == said_of(b, second_).print();
    });
    take([&](const Annotation& a, const Annotation& b) {
      return place_of(a, first_).print() == place_of(b, second_).print();
    });
    take([](const Annotation& a, const Annotation& b) {
      return a.type == b.type && a.label == b.label && share_words(a, b);
    });
    return joined();
  }

 private:
  template <typename Same>
  void take(const Same& same) {
    for (size_t i = 0; i < first_.size(); ++i) {
      if (!counts(first_[i]) || partner_.contains(i)) continue;
      for (size_t j = 0; j < second_.size(); ++j) {
        if (!counts(second_[j]) || taken_.contains(j) || !same(first_[i], second_[j])) continue;
        partner_[i] = j;
        taken_.insert(j);
        break;
      }
    }
  }

  std::vector<ReadingPair> joined() const {
    std::vector<ReadingPair> pairs;
    for (size_t i = 0; i < first_.size(); ++i) {
      if (!counts(first_[i])) continue;
      ReadingPair pair{first_[i], std::nullopt, false};
      const auto partner = partner_.find(i);
      if (partner != partner_.end()) {
        pair.second = second_[partner->second];
        pair.agreed =
            said_of(*pair.first, first_).print() == said_of(*pair.second, second_).print();
      }
      pairs.push_back(std::move(pair));
    }
    for (size_t j = 0; j < second_.size(); ++j) {
      if (counts(second_[j]) && !taken_.contains(j)) {
        pairs.push_back({std::nullopt, second_[j], false});
      }
    }
    return pairs;
  }

  List first_;
  List second_;
  std::map<size_t, size_t> partner_;
  std::set<size_t> taken_;
};

using WordLabels = std::map<WordId, std::string>;

void note_words(const std::optional<Annotation>& annotation, WordLabels& labels) {
  if (!annotation || annotation->label.empty()) return;
  for (const WordId word : annotation->words) labels.emplace(word, annotation->label);
}

// Cohen's kappa over words, "" being no label.
int64_t kappa_of(const WordLabels& first, const WordLabels& second, int64_t words) {
  std::map<std::string, std::pair<int64_t, int64_t>> used;
  int64_t equal = 0;
  auto in_either = static_cast<int64_t>(first.size());
  for (const auto& [word, label] : first) ++used[label].first;
  for (const auto& [word, label] : second) {
    ++used[label].second;
    const auto other = first.find(word);
    if (other == first.end()) ++in_either;
    if (other != first.end() && other->second == label) ++equal;
  }
  const int64_t all = std::max(words, in_either);
  if (all == 0) return 1000;
  equal += all - in_either;
  used[""] = {all - static_cast<int64_t>(first.size()), all - static_cast<int64_t>(second.size())};
  double by_chance = 0;
  for (const auto& [label, count] : used) {
    by_chance += static_cast<double>(count.first) * static_cast<double>(count.second) /
                 (static_cast<double>(all) * static_cast<double>(all));
  }
  if (by_chance >= 1) return 1000;  // both used one label alone, everywhere
  const double observed = static_cast<double>(equal) / static_cast<double>(all);
  return std::llround((observed - by_chance) / (1 - by_chance) * 1000);
}

}  // namespace

std::vector<ReadingPair> pair_readings(List first, List second) {
  return Pairing(first, second).pairs();
}

Agreement agreement_of(std::span<const ReadingPair> pairs, int64_t words) {
  Agreement out;
  WordLabels first;
  WordLabels second;
  for (const ReadingPair& pair : pairs) {
    if (pair.agreed) {
      ++out.agreed;
    } else if (pair.first && pair.second) {
      ++out.differ;
    } else {
      ++(pair.first ? out.only_first : out.only_second);
    }
    note_words(pair.first, first);
    note_words(pair.second, second);
  }
  const int64_t all = 2 * (out.agreed + out.differ) + out.only_first + out.only_second;
  if (all > 0) out.f1 = (2000 * out.agreed + all / 2) / all;
  out.kappa = kappa_of(first, second, words);
  return out;
}

}  // namespace corpus
