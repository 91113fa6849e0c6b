// Whether annotations make sense: labels and attributes against schema.json, boxes on their page,
// words that exist, relations that arrive, ids that nobody else in the document has.
//
//   PageContext context;
//   context.page = 1;  context.width = 2480;  context.height = 3508;
//   context.schema = &schema;
//   context.page_has_word = [&](WordId id) { return ids.contains(id); };
//   ...
//   ParsedAnnotations file = parse_annotations(text, path);
//   validate_annotations(file.lines, context, file.problems);
//
// The form of a file (keys, types, limits) is checked by parse_annotations. Plain values and small
// lookup functions in, diagnostics out: the caller decides where words and neighbours come from.
// Safe from any thread if the lookups are.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "corpus/annotation.h"
#include "corpus/document.h"
#include "corpus/schema.h"
#include "corpus/words.h"

namespace corpus {

// What one file must know of an annotation in another.
struct AnnotationFact {
  std::string path;  // of the file that has it
  AnnotationType type = AnnotationType::span;
  std::string label;
  bool operator==(const AnnotationFact&) const = default;
};

struct PageContext {
  PageNumber page = 0;  // 0: the document's own annotations.jsonl, which has no geometry
  int32_t width = 0;    // of the canonical page image
  int32_t height = 0;
  const Schema* schema = nullptr;  // outlives the call

  // Absent lookups answer no.
  std::function<bool(WordId)> page_has_word;
  std::function<bool(WordId)> document_has_word;
  // Of the document: a word below it that is not there was, until the document was read again.
  WordId next_word = 0;
  // The annotation with this id in the document's other files.
  std::function<std::optional<AnnotationFact>(const AnnotationId&)> elsewhere;
  // The same file before the change: what is in there unchanged is not held against today's
  // schema, so that nobody is refused for a label that was retired after it was used.
  std::vector<Annotation> before;
};

void validate_annotations(std::span<const AnnotationLine> lines, const PageContext& context,
                          Diagnostics& problems);

// A whole document at once, cross references included.
struct AnnotationText {
  std::string path;     // in the repository
  PageNumber page = 0;  // 0: annotations.jsonl
  std::string text;
  std::string text_before;  // empty if the file is new
};
struct DocumentContext {
  const Document* document = nullptr;
  const Schema* schema = nullptr;
  // The words of a page; called once per page that is needed.
  std::function<base::Result<std::vector<Word>>(PageNumber)> words_of;
};
// One Diagnostics per file, in the order of the files. The files are all annotation files of the
// document, as they will be. An error only if words cannot be had.
base::Result<std::vector<Diagnostics>> validate_document(const DocumentContext& context,
                                                         std::span<const AnnotationText> files);

}  // namespace corpus
