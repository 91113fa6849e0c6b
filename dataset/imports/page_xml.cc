// PAGE XML, 2013 and 2019: labels of words, as our export writes them, and regions with a type of
// their own.
#include <algorithm>
#include <map>

#include "base/text.h"
#include "dataset/detail/imports.h"
#include "dataset/detail/xml_read.h"

namespace dataset::detail {
namespace {

using base::Code;
using base::Error;
using base::Result;
using corpus::AnnotationType;

std::vector<corpus::Point> points_of(const pugi::xml_node& node) {
  std::vector<corpus::Point> points;
  const std::string_view text = child_of(node, "Coords").attribute("points").value();
  for (const std::string_view pair : base::split(text, ' ')) {
    const size_t comma = pair.find(',');
    if (comma == pair.npos) continue;
    const auto x = base::parse_integer(pair.substr(0, comma));
    const auto y = base::parse_integer(pair.substr(comma + 1));
    if (!x || !y || *x > 1'000'000 || *y > 1'000'000 || *x < 0 || *y < 0) return {};
    points.push_back({static_cast<int32_t>(*x), static_cast<int32_t>(*y)});
  }
  return points;
}

corpus::Box bounds_of(const std::vector<corpus::Point>& points) {
  corpus::Box box;
  for (size_t i = 0; i < points.size(); ++i) {
    const corpus::Point& p = points[i];
    box = i == 0 ? corpus::Box{p.x, p.y, p.x, p.y}
                 : corpus::Box{std::min(box.x0, p.x), std::min(box.y0, p.y), std::max(box.x1, p.x),
                               std::max(box.y1, p.y)};
  }
  return box;
}

bool is_rectangle(const std::vector<corpus::Point>& points, const corpus::Box& box) {
  return points.size() == 4 &&
         std::all_of(points.begin(), points.end(), [&](const corpus::Point& p) {
           return (p.x == box.x0 || p.x == box.x1) && (p.y == box.y0 || p.y == box.y1);
         });
}

class PageFile {
 public:
  Result<ImportedPage> read(const pugi::xml_document& document) {
    const pugi::xml_node root = document.document_element();
    const pugi::xml_node page = child_of(root, "Page");
    if (local_name(root) != "PcGts" || !page) {
      return Error{Code::invalid, "the file is no PAGE XML: it has no PcGts with a Page"};
    }
    page_.width = page.attribute("imageWidth").as_int();
    page_.height = page.attribute("imageHeight").as_int();
    const PageName name = page_of_file_name(page.attribute("imageFilename").value());
    page_.file = page.attribute("imageFilename").value();
    page_.document = name.document;
    page_.page = name.page;
    for_each_element(page, [&](const pugi::xml_node& node) { visit(node); });
    for (auto& [key, annotation] : by_key_) page_.annotations.push_back(std::move(annotation));
    return std::move(page_);
  }

 private:
  void visit(const pugi::xml_node& node) {
    const std::string_view name = local_name(node);
    if (name == "Word") {
      visit_labels(node, true);
    } else if (name == "CustomRegion") {
      visit_labels(node, false);
    } else if (name == "TableRegion") {
      ++page_.refused["table"];
    }
  }

  void visit_labels(const pugi::xml_node& node, bool is_word) {
    const auto points = points_of(node);
    if (points.size() < 3) return;
    for (const pugi::xml_node& label : child_of(node, "Labels").children()) {
      const std::string key = label.attribute("comments").value();
      const std::string own =
          key.empty() ? "page " + std::string(node.attribute("id").value()) : key;
      ImportedAnnotation& annotation = by_key_[own];
      annotation.key = own;
      annotation.label = label.attribute("value").value();
      const auto type = corpus::parse_annotation_type(label.attribute("type").value());
      annotation.type = type.value_or(is_word ? AnnotationType::span : AnnotationType::box);
      add_place(node, points, is_word, annotation);
    }
  }

  static void add_place(const pugi::xml_node& node, const std::vector<corpus::Point>& points,
                        bool is_word, ImportedAnnotation& annotation) {
    const corpus::Box box = bounds_of(points);
    if (!is_word) {
      if (!is_rectangle(points, box)) annotation.polygon = points;
      annotation.box = box;
      return;
    }
    annotation.box = corpus::united(annotation.box.value_or(corpus::Box{}), box);
    // "w12", or "w12_1" for a piece of a word that was split
    const std::string_view id = node.attribute("id").value();
    const auto number = id.starts_with('w') ? base::parse_integer(id.substr(1)) : std::nullopt;
    if (number && word_id(*number) > 0) annotation.words.push_back(word_id(*number));
  }

  ImportedPage page_;
  std::map<std::string, ImportedAnnotation> by_key_;
};

Result<std::vector<ImportedPage>> read(std::string_view file) {
  pugi::xml_document document;
  TRY(load_xml(file, document));
  std::vector<ImportedPage> pages;
  pages.push_back(TRY(PageFile().read(document)));
  return pages;
}

}  // namespace

const ImportFormat kImportPage = {
    .name = "page",
    .summary = "PAGE XML: labels of words, and custom regions",
    .read = read,
};

}  // namespace dataset::detail
