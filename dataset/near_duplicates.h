// Pages that say nearly the same: the same paper scanned twice, cropped, printed anew, sent again.
// A page is known again by the words that tell it from others of its form (numbers, dates, names of
// cases), and where it has few of these by the runs of its words; both survive what OCR misreads.
//
//   SketchIndex index;
//   for (const PageSketch& page : pages) {
//     for (const NearPage& near : index.find(page.sketch)) ...   // what was added before
//     index.add(page.sketch);
//   }
//
// Sketches are MinHashes (Broder 1997), found by bands of them: what one page costs does not depend
// on how many others there are. Pages of which there are very many, such as printed terms, are
// found through the last ones only. Pure; an index belongs to one thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "corpus/words.h"

namespace dataset {

// A set of features in 64 smallest hashes.
struct MinHash {
  std::array<uint32_t, 64> smallest = {};
  uint32_t features = 0;  // how many went in; 0: nothing to compare
  bool operator==(const MinHash&) const = default;
};
// The share of common features, estimated to some six hundredths: 0 to 1.
double likeness(const MinHash& a, const MinHash& b);

struct PageSketch {
  MinHash numbers;  // words with digits: what a form was filled in with
  MinHash runs;     // three words in a row; left empty where the numbers are enough
  bool operator==(const PageSketch&) const = default;
};
PageSketch sketch_of(const std::vector<corpus::Word>& words);

// How alike two pages are: by numbers where both have some, else by runs. 0: nothing to go by.
double likeness(const PageSketch& a, const PageSketch& b);
// From here on two pages count as nearly the same.
inline constexpr double kNearlyTheSame = 0.4;

struct NearPage {
  uint32_t page = 0;  // counted from 0 in the order of add()
  double likeness = 0;
};

class SketchIndex {
 public:
  // The number of the page.
  uint32_t add(const PageSketch& page);
  // Pages that were added and are nearly the same, ascending.
  std::vector<NearPage> find(const PageSketch& page) const;
  size_t size() const { return pages_.size(); }

 private:
  std::vector<PageSketch> pages_;
  std::unordered_map<uint64_t, std::vector<uint32_t>> bands_;
};

}  // namespace dataset
