#include "ocr/detail/spelling.h"

namespace ocr::detail {
namespace {

constexpr double kStrange = 0.02;  // what is left of the chance of a text with a strange word
constexpr size_t kLeastWord = 2;   // letters: single ones are initials, items of lists

bool is_word(const Spelled& text) {
  return (text.as_written && text.as_written->is_word) || (text.in_small && text.in_small->is_word);
}

std::optional<Dictionary::Place> place_after(const std::optional<Dictionary::Place>& place,
                                             size_t letters, size_t character,
                                             const Dictionary& words) {
  if (letters == 0) return words.after(0, character);
  if (!place || place->node == 0) return std::nullopt;
  return words.after(place->node, character);
}

Spelled after_letter(const Spelled& before, const Character& letter, const Dictionary& words) {
  Spelled out;
  out.letters = before.letters + 1;
  out.after_digit = before.after_digit;
  out.strange = before.strange;
  if (out.strange) return out;
  const bool may_go_on = before.letters > 0 || !before.after_digit;
  if (may_go_on) {
    out.as_written = place_after(before.as_written, before.letters, letter.number, words);
    out.in_small = place_after(before.in_small, before.letters, letter.lower, words);
  }
  out.strange = !out.as_written && !out.in_small;
  const bool counts = out.letters >= kLeastWord || !may_go_on;
  if (out.strange && counts) out.share = kStrange;
  return out;
}

}  // namespace

double share_at_end(const Spelled& text) {
  return text.letters < kLeastWord || text.strange || is_word(text) ? 1 : kStrange;
}

Spelled spelled_after(const Spelled& before, size_t code, const Alphabet& alphabet) {
  const Character& character = alphabet.characters[code];
  if (alphabet.words.empty()) return {};
  if (character.is_letter) return after_letter(before, character, alphabet.words);
  Spelled out;
  out.after_digit = character.is_digit;
  out.share = share_at_end(before);
  // Letters and digits side by side: a code, or a 1 that is an l.
  if (character.is_digit && before.letters > 0 && !before.strange) out.share = kStrange;
  return out;
}

}  // namespace ocr::detail
