#include "dataset/near_duplicates.h"

#include <algorithm>
#include <limits>
#include <set>
#include <string>
#include <string_view>

#include "base/text.h"

namespace dataset {

namespace {

constexpr size_t kHashes = std::tuple_size_v<decltype(MinHash::smallest)>;
constexpr size_t kRowsOfABand = 2;
constexpr size_t kBands = 16;
// A page with so many numbers is told by them alone.
constexpr uint32_t kEnoughNumbers = 8;
constexpr uint32_t kFewNumbers = 4;
// Of more pages in one band only the last ones are kept: beyond that it is a printed form.
constexpr size_t kMostInABand = 64;

// The finalizer of SplitMix64: each bit of the result depends on each of the input.
uint64_t mixed(uint64_t x) {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

// FNV-1a.
uint64_t hash_of(std::string_view text) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return mixed(hash);
}

using Features = std::set<uint64_t>;

MinHash min_hash_of(const Features& features) {
  MinHash sketch;
  sketch.features = static_cast<uint32_t>(features.size());
  sketch.smallest.fill(std::numeric_limits<uint32_t>::max());
  for (const uint64_t feature : features) {
    for (size_t i = 0; i < kHashes; ++i) {
      const auto hash = static_cast<uint32_t>(mixed(feature + i * 0xd1342543de82ef95));
      sketch.smallest[i] = std::min(sketch.smallest[i], hash);
    }
  }
  return sketch;
}

// Letters and digits alone, in lower case: what OCR makes of marks and gaps does not count.
std::string plain(std::string_view word) {
  std::string out;
  for (const char c : base::fold_for_search(word)) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_mark = byte < 0x30 || (byte > 0x39 && byte < 0x41) ||
                         (byte > 0x5a && byte < 0x61) || (byte > 0x7a && byte < 0x80);
    if (!is_mark) out += c;
  }
  return out;
}

// A number that few other pages have: a date, an amount, the name of a case.
bool is_telling(std::string_view word) {
  const auto digits =
      std::count_if(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
  return digits >= 3 && word.size() >= 4;
}

Features runs_of(const std::vector<std::string>& words) {
  Features runs;
  for (size_t i = 0; i + 2 < words.size(); ++i) {
    runs.insert(hash_of(words[i] + ' ' + words[i + 1] + ' ' + words[i + 2]));
  }
  return runs;
}

// Keys of the bands; numbers and runs never meet.
void append_bands(const MinHash& sketch, uint64_t kind, std::vector<uint64_t>& keys) {
  if (sketch.features == 0) return;
  for (size_t band = 0; band < kBands; ++band) {
    uint64_t key = kind * kBands + band;
    for (size_t row = 0; row < kRowsOfABand; ++row) {
      key = mixed(key ^ sketch.smallest[band * kRowsOfABand + row]);
    }
    keys.push_back(key);
  }
}

std::vector<uint64_t> bands_of(const PageSketch& page) {
  std::vector<uint64_t> keys;
  if (page.numbers.features >= kFewNumbers) append_bands(page.numbers, 0, keys);
  append_bands(page.runs, 1, keys);
  return keys;
}

}  // namespace

double likeness(const MinHash& a, const MinHash& b) {
  if (a.features == 0 || b.features == 0) return 0;
  size_t equal = 0;
  for (size_t i = 0; i < kHashes; ++i) equal += a.smallest[i] == b.smallest[i];
  return static_cast<double>(equal) / kHashes;
}

PageSketch sketch_of(const std::vector<corpus::Word>& words) {
  std::vector<std::string> texts;
  Features numbers;
  for (const corpus::Word& word : words) {
    std::string text = plain(word.text);
    if (text.empty()) continue;
    if (is_telling(text)) numbers.insert(hash_of(text));
    texts.push_back(std::move(text));
  }
  PageSketch sketch;
  sketch.numbers = min_hash_of(numbers);
  if (sketch.numbers.features < kEnoughNumbers) sketch.runs = min_hash_of(runs_of(texts));
  return sketch;
}

double likeness(const PageSketch& a, const PageSketch& b) {
  const bool by_numbers = a.numbers.features >= kFewNumbers && b.numbers.features >= kFewNumbers;
  return by_numbers ? likeness(a.numbers, b.numbers) : likeness(a.runs, b.runs);
}

uint32_t SketchIndex::add(const PageSketch& page) {
  const auto number = static_cast<uint32_t>(pages_.size());
  pages_.push_back(page);
  for (const uint64_t key : bands_of(page)) {
    std::vector<uint32_t>& band = bands_[key];
    if (band.size() >= kMostInABand) band.erase(band.begin());
    band.push_back(number);
  }
  return number;
}

std::vector<NearPage> SketchIndex::find(const PageSketch& page) const {
  std::vector<uint32_t> candidates;
  for (const uint64_t key : bands_of(page)) {
    const auto found = bands_.find(key);
    if (found == bands_.end()) continue;
    candidates.insert(candidates.end(), found->second.begin(), found->second.end());
  }
  std::sort(candidates.begin(), candidates.end());
  candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
  std::vector<NearPage> near;
  for (const uint32_t candidate : candidates) {
    const double how_much = likeness(page, pages_[candidate]);
    if (how_much >= kNearlyTheSame) near.push_back({candidate, how_much});
  }
  return near;
}

}  // namespace dataset
