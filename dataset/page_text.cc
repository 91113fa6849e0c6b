#include "dataset/detail/page_text.h"

#include <algorithm>
#include <map>

namespace dataset::detail {

using corpus::Annotation;
using corpus::Word;
using corpus::WordId;

PageText::PageText(const std::vector<Word>& words,
                   const std::vector<const Annotation*>& annotations)
    : words_(words), ranges_(words.size()) {
  std::vector<const Annotation*> correction_of(words.size());
  for (const Annotation* annotation : annotations) {
    if (annotation->type != corpus::AnnotationType::correction) continue;
    for (const WordId id : annotation->words) {
      const size_t index = index_of(id);
      if (index < words.size()) correction_of[index] = annotation;
    }
  }
  tokens_.reserve(words.size());
  std::map<const Annotation*, Range> done;
  for (size_t i = 0; i < words.size(); ++i) {
    const size_t begin = tokens_.size();
    if (correction_of[i] == nullptr) {
      const Word& word = words[i];
      tokens_.push_back(
          {word.id, word.text, word.box, word.block, word.line, word.confidence, false});
    } else if (const auto found = done.find(correction_of[i]); found != done.end()) {
      ranges_[i] = found->second;
      continue;
    } else {
      replace(i, *correction_of[i]);
      done[correction_of[i]] = {begin, tokens_.size()};
    }
    ranges_[i] = {begin, tokens_.size()};
  }
}

// The replacements stand where the first of the words stood.
void PageText::replace(size_t word, const Annotation& correction) {
  const Word& place = words_[word];
  for (const corpus::Replacement& replacement : correction.replacements) {
    tokens_.push_back({place.id, replacement.text, replacement.box, place.block, place.line,
                       place.confidence, true});
  }
}

// Ids ascend in reading order (corpus/words.h).
size_t PageText::index_of(WordId id) const {
  const auto found = std::lower_bound(words_.begin(), words_.end(), id,
                                      [](const Word& word, WordId want) { return word.id < want; });
  const bool is_there = found != words_.end() && found->id == id;
  return is_there ? static_cast<size_t>(found - words_.begin()) : words_.size();
}

const Word* PageText::find(WordId id) const {
  const size_t index = index_of(id);
  return index < words_.size() ? &words_[index] : nullptr;
}

bool PageText::has_all(const std::vector<WordId>& ids) const {
  return std::all_of(ids.begin(), ids.end(),
                     [&](WordId id) { return index_of(id) < words_.size(); });
}

std::vector<size_t> PageText::tokens_of(const std::vector<WordId>& ids) const {
  std::vector<size_t> tokens;
  tokens.reserve(ids.size());
  std::vector<size_t> seen;  // begins of ranges that several words share
  for (const WordId id : ids) {
    const size_t index = index_of(id);
    if (index == words_.size()) continue;
    const Range& range = ranges_[index];
    if (range.begin < range.end && tokens_[range.begin].corrected) {
      if (std::find(seen.begin(), seen.end(), range.begin) != seen.end()) continue;
      seen.push_back(range.begin);
    }
    for (size_t i = range.begin; i < range.end; ++i) tokens.push_back(i);
  }
  return tokens;
}

std::string PageText::text_of(const std::vector<WordId>& ids) const {
  std::string text;
  for (const size_t i : tokens_of(ids)) {
    if (!text.empty()) text += ' ';
    text += tokens_[i].text;
  }
  return text;
}

std::vector<corpus::Box> PageText::line_boxes(const std::vector<WordId>& ids) const {
  std::map<uint32_t, corpus::Box> lines;
  for (const WordId id : ids) {
    const Word* word = find(id);
    if (word != nullptr) lines[word->line] = corpus::united(lines[word->line], word->box);
  }
  std::vector<corpus::Box> boxes;
  for (const auto& [line, box] : lines) boxes.push_back(box);
  return boxes;
}

}  // namespace dataset::detail
