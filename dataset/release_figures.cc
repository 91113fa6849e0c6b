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

template <typename Take>
void for_each_confidence(std::string_view words_file, const Take& take) {
  for (const std::string_view line : base::split(words_file, '\n')) {
    const auto value = base::parse_integer(field(line, kConfidenceColumn));
    if (value && *value >= 0 && *value <= kThousand) take(*value);  // not the header
  }
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

// Of a value in thousandths.
uint64_t& tenth_of(int64_t value, Tenths& tenths) {
  return tenths[std::min<size_t>(static_cast<size_t>(value) / 100, tenths.size() - 1)];
}

bool has_any(const Tenths& tenths) {
  return std::any_of(tenths.begin(), tenths.end(), [](uint64_t count) { return count > 0; });
}

BarChart tenths_chart(const char* title, const char* what, const Tenths& tenths) {
  BarChart chart{.title = title, .series = {what}, .rows = {}};
  for (size_t tenth = 0; tenth < tenths.size(); ++tenth) {
    const std::string name =
        std::to_string(tenth * 10) + " to " + std::to_string(tenth * 10 + 10) + " %";
    chart.rows.push_back({name, {tenths[tenth]}});
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
  if (record.agreement) ++tenth_of(*record.agreement, agreement);
}

void ReleaseFigures::remove(const ManifestRecord& record) {
  for (const auto& [label, count] : record.labels) {
    auto& parts = labels[label];
    if ((parts[record.split] -= count) == 0) parts.erase(record.split);
    if (parts.empty()) labels.erase(label);
  }
  auto& classes = pages[record.split];
  --classes[page_class(record.pages.size())];
  if (classes == std::array<uint64_t, 5>{}) pages.erase(record.split);
  if (record.agreement) --tenth_of(*record.agreement, agreement);
}

void ReleaseFigures::add_words(std::string_view file) {
  for_each_confidence(file, [&](int64_t value) { ++tenth_of(value, confidence); });
}

void ReleaseFigures::remove_words(std::string_view file) {
  for_each_confidence(file, [&](int64_t value) { --tenth_of(value, confidence); });
}

std::vector<Figure> print_figures(const ReleaseFigures& figures) {
  std::vector<Figure> all;
  if (!figures.labels.empty()) all.push_back(figure("labels", labels_chart(figures)));
  if (!figures.pages.empty()) all.push_back(figure("pages", pages_chart(figures)));
  if (has_any(figures.confidence)) {
    all.push_back(figure("confidence", tenths_chart("Words by how sure their reader was", "words",
                                                    figures.confidence)));
  }
  if (has_any(figures.agreement)) {
    all.push_back(figure("agreement", tenths_chart("Documents by how far two readers agreed",
                                                   "documents", figures.agreement)));
  }
  return all;
}

}  // namespace dataset
