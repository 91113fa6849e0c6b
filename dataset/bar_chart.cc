#include "dataset/bar_chart.h"

#include <algorithm>
#include <numeric>
#include <string_view>

#include "base/text.h"
#include "dataset/detail/xml_text.h"

namespace dataset {

using detail::xml_text;

namespace {

// Pixels.
constexpr uint64_t kWidth = 720;
constexpr uint64_t kNames = 190;  // for the names on the left
constexpr uint64_t kBars = 440;   // the longest bar
constexpr uint64_t kRow = 24;
constexpr uint64_t kBar = 16;
constexpr uint64_t kHead = 34;
constexpr size_t kLongestName = 26;  // characters

// Told apart by people who see colours otherwise, too (Okabe and Ito).
constexpr std::string_view kColours[] = {"#0072b2", "#e69f00", "#009e73", "#cc79a7",
                                         "#56b4e9", "#d55e00", "#f0e442", "#777777"};

std::string_view colour(size_t series) {
  return kColours[series % std::size(kColours)];
}

std::string number(uint64_t value) {
  return std::to_string(value);
}

std::string text(uint64_t x, uint64_t y, const std::string& more, const std::string& words) {
  return "<text x=\"" + number(x) + "\" y=\"" + number(y) + "\"" + more + ">" + xml_text(words) +
         "</text>\n";
}

std::string rectangle(uint64_t x, uint64_t y, uint64_t width, uint64_t height, size_t series) {
  return "<rect x=\"" + number(x) + "\" y=\"" + number(y) + "\" width=\"" + number(width) +
         "\" height=\"" + number(height) + "\" fill=\"" + std::string(colour(series)) + "\"/>\n";
}

uint64_t sum_of(const BarChart::Row& row) {
  return std::accumulate(row.counts.begin(), row.counts.end(), uint64_t{0});
}

std::string shortened(const std::string& name) {
  size_t end = 0, characters = 0;
  while (end < name.size() && characters < kLongestName) {
    ++end;
    while (end < name.size() && (static_cast<unsigned char>(name[end]) & 0xc0) == 0x80) ++end;
    ++characters;
  }
  return end == name.size() ? name : name.substr(0, end) + "…";
}

std::string print_row(const BarChart::Row& row, uint64_t top, uint64_t most) {
  std::string svg = text(kNames - 8, top + 13, " text-anchor=\"end\"", shortened(row.name));
  uint64_t sum = 0, left = 0;
  for (size_t i = 0; i < row.counts.size(); ++i) {
    sum += row.counts[i];
    const uint64_t right = sum * kBars / std::max<uint64_t>(1, most);
    if (right > left) svg += rectangle(kNames + left, top, right - left, kBar, i);
    left = right;
  }
  return svg + text(kNames + left + 6, top + 13, "", number(sum));
}

std::string print_legend(const BarChart& chart, uint64_t top) {
  std::string svg;
  const uint64_t step = (kWidth - kNames) / chart.series.size();
  for (size_t i = 0; i < chart.series.size(); ++i) {
    const uint64_t x = kNames + i * step;
    svg += rectangle(x, top, 12, 12, i) + text(x + 17, top + 11, "", shortened(chart.series[i]));
  }
  return svg;
}

}  // namespace

std::string print_svg(const BarChart& chart) {
  const bool has_legend = chart.series.size() > 1;
  const uint64_t rows = chart.rows.size() + (has_legend ? 1 : 0);
  const std::string height = number(kHead + rows * kRow + 10);
  uint64_t most = 0;
  for (const BarChart::Row& row : chart.rows) most = std::max(most, sum_of(row));
  std::string svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + number(kWidth) +
                    "\" height=\"" + height + "\" viewBox=\"0 0 " + number(kWidth) + " " + height +
                    "\" font-family=\"sans-serif\" font-size=\"13\">\n<title>" +
                    xml_text(chart.title) + "</title>\n";
  svg += "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n";
  svg += text(12, 20, " font-weight=\"bold\"", chart.title);
  uint64_t top = kHead;
  for (const BarChart::Row& row : chart.rows) {
    svg += print_row(row, top, most);
    top += kRow;
  }
  if (has_legend) svg += print_legend(chart, top);
  return svg + "</svg>\n";
}

}  // namespace dataset
