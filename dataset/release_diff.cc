#include "dataset/release_diff.h"

#include "dataset/detail/xml_text.h"

namespace dataset {

using detail::xml_text;

namespace {

constexpr std::string_view kStyle =
    "body{font:15px sans-serif;margin:2em;max-width:70em}"
    "table{border-collapse:collapse;margin:1em 0}td,th{padding:.3em .8em;text-align:left;"
    "border-bottom:1px solid #ccc}td.n{text-align:right}";

std::string row(const std::string& name, const std::vector<std::string>& numbers) {
  std::string html = "<tr><td>" + name + "</td>";
  for (const std::string& number : numbers) html += "<td class=\"n\">" + number + "</td>";
  return html + "</tr>\n";
}

std::string with_sign(int64_t number) {
  return (number > 0 ? "+" : "") + std::to_string(number);
}

std::string numbers_of(const ReleaseChange& change) {
  return "<table>\n" + row("added", {std::to_string(change.added)}) +
         row("removed", {std::to_string(change.removed)}) +
         row("changed", {std::to_string(change.changed)}) +
         row("moved", {std::to_string(change.moved)}) +
         row("unchanged", {std::to_string(change.unchanged)}) + "</table>\n";
}

std::string labels_of(const std::map<std::string, int64_t>& labels) {
  if (labels.empty()) return "<p>No label has more or fewer annotations.</p>\n";
  std::string html = "<table>\n<tr><th>label</th><th>annotations</th></tr>\n";
  for (const auto& [label, count] : labels) html += row(xml_text(label), {with_sign(count)});
  return html + "</table>\n";
}

std::string people_of(const ReleaseDiff& diff) {
  if (diff.annotators.empty()) return {};
  std::string html =
      "<table>\n<tr><th>annotator</th><th>added</th><th>changed</th><th>removed</th></tr>\n";
  for (const auto& [mail, work] : diff.annotators) {
    html += row(xml_text(mail),
                {std::to_string(work[0]), std::to_string(work[1]), std::to_string(work[2])});
  }
  return html + "</table>\n";
}

std::string parts_of(const ReleaseDiff::Document& document) {
  if (document.from == document.to) return xml_text(document.to);
  return xml_text(document.from) + " → " + xml_text(document.to);
}

std::string documents_of(const ReleaseDiff& diff) {
  std::string html =
      "<table>\n<tr><th>document</th><th>change</th><th>part</th><th>labels</th></tr>\n";
  for (const ReleaseDiff::Document& document : diff.documents) {
    std::string labels;
    for (const auto& [label, count] : document.labels) {
      labels += (labels.empty() ? "" : ", ") + xml_text(label) + " " + with_sign(count);
    }
    html += "<tr><td><a href=\"" + xml_text(diff.address + document.id.hex) + "\">" +
            document.id.hex + "</a></td><td>" + std::string(name_of(document.change)) +
            "</td><td>" + parts_of(document) + "</td><td>" + labels + "</td></tr>\n";
  }
  html += "</table>\n";
  const uint64_t all =
      diff.change.added + diff.change.removed + diff.change.changed + diff.change.moved;
  if (all > diff.documents.size()) {
    html += "<p>and " + std::to_string(all - diff.documents.size()) + " documents more</p>\n";
  }
  return html;
}

}  // namespace

std::string print_diff_page(const ReleaseDiff& diff) {
  return "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>" +
         xml_text(diff.title) + "</title><style>" + std::string(kStyle) + "</style>\n<h1>" +
         xml_text(diff.title) + "</h1>\n" + numbers_of(diff.change) + "<h2>Labels</h2>\n" +
         labels_of(diff.change.labels) + people_of(diff) + "<h2>Documents</h2>\n" +
         documents_of(diff) + "</html>\n";
}

}  // namespace dataset
