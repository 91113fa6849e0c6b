// Invented filled-in forms, and what scanners, scissors and printers make of them. For the tests of
// near duplicates.
#pragma once

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "corpus/words.h"

namespace test {

class InventedForms {
 public:
  explicit InventedForms(uint32_t seed) : random_(seed) {
    for (int form = 0; form < 20; ++form) {
      std::vector<std::string>& text = printed_.emplace_back();
      for (int word = 0; word < 140; ++word) text.push_back(syllables());
    }
  }

  // A page of one of twenty forms: the same printed words as on all others of the form, between
  // them what this one was filled in with.
  std::vector<corpus::Word> page() {
    const std::vector<std::string>& form = printed_[random_() % printed_.size()];
    std::vector<std::string> words;
    for (size_t i = 0; i < form.size(); ++i) {
      words.push_back(form[i]);
      if (i % 6 == 3) words.push_back(i % 12 == 3 ? number() : syllables());
    }
    words.push_back("2026");  // what every page has
    words.push_back("10115");
    return laid_out(words);
  }

  // Another scan: some words are read otherwise, a few are missed, a stamp adds some.
  std::vector<corpus::Word> scanned_again(const std::vector<corpus::Word>& page) {
    std::vector<std::string> words;
    for (const corpus::Word& word : page) {
      if (chance(2)) continue;
      words.push_back(chance(5) ? misread(word.text) : word.text);
    }
    for (const char* stamp : {"RECEIVED", "14.11.2026", "Dept.", "7"}) words.emplace_back(stamp);
    return laid_out(words);
  }

  // Two thirds of the page.
  std::vector<corpus::Word> cropped(const std::vector<corpus::Word>& page) {
    std::vector<std::string> words;
    for (size_t i = page.size() / 6; i < page.size() * 5 / 6; ++i) words.push_back(page[i].text);
    return laid_out(words);
  }

  // The same case on other paper: the printed words come in another order, the entries stay.
  std::vector<corpus::Word> printed_anew(const std::vector<corpus::Word>& page) {
    std::vector<std::string> words;
    for (const corpus::Word& word : page) words.push_back(word.text);
    std::shuffle(words.begin(), words.end(), random_);
    return laid_out(words);
  }

 private:
  bool chance(uint32_t percent) { return random_() % 100 < percent; }

  std::string syllables() {
    static constexpr const char* kSyllables[] = {"ta",  "ri",  "no",  "ve",  "lu",
                                                 "sch", "mer", "an",  "ker", "ost",
                                                 "bel", "im",  "und", "gra", "fo"};
    std::string word;
    for (uint32_t i = 2 + random_() % 3; i > 0; --i) word += kSyllables[random_() % 15];
    return word;
  }

  std::string number() {
    std::string digits;
    for (uint32_t i = 4 + random_() % 5; i > 0; --i)
      digits += static_cast<char>('0' + random_() % 10);
    return digits;
  }

  std::string misread(std::string word) {
    word[random_() % word.size()] = static_cast<char>('0' + random_() % 10);
    return word;
  }

  static std::vector<corpus::Word> laid_out(const std::vector<std::string>& texts) {
    std::vector<corpus::Word> words;
    for (size_t i = 0; i < texts.size(); ++i) {
      const auto x = static_cast<int32_t>(i % 8 * 100);
      const auto line = static_cast<uint32_t>(i / 8);
      const auto y = static_cast<int32_t>(line * 30);
      words.push_back(
          {static_cast<corpus::WordId>(i + 1), 0, line, {x, y, x + 90, y + 20}, 900, texts[i]});
    }
    return words;
  }

  std::mt19937 random_;
  std::vector<std::vector<std::string>> printed_;
};

}  // namespace test
