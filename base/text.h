// Unicode text: UTF-8 checks, NFC, and the nearest known spelling for "did you mean".
// Pure functions, safe from any thread. utf8proc lives behind this header.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace base {

// Well-formed UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view text);
// Byte offset of the first malformed sequence.
std::optional<size_t> find_malformed_utf8(std::string_view text);
size_t count_code_points(std::string_view utf8);
void append_utf8(std::string& out, uint32_t code_point);

// Text as one line that shows what it says: malformed sequences, control characters, line breaks
// and the marks that turn the direction of writing become U+FFFD.
std::string replace_unprintable(std::string_view text);
// The text as one field of a line, whatever its readers take for an end of fields and lines: blanks
// of every width, line breaks and control characters become `stand_in`.
std::string replace_blanks(std::string_view utf8, char stand_in);
// As many whole code points as have at most `most` bytes.
std::string_view cut_utf8(std::string_view utf8, size_t most);

// Unicode normalisation form C. The text must be well-formed UTF-8.
bool is_nfc(std::string_view utf8);
Result<std::string> to_nfc(std::string_view utf8);
// Lower case and compatibility forms folded: for search, never for storage.
std::string fold_for_search(std::string_view utf8);

// The candidate that a person most likely meant: at most a third of the letters differ
// (Damerau-Levenshtein, case ignored). Nothing if no candidate is that near.
std::optional<std::string> nearest_spelling(std::string_view word,
                                            std::span<const std::string> candidates);
// `; did you mean "total"?` or nothing: the usual end of an error sentence.
std::string did_you_mean(std::string_view word, std::span<const std::string> candidates);

std::vector<std::string_view> split(std::string_view text, char separator);
std::string_view trim(std::string_view text);
std::string join(std::span<const std::string> parts, std::string_view separator);
// Decimal digits only, no sign or blanks unless a leading '-'; nothing on overflow.
std::optional<int64_t> parse_integer(std::string_view text);

}  // namespace base
