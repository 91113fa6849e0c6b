#include "dataset/near_duplicates.h"

#include <algorithm>
#include <limits>
#include <set>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/text.h"

namespace dataset {

namespace {

constexpr size_t kHashes = std::tuple_size_v<decltype(MinHash::smallest)>;
constexpr size_t kRowsOfABand = 2;
constexpr size_t kBands = 16;
// A page with so many numbers is told by them alone.
constexpr uint32_t kEnoughNumbers = 8;
constexpr uint32_t kFewNumbers = 4;
// A page with so many runs was read, and its words tell it from others.
constexpr uint32_t kFewRuns = 12;
// Two pages that look alike and whose words can be compared must have so much in common: two scans
// of which one was read badly have, two cases on one form have not. A form's own numbers make some
// tenth of its pages' words, of which the estimate is off by a twentieth now and then.
constexpr double kSomewhatTheSame = 0.25;
// Bands of a look's hash: 16 bits each.
constexpr size_t kBitsOfABand = 16;
constexpr int kLookBits = 128;  // in which unrelated pages differ
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

enum Kind : uint64_t { kNumbers, kRuns, kSheet, kContent };

// With `neighbours` also the bands that differ in one bit: of two hashes that differ in 40 bits of
// 256 some band of 16 is then shared in 99 cases of a hundred (multi-probe, Lv et al. 2007).
void append_bands(const corpus::PageLook::Bits& bits, Kind kind, bool neighbours,
                  std::vector<uint64_t>& keys) {
  const size_t bands = bits.bytes.size() / 2;
  for (size_t band = 0; band < bands; ++band) {
    const uint64_t value = uint64_t{bits.bytes[2 * band]} << 8 | bits.bytes[2 * band + 1];
    const uint64_t place = (kind * bands + band) << kBitsOfABand;
    keys.push_back(mixed(place | value));
    for (size_t bit = 0; neighbours && bit < kBitsOfABand; ++bit) {
      keys.push_back(mixed(place | (value ^ uint64_t{1} << bit)));
    }
  }
}

// Whether its words are enough to tell it from others.
bool has_words(const PageSketch& page) {
  return page.numbers.features >= kFewNumbers || page.runs.features >= kFewRuns;
}

std::vector<uint64_t> bands_of(const PageSketch& page, bool neighbours) {
  std::vector<uint64_t> keys;
  if (page.numbers.features >= kFewNumbers) append_bands(page.numbers, kNumbers, keys);
  append_bands(page.runs, kRuns, keys);
  if (!page.look) return keys;
  append_bands(page.look->sheet, kSheet, neighbours, keys);
  append_bands(page.look->content, kContent, neighbours, keys);
  return keys;
}

void append_min_hash(const MinHash& hash, std::string& out) {
  base::append_be32(out, hash.features);
  if (hash.features == 0) return;
  for (const uint32_t value : hash.smallest) base::append_be32(out, value);
}

// Takes what it reads from the front of `bytes`; false if there is too little.
bool take_number(std::string_view& bytes, uint32_t& number) {
  if (bytes.size() < 4) return false;
  number = base::load_be32(base::as_bytes(bytes).data());
  bytes.remove_prefix(4);
  return true;
}

bool take_min_hash(std::string_view& bytes, MinHash& hash) {
  if (!take_number(bytes, hash.features)) return false;
  if (hash.features == 0) {
    hash = min_hash_of({});
    return true;
  }
  return std::all_of(hash.smallest.begin(), hash.smallest.end(),
                     [&](uint32_t& value) { return take_number(bytes, value); });
}

bool take_bits(std::string_view& bytes, corpus::PageLook::Bits& bits) {
  if (bytes.size() < bits.bytes.size()) return false;
  std::copy_n(base::as_bytes(bytes).begin(), bits.bytes.size(), bits.bytes.begin());
  bytes.remove_prefix(bits.bytes.size());
  return true;
}

bool take_look(std::string_view& bytes, std::optional<corpus::PageLook>& look) {
  if (bytes.empty()) return true;
  look.emplace();
  return take_bits(bytes, look->sheet) && take_bits(bytes, look->content) && bytes.empty();
}

}  // namespace

double likeness(const MinHash& a, const MinHash& b) {
  if (a.features == 0 || b.features == 0) return 0;
  size_t equal = 0;
  for (size_t i = 0; i < kHashes; ++i) equal += a.smallest[i] == b.smallest[i];
  return static_cast<double>(equal) / kHashes;
}

PageSketch sketch_of(const std::vector<corpus::Word>& words,
                     const std::optional<corpus::PageLook>& look) {
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
  sketch.runs = min_hash_of(sketch.numbers.features < kEnoughNumbers ? runs_of(texts) : Features());
  sketch.look = look;
  return sketch;
}

double likeness(const PageSketch& a, const PageSketch& b) {
  const bool by_numbers = a.numbers.features >= kFewNumbers && b.numbers.features >= kFewNumbers;
  return by_numbers ? likeness(a.numbers, b.numbers) : likeness(a.runs, b.runs);
}

std::optional<Nearness> nearness(const PageSketch& a, const PageSketch& b) {
  const double words = likeness(a, b);
  if (words >= kNearlyTheSame) return Nearness{words, false};
  if (!a.look || !b.look) return std::nullopt;
  if (has_words(a) && has_words(b) && words < kSomewhatTheSame) return std::nullopt;
  const int bits = corpus::distance(*a.look, *b.look);
  if (bits > corpus::kAlikeAtMost) return std::nullopt;
  return Nearness{1.0 - static_cast<double>(bits) / kLookBits, true};
}

std::vector<uint64_t> keys_of(const PageSketch& page) {
  return bands_of(page, false);
}

std::vector<uint64_t> probes_of(const PageSketch& page) {
  return bands_of(page, !has_words(page));
}

std::string print_sketch(const PageSketch& sketch) {
  std::string out;
  append_min_hash(sketch.numbers, out);
  append_min_hash(sketch.runs, out);
  if (!sketch.look) return out;
  out += base::as_text(sketch.look->sheet.bytes);
  out += base::as_text(sketch.look->content.bytes);
  return out;
}

base::Result<PageSketch> parse_sketch(std::string_view bytes) {
  PageSketch sketch;
  if (take_min_hash(bytes, sketch.numbers) && take_min_hash(bytes, sketch.runs) &&
      take_look(bytes, sketch.look)) {
    return sketch;
  }
  return base::Error{base::Code::invalid, "a page's sketch is cut off"};
}

uint32_t SketchIndex::add(const PageSketch& page) {
  const auto number = static_cast<uint32_t>(pages_.size());
  pages_.push_back(page);
  for (const uint64_t key : keys_of(page)) {
    std::vector<uint32_t>& band = bands_[key];
    if (band.size() >= kMostInABand) band.erase(band.begin());
    band.push_back(number);
  }
  return number;
}

std::vector<NearPage> SketchIndex::find(const PageSketch& page) const {
  std::vector<uint32_t> candidates;
  for (const uint64_t key : probes_of(page)) {
    const auto found = bands_.find(key);
    if (found == bands_.end()) continue;
    candidates.insert(candidates.end(), found->second.begin(), found->second.end());
  }
  std::sort(candidates.begin(), candidates.end());
  candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
  std::vector<NearPage> near;
  for (const uint32_t candidate : candidates) {
    if (const auto how = nearness(page, pages_[candidate])) near.push_back({candidate, *how});
  }
  return near;
}

}  // namespace dataset
