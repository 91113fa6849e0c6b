// Bars as SVG, for a dataset's card: a row for each name, in it a piece for each series. The same
// numbers give the same bytes.
//
//   BarChart chart{.title = "Labels by part", .series = {"test", "train"}};
//   chart.rows = {{"total", {12, 80}}, {"date", {9, 71}}};
//   const std::string svg = print_svg(chart);
//
// Pure, safe from any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace dataset {

struct BarChart {
  struct Row {
    std::string name;
    std::vector<uint64_t> counts;  // one for each series
  };
  std::string title;
  std::vector<std::string> series;  // one: no legend
  std::vector<Row> rows;
};

std::string print_svg(const BarChart& chart);

}  // namespace dataset
