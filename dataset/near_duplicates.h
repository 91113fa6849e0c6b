// Pages that are nearly the same: one paper scanned twice, cropped, printed anew, sent again.
// A page is known again by the words that tell it from others of its form (numbers, dates, names of
// cases), where it has few of these by the runs of its words, and by what it looks like. Looks
// alone decide only where words cannot: two cases on one form look alike.
//
//   SketchIndex index;
//   for (const PageSketch& page : pages) {
//     for (const NearPage& near : index.find(page.sketch)) ...   // what was added before
//     index.add(page.sketch);
//   }
//
// Sketches are MinHashes of words (Broder 1997) and perceptual hashes of the image
// (corpus/page_look.h), found by bands of them: what one page costs does not depend on how many
// others there are. Pages of which there are very many, such as printed terms, are found through
// the last ones only. keys_of() and probes_of() are for an index elsewhere, such as in a database.
// Pure; an index belongs to one thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "corpus/page_look.h"
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
  std::optional<corpus::PageLook> look = {};
  bool operator==(const PageSketch&) const = default;
};
PageSketch sketch_of(const std::vector<corpus::Word>& words,
                     const std::optional<corpus::PageLook>& look = {});

// How alike the words of two pages are: by numbers where both have some, else by runs. 0: nothing
// to go by.
double likeness(const PageSketch& a, const PageSketch& b);
// From here on two pages count as nearly the same by their words.
inline constexpr double kNearlyTheSame = 0.4;

struct Nearness {
  double likeness = 0;   // of words, or of looks; 0 to 1
  bool by_look = false;  // the words were not enough to tell
};
// Nothing if the two are not nearly the same.
std::optional<Nearness> nearness(const PageSketch& a, const PageSketch& b);

// Under which a page is kept, and under which others are looked for that may be near to it. Pages
// without enough words are looked for under looks that differ in a bit of each band, too.
std::vector<uint64_t> keys_of(const PageSketch& page);
std::vector<uint64_t> probes_of(const PageSketch& page);

// As bytes, some 300 for a page; read back only from where they were kept.
std::string print_sketch(const PageSketch& sketch);
base::Result<PageSketch> parse_sketch(std::string_view bytes);

struct NearPage {
  uint32_t page = 0;  // counted from 0 in the order of add()
  Nearness how = {};
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
