#include "dataset/detail/token_tags.h"

#include <algorithm>

namespace dataset::detail {

using corpus::Annotation;
using corpus::AnnotationType;

namespace {

struct Run {
  const Annotation* annotation;
  std::vector<size_t> tokens;  // ascending
};

// Why an annotation says nothing of tokens; null: it does.
const char* reason_against(const Annotation& annotation) {
  switch (annotation.type) {
    case AnnotationType::span:
    case AnnotationType::value:
      return annotation.words.empty() ? "annotation without words" : nullptr;
    case AnnotationType::box:
    case AnnotationType::polygon:
      return annotation.words.empty() ? "area without words" : nullptr;
    case AnnotationType::correction:
      return "what was read before a correction";
    case AnnotationType::relation:
      return "relation";
    case AnnotationType::table:
      return "table";
    case AnnotationType::class_:
      return "class";
  }
  return nullptr;
}

std::vector<Run> runs_of(const ChosenPage& page, LossReport& loss) {
  std::vector<Run> runs;
  for (const Annotation* annotation : page.annotations) {
    if (const char* reason = reason_against(*annotation)) {
      loss.lose(reason);
      continue;
    }
    Run run{annotation, page.text.tokens_of(annotation->words)};
    std::sort(run.tokens.begin(), run.tokens.end());
    if (run.tokens.empty()) {
      loss.lose("annotation without words");
      continue;
    }
    loss.lose("words of an annotation on another page", !page.text.has_all(annotation->words));
    runs.push_back(std::move(run));
  }
  std::stable_sort(runs.begin(), runs.end(),
                   [](const Run& a, const Run& b) { return a.tokens.size() > b.tokens.size(); });
  return runs;
}

// Whether the token at `place` of the run begins or ends a piece without gaps.
bool begins(const Run& run, size_t place) {
  return place == 0 || run.tokens[place - 1] + 1 != run.tokens[place];
}
bool ends(const Run& run, size_t place) {
  return place + 1 == run.tokens.size() || run.tokens[place] + 1 != run.tokens[place + 1];
}

const char* prefix_of(TagScheme scheme, bool first, bool last) {
  if (scheme == TagScheme::bio) return first ? "B-" : "I-";
  if (first) return last ? "S-" : "B-";
  return last ? "E-" : "I-";
}

}  // namespace

std::vector<std::string> tag_tokens(const ChosenPage& page, TagScheme scheme, LossReport& loss) {
  std::vector<std::string> tags(page.text.tokens().size());
  for (const Run& run : runs_of(page, loss)) {
    const bool is_free = std::all_of(run.tokens.begin(), run.tokens.end(),
                                     [&](size_t token) { return tags[token].empty(); });
    if (!is_free) {
      loss.lose("overlapping annotation");
      continue;
    }
    bool in_pieces = false;
    for (size_t i = 0; i < run.tokens.size(); ++i) {
      in_pieces |= i > 0 && begins(run, i);
      tags[run.tokens[i]] = prefix_of(scheme, begins(run, i), ends(run, i)) + run.annotation->label;
    }
    loss.lose("annotation in several pieces", in_pieces);
    note_details(*run.annotation, kKeepsNothing, loss);
    ++loss.annotations;
  }
  for (std::string& tag : tags) {
    if (tag.empty()) tag.push_back('O');
  }
  return tags;
}

std::array<int32_t, 4> box_in_thousandths(const corpus::Box& box, const corpus::Page& page) {
  const auto scale = [](int32_t value, int32_t whole) {
    const int64_t scaled = whole > 0 ? int64_t{1000} * value / whole : 0;
    return static_cast<int32_t>(std::clamp<int64_t>(scaled, 0, 1000));
  };
  return {scale(box.x0, page.width), scale(box.y0, page.height), scale(box.x1, page.width),
          scale(box.y1, page.height)};
}

}  // namespace dataset::detail
