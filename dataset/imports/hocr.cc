// hOCR 1.2 as XHTML, as Tesseract writes it: read words, which become corrections where ours say
// something else.
#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "dataset/detail/imports.h"
#include "dataset/detail/xml_read.h"

namespace dataset::detail {
namespace {

using base::Code;
using base::Error;
using base::Result;

constexpr int64_t kMostPixels = 1'000'000;

bool has_class(const pugi::xml_node& node, std::string_view name) {
  const auto classes = base::split(node.attribute("class").value(), ' ');
  return std::find(classes.begin(), classes.end(), name) != classes.end();
}

// What follows a name in the title: of "bbox 1 2 3 4; x_wconf 93" under "bbox" the "1 2 3 4".
std::string_view property(const pugi::xml_node& node, std::string_view name) {
  for (const std::string_view part : base::split(node.attribute("title").value(), ';')) {
    const std::string_view trimmed = base::trim(part);
    if (trimmed.size() > name.size() && trimmed.starts_with(name) && trimmed[name.size()] == ' ') {
      return base::trim(trimmed.substr(name.size()));
    }
  }
  return {};
}

std::string_view unquoted(std::string_view text) {
  const bool quoted = text.size() >= 2 && text.front() == text.back() &&
                      (text.front() == '"' || text.front() == '\'');
  return quoted ? text.substr(1, text.size() - 2) : text;
}

// Empty if it is not said, or nonsense.
corpus::Box box_of(const pugi::xml_node& node) {
  std::vector<int32_t> numbers;
  for (const std::string_view text : base::split(property(node, "bbox"), ' ')) {
    const auto number = base::parse_integer(text.substr(0, text.find('.')));
    if (!number || *number < 0 || *number > kMostPixels) return {};
    numbers.push_back(static_cast<int32_t>(*number));
  }
  if (numbers.size() != 4) return {};
  return {numbers[0], numbers[1], numbers[2], numbers[3]};
}

// All that is written within, whatever bold and italic lie between.
std::string text_of(const pugi::xml_node& node) {
  std::string text = node.type() == pugi::node_pcdata ? node.value() : "";
  for (const pugi::xml_node& child : node.children()) text += text_of(child);
  return text;
}

ImportedPage read_page(const pugi::xml_node& node, size_t before) {
  ImportedPage page;
  const corpus::Box box = box_of(node);
  page.width = box.x1;
  page.height = box.y1;
  page.file = unquoted(property(node, "image"));
  const PageName name = page_of_file_name(page.file);
  page.document = name.document;
  const auto number = base::parse_integer(property(node, "ppageno"));
  const bool counted = number && *number >= 0 && *number < 1'000'000;
  page.page =
      name.page > 0
          ? name.page
          : static_cast<corpus::PageNumber>((counted ? *number : static_cast<int64_t>(before)) + 1);
  for_each_element(node, [&](const pugi::xml_node& element) {
    if (!has_class(element, "ocrx_word")) return;
    page.words.push_back({word_id_of(element.attribute("id").value()), box_of(element),
                          std::string(base::trim(text_of(element)))});
  });
  return page;
}

Result<std::vector<ImportedPage>> read(std::string_view file) {
  pugi::xml_document document;
  TRY(load_xml(file, document));
  std::vector<ImportedPage> pages;
  for_each_element(document, [&](const pugi::xml_node& element) {
    if (has_class(element, "ocr_page")) pages.push_back(read_page(element, pages.size()));
  });
  if (pages.empty()) {
    return Error{Code::invalid, "the file is no hOCR: nothing in it is of the class ocr_page"};
  }
  return pages;
}

}  // namespace

const ImportFormat kImportHocr = {
    .name = "hocr",
    .summary = "hOCR: words, as corrections of ours",
    .read = read,
};

}  // namespace dataset::detail
