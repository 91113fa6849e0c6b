#include <map>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "corpus/validate.h"

namespace corpus {
namespace {

// The word ids of a document's pages, read when first asked for.
class WordIndex {
 public:
  explicit WordIndex(const DocumentContext& context) : context_(context) {}

  bool page_has(PageNumber page, WordId id) { return words_of(page).contains(id); }

  bool document_has(WordId id) {
    for (PageNumber page = 1; page <= context_.document->pages.size(); ++page) {
      if (page_has(page, id)) return true;
    }
    return false;
  }

  const std::optional<base::Error>& failure() const { return failure_; }

 private:
  const std::unordered_set<WordId>& words_of(PageNumber page) {
    const auto [entry, is_new] = pages_.try_emplace(page);
    if (!is_new) return entry->second;
    auto words = context_.words_of(page);
    if (!words.ok()) {
      if (!failure_) failure_ = words.error();
      return entry->second;
    }
    for (const Word& word : words.value()) entry->second.insert(word.id);
    return entry->second;
  }

  const DocumentContext& context_;
  std::map<PageNumber, std::unordered_set<WordId>> pages_;
  std::optional<base::Error> failure_;
};

struct Fact {
  AnnotationFact fact;
  size_t file;
};
using Facts = std::unordered_multimap<AnnotationId, Fact>;

Facts collect(const std::vector<ParsedAnnotations>& parsed, std::span<const AnnotationText> files) {
  Facts out;
  for (size_t i = 0; i < files.size(); ++i) {
    for (const AnnotationLine& line : parsed[i].lines) {
      const Annotation& a = line.annotation;
      out.emplace(a.id, Fact{{files[i].path, a.type, a.label}, i});
    }
  }
  return out;
}

std::optional<AnnotationFact> find_elsewhere(const Facts& facts, const AnnotationId& id,
                                             size_t file) {
  const auto [first, last] = facts.equal_range(id);
  for (auto at = first; at != last; ++at) {
    if (at->second.file != file) return at->second.fact;
  }
  return std::nullopt;
}

PageContext context_of(const DocumentContext& context, const AnnotationText& file,
                       WordIndex& words) {
  PageContext out;
  out.page = file.page;
  out.schema = context.schema;
  if (file.page != 0) {
    const Page& page = context.document->pages[file.page - 1];
    out.width = page.width;
    out.height = page.height;
  }
  out.page_has_word = [&words, number = file.page](WordId id) {
    return words.page_has(number, id);
  };
  out.document_has_word = [&words](WordId id) { return words.document_has(id); };
  out.next_word = context.document->next_word;
  // A broken predecessor judges nothing; the new text stands for itself.
  out.before = parse_annotations(file.text_before).values();
  return out;
}

}  // namespace

base::Result<std::vector<Diagnostics>> validate_document(const DocumentContext& context,
                                                         std::span<const AnnotationText> files) {
  std::vector<ParsedAnnotations> parsed;
  for (const AnnotationText& file : files)
    parsed.push_back(parse_annotations(file.text, file.path));
  const Facts facts = collect(parsed, files);
  WordIndex words(context);
  std::vector<Diagnostics> out;
  for (size_t i = 0; i < files.size(); ++i) {
    Diagnostics& problems = parsed[i].problems;
    if (files[i].page > context.document->pages.size()) {
      problems.add({}, "the document has no page " + std::to_string(files[i].page));
    } else {
      PageContext page = context_of(context, files[i], words);
      page.elsewhere = [&facts, i](const AnnotationId& id) { return find_elsewhere(facts, id, i); };
      validate_annotations(parsed[i].lines, page, problems);
    }
    out.push_back(std::move(problems));
  }
  if (words.failure()) return *words.failure();
  return out;
}

}  // namespace corpus
