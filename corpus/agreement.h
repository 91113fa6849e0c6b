// How far two people who labelled one document without seeing each other's work agree.
//
//   std::vector<ReadingPair> pairs = pair_readings(first, second);    // of one page
//   Agreement sum = agreement_of(pairs, words_on_the_page);
//
// A pair is what both said of one place, or what one of them said alone. They agree if all that a
// person says is the same: type, label, place, value, attributes; who proposed it and how sure a
// model was does not count, nor do proposals that nobody confirmed.
//
// f1 is twice the labels in agreement over all labels of both (Hripcsak and Rothschild, 2005: the
// measure for entities, where nobody can count what was rightly left alone). kappa is Cohen's, over
// words: which label covers a word, or none. Both in thousandths.
// Pure functions, safe from any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "corpus/annotation.h"

namespace corpus {

struct ReadingPair {
  std::optional<Annotation> first;
  std::optional<Annotation> second;
  bool agreed = false;
};

struct Agreement {
  int64_t agreed = 0;
  int64_t differ = 0;      // the same place, something else said of it
  int64_t only_first = 0;  // said by one of them alone
  int64_t only_second = 0;
  int64_t f1 = 1000;
  int64_t kappa = 1000;
  bool operator==(const Agreement&) const = default;
};

// In the order of the first one's annotations, then what the second one said alone.
std::vector<ReadingPair> pair_readings(std::span<const Annotation> first,
                                       std::span<const Annotation> second);
// `words`: how many words the pages have, labelled or not.
Agreement agreement_of(std::span<const ReadingPair> pairs, int64_t words);

}  // namespace corpus
