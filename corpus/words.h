// The words of a page, as OCR or a PDF's text layer left them, and their file
// pages/NNNN.words.tsv (docs/formats/words.md). Immutable to people: a `correction` annotation
// names words and says what they should have been.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "corpus/geometry.h"
#include "corpus/ids.h"

namespace corpus {

struct Word {
  WordId id = 0;       // ascending in reading order within a page, unique in the document
  uint32_t block = 0;  // counted from 0 on the page; a new block starts a new column or field
  uint32_t line = 0;   // counted from 0 on the page
  Box box;
  int32_t confidence = 0;  // 0 to 1000
  std::string text;        // NFC, never empty

  bool operator==(const Word&) const = default;
};

// Limits of the format; beyond them a file is refused.
inline constexpr size_t kMaxWordsPerPage = 200'000;
inline constexpr size_t kMaxWordBytes = 4'096;
inline constexpr size_t kMaxWordsFileBytes = size_t{64} << 20;

// Canonical text of the file: a header line, then one word a line in reading order.
std::string print_words(const std::vector<Word>& words);
// Strict: the server wrote it. Errors carry the place.
base::Result<std::vector<Word>> parse_words(std::string_view text);

// Plain text for search and export: blanks between words, LF between and after lines, an empty
// line between blocks.
std::string text_of(const std::vector<Word>& words);

}  // namespace corpus
