// A page as it should have been read: its words with the corrections applied. Private to dataset/.
//
//   const PageText text(page.words, chosen);
//   text.text_of(annotation.words);                  // "Total 12,50"
//   for (const size_t i : text.tokens_of(ids)) text.tokens()[i].box;
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "corpus/annotation.h"
#include "corpus/geometry.h"
#include "corpus/words.h"

namespace dataset::detail {

// A word after correction: what trainers call a token.
struct Token {
  corpus::WordId word = 0;  // whose place it took; a word that was split gives several
  std::string_view text;
  corpus::Box box;
  uint32_t block = 0;
  uint32_t line = 0;
  int32_t confidence = 0;
  bool corrected = false;
};

class PageText {
 public:
  // Words and annotations must outlive the object.
  PageText(const std::vector<corpus::Word>& words,
           const std::vector<const corpus::Annotation*>& annotations);

  const corpus::Word* find(corpus::WordId id) const;
  // In reading order.
  const std::vector<Token>& tokens() const { return tokens_; }
  // The tokens of these words, each once, in the words' order; words of other pages are left out.
  std::vector<size_t> tokens_of(const std::vector<corpus::WordId>& ids) const;
  // The words' texts with blanks between them.
  std::string text_of(const std::vector<corpus::WordId>& ids) const;
  // One box for each line of the page that the words touch, top line first.
  std::vector<corpus::Box> line_boxes(const std::vector<corpus::WordId>& ids) const;
  bool has_all(const std::vector<corpus::WordId>& ids) const;

 private:
  struct Range {
    size_t begin = 0;
    size_t end = 0;
  };
  size_t index_of(corpus::WordId id) const;  // words_.size(): none
  void replace(size_t word, const corpus::Annotation& correction);

  const std::vector<corpus::Word>& words_;
  std::vector<Token> tokens_;
  std::vector<Range> ranges_;  // of the tokens, for each word
};

}  // namespace dataset::detail
