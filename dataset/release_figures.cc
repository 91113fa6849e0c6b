#include "dataset/release_figures.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "dataset/bar_chart.h"

namespace dataset {

namespace {

constexpr size_t kConfidenceColumn = 7;
constexpr int64_t kThousand = 1000;
constexpr size_t kMostLabels = 40;  // the most frequent; the table beside it has them all

constexpr std::array<const char*, 5> kPageClasses = {"1 page", "2", "3 to 5", "6 to 20",
                                                     "21 and more"};

size_t page_class(size_t pages) {
  if (pages <= 2) return pages <= 1 ? 0 : 1;
  if (pages <= 5) return 2;
  return pages <= 20 ? 3 : 4;
}

std::string part_of(const std::string& part) {
  return part.empty() ? "all" : part;
}

// The field of one line; empty if there are fewer.
std::string_view field(std::string_view line, size_t column) {
  for (; column > 0; --column) {
    const size_t tab = line.find('\t');
    if (tab == line.npos) return {};
    line.remove_prefix(tab + 1);
  }
  return line.substr(0, line.find('\t'));
}

uint64_t sum_of(const std::map<std::string, uint64_t>& counts) {
  uint64_t sum = 0;
  for (const auto& [part, count] : counts) sum += count;
  return sum;
}

BarChart labels_chart(const ReleaseFigures& figures) {
  BarChart chart{.title = "Annotations by label and part", .series = {}, .rows = {}};
  std::set<std::string> parts;
  for (const auto& [label, counts] : figures.labels) {
    for (const auto& [part, count] : counts) parts.insert(part);
  }
  for (const std::string& part : parts) chart.series.push_back(part_of(part));
  for (const auto& [label, counts] : figures.labels) {
    BarChart::Row row{label, {}};
    for (const std::string& part : parts) {
      const auto found = counts.find(part);
      row.counts.push_back(found == counts.end() ? 0 : found->second);
    }
    chart.rows.push_back(std::move(row));
  }
  std::stable_sort(chart.rows.begin(), chart.rows.end(), [&](const auto& a, const auto& b) {
    return sum_of(figures.labels.at(a.name)) > sum_of(figures.labels.at(b.name));
  });
  if (chart.rows.size() > kMostLabels) chart.rows.resize(kMostLabels);
  return chart;
}

BarChart pages_chart(const ReleaseFigures& figures) {
  BarChart chart{.title = "Documents by pages and part", .series = {}, .rows = {}};
  for (const char* name : kPageClasses) chart.rows.push_back({name, {}});
  for (const auto& [part, classes] : figures.pages) {
    chart.series.push_back(part_of(part));
    for (size_t i = 0; i < classes.size(); ++i) chart.rows[i].counts.push_back(classes[i]);
  }
  return chart;
}

BarChart confidence_chart(const ReleaseFigures& figures) {
  BarChart chart{.title = "Words by how sure their reader was", .series = {"words"}, .rows = {}};
  for (size_t tenth = 0; tenth < figures.confidence.size(); ++tenth) {
    const std::string name =
        std::to_string(tenth * 10) + " to " + std::to_string(tenth * 10 + 10) + " %";
    chart.rows.push_back({name, {figures.confidence[tenth]}});
  }
  return chart;
}

Figure figure(const std::string& name, const BarChart& chart) {
  return {"figures/" + name + ".svg", chart.title, print_svg(chart)};
}

}  // namespace

void ReleaseFigures::add(const ManifestRecord& record) {
  for (const auto& [label, count] : record.labels) labels[label][record.split] += count;
  ++pages[record.split][page_class(record.pages.size())];
}

void ReleaseFigures::add_words(std::string_view file) {
  for (const std::string_view line : base::split(file, '\n')) {
    const auto value = base::parse_integer(field(line, kConfidenceColumn));
    if (!value || *value < 0 || *value > kThousand) continue;  // the header, too
    ++confidence[std::min<size_t>(static_cast<size_t>(*value) / 100, confidence.size() - 1)];
  }
}

std::vector<Figure> print_figures(const ReleaseFigures& figures) {
  std::vector<Figure> all;
  if (!figures.labels.empty()) all.push_back(figure("labels", labels_chart(figures)));
  if (!figures.pages.empty()) all.push_back(figure("pages", pages_chart(figures)));
  const bool has_words = std::any_of(figures.confidence.begin(), figures.confidence.end(),
                                     [](uint64_t count) { return count > 0; });
  if (has_words) all.push_back(figure("confidence", confidence_chart(figures)));
  return all;
}

}  // namespace dataset
