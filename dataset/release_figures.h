// What a dataset's card draws: how many labels each part has, how many pages documents have, how
// sure their reader was, and how far two people agreed who labelled one blind. Sums only; record by
// record.
//
//   ReleaseFigures figures;
//   for (...) { figures.add(record); figures.add_words(words_file); }
//   for (const auto& [path, svg] : print_figures(figures)) ...      // "figures/labels.svg"
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "dataset/manifest.h"

namespace dataset {

using Tenths = std::array<uint64_t, 10>;

struct ReleaseFigures {
  std::map<std::string, std::map<std::string, uint64_t>> labels;  // label -> part -> annotations
  std::map<std::string, std::array<uint64_t, 5>> pages;           // part -> documents by pages
  Tenths confidence = {};  // words, by tenths of the reader's confidence
  Tenths agreement = {};   // documents that two people read, by tenths of F1

  void add(const ManifestRecord& record);
  void remove(const ManifestRecord& record);  // one that was added
  // A words file (corpus/words.h), of which only the confidences are looked at; and one that was
  // added before.
  void add_words(std::string_view file);
  void remove_words(std::string_view file);
  bool operator==(const ReleaseFigures&) const = default;
};

struct Figure {
  std::string path;
  std::string title;
  std::string svg;
};
// Those that have anything to show.
std::vector<Figure> print_figures(const ReleaseFigures& figures);

}  // namespace dataset
