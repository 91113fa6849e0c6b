#include "dataset/detail/xml_text.h"
#include "dataset/leakage.h"

namespace dataset {

using detail::xml_text;

namespace {

constexpr size_t kMostPairs = 500;  // more pictures than anybody looks at

constexpr std::string_view kStyle =
    "body{font:15px sans-serif;margin:2em;max-width:70em}"
    "table{border-collapse:collapse}td,th{padding:.3em .8em;text-align:left;"
    "border-bottom:1px solid #ccc}.pair{display:flex;gap:1em;margin:1em 0}"
    "figure{margin:0}img{max-width:22em;max-height:22em;border:1px solid #999}"
    "figcaption{font-size:13px}";

std::string count_row(std::string_view what, uint64_t count) {
  return "<tr><td>" + std::string(what) + "</td><td>" + std::to_string(count) + "</td></tr>\n";
}

std::string figure(const corpus::DocumentId& id, corpus::PageNumber page, const std::string& part,
                   const PageImageAddress& image_of) {
  const std::string address = image_of(id, page == 0 ? 1 : page);
  std::string html = "<figure>";
  if (!address.empty()) {
    html += "<img loading=\"lazy\" alt=\"page\" src=\"" + xml_text(address) + "\">";
  }
  html += "<figcaption><b>" + xml_text(part) + "</b> " + id.hex;
  if (page > 0) html += ", page " + std::to_string(page);
  return html + "</figcaption></figure>\n";
}

}  // namespace

std::string print_leakage_page(std::string_view title, const LeakageReport& report,
                               const PageImageAddress& image_of) {
  std::string html = "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>";
  html += xml_text(title) + "</title><style>" + std::string(kStyle) + "</style>\n<h1>";
  html += xml_text(title) + "</h1>\n<p><b>" + std::to_string(report.leaking) + "</b> of ";
  html += std::to_string(report.documents) + " documents leak across the border of two parts.</p>";
  html += "\n<table>\n" + count_row("of one group", report.by_group) +
          count_row("the same file", report.by_source) +
          count_row("a page with the same image", report.by_page_image) +
          count_row("a page that says nearly the same", report.by_near_page) +
          count_row("a page that looks nearly the same", report.by_near_look) + "</table>\n";
  for (size_t i = 0; i < report.pairs.size() && i < kMostPairs; ++i) {
    const LeakagePair& pair = report.pairs[i];
    html += "<h2>" + std::string(name_of(pair.kind));
    if (pair.kind == LeakageKind::near_page || pair.kind == LeakageKind::near_look)
      html += ", " + std::to_string(pair.likeness / 10) + " %";
    html += "</h2>\n<div class=\"pair\">" + figure(pair.a, pair.page_a, pair.part_a, image_of) +
            figure(pair.b, pair.page_b, pair.part_b, image_of) + "</div>\n";
  }
  if (report.pairs.size() > kMostPairs) {
    html += "<p>and " + std::to_string(report.pairs.size() - kMostPairs) + " pairs more</p>\n";
  }
  return html + "</html>\n";
}

}  // namespace dataset
