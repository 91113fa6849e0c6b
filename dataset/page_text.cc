#include "dataset/detail/page_text.h"

namespace dataset::detail {

PageText::PageText(const std::vector<corpus::Word>& words,
                   const std::vector<const corpus::Annotation*>& annotations) {
  for (const corpus::Word& word : words) words_.emplace(word.id, &word);
  for (const corpus::Annotation* annotation : annotations) {
    if (annotation->type != corpus::AnnotationType::correction) continue;
    std::string text;
    for (const corpus::Replacement& replacement : annotation->replacements) {
      text += (text.empty() ? "" : " ") + replacement.text;
    }
    for (const corpus::WordId id : annotation->words) {
      corrected_[id] = std::exchange(text, {});
    }
  }
}

const corpus::Word* PageText::find(corpus::WordId id) const {
  const auto found = words_.find(id);
  return found == words_.end() ? nullptr : found->second;
}

std::string PageText::text_of(const std::vector<corpus::WordId>& ids) const {
  std::string text;
  for (const corpus::WordId id : ids) {
    const corpus::Word* word = find(id);
    if (word == nullptr) continue;
    const auto corrected = corrected_.find(id);
    const std::string& part = corrected == corrected_.end() ? word->text : corrected->second;
    if (!text.empty() && !part.empty()) text += ' ';
    text += part;
  }
  return text;
}

std::vector<corpus::Box> PageText::line_boxes(const std::vector<corpus::WordId>& ids) const {
  std::map<uint32_t, corpus::Box> lines;
  for (const corpus::WordId id : ids) {
    const corpus::Word* word = find(id);
    if (word != nullptr) lines[word->line] = corpus::united(lines[word->line], word->box);
  }
  std::vector<corpus::Box> boxes;
  for (const auto& [line, box] : lines) boxes.push_back(box);
  return boxes;
}

}  // namespace dataset::detail
