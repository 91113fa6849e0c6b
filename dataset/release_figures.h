// What a dataset's card draws: how many labels each part has, how many pages documents have, and
// how sure their reader was. Sums only; record by record.
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

struct ReleaseFigures {
  std::map<std::string, std::map<std::string, uint64_t>> labels;  // label -> part -> annotations
  std::map<std::string, std::array<uint64_t, 5>> pages;           // part -> documents by pages
  std::array<uint64_t, 10> confidence = {};  // words, by tenths of the reader's confidence

  void add(const ManifestRecord& record);
  // A words file (corpus/words.h), of which only the confidences are looked at.
  void add_words(std::string_view file);
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
