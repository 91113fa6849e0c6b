// ALTO 2 to 4: read words, which become corrections where ours say something else, and named
// entities. Places may be in any unit: they are taken against the size of their page.
#include <cmath>
#include <map>

#include "base/text.h"
#include "dataset/detail/imports.h"
#include "dataset/detail/xml_read.h"

namespace dataset::detail {
namespace {

using base::Code;
using base::Error;
using base::Result;

constexpr double kMostUnits = 1e6;

int32_t units(const pugi::xml_node& node, const char* name) {
  const double value = node.attribute(name).as_double();
  return std::isfinite(value) && std::abs(value) < kMostUnits
             ? static_cast<int32_t>(std::lround(value))
             : 0;
}

corpus::Box place_of(const pugi::xml_node& node) {
  const int32_t x = units(node, "HPOS"), y = units(node, "VPOS");
  return {x, y, x + units(node, "WIDTH"), y + units(node, "HEIGHT")};
}

class AltoFile {
 public:
  Result<std::vector<ImportedPage>> read(const pugi::xml_node& root) {
    if (local_name(root) != "alto") {
      return Error{Code::invalid, "the file is no ALTO: its root is not <alto>"};
    }
    const pugi::xml_node source = child_of(child_of(root, "Description"), "sourceImageInformation");
    file_ = base::trim(child_of(source, "fileName").child_value());
    for (const pugi::xml_node& tag : child_of(root, "Tags").children()) {
      if (local_name(tag) == "NamedEntityTag") {
        entities_[tag.attribute("ID").value()] = tag.attribute("LABEL").value();
      }
    }
    std::vector<ImportedPage> pages;
    for (const pugi::xml_node& page : child_of(root, "Layout").children()) {
      if (local_name(page) == "Page") pages.push_back(read_page(page, pages.size()));
    }
    return pages;
  }

 private:
  ImportedPage read_page(const pugi::xml_node& node, size_t before) {
    ImportedPage page;
    page.width = units(node, "WIDTH");
    page.height = units(node, "HEIGHT");
    const PageName name = page_of_file_name(file_);
    page.document = name.document;
    page.file = file_;
    const int number = node.attribute("PHYSICAL_IMG_NR").as_int(static_cast<int>(before) + 1);
    page.page = name.page > 0 ? name.page : static_cast<corpus::PageNumber>(std::max(1, number));
    last_entity_.clear();
    for_each_element(node, [&](const pugi::xml_node& element) {
      if (local_name(element) == "String") take_string(element, page);
    });
    return page;
  }

  void take_string(const pugi::xml_node& node, ImportedPage& page) {
    ImportedWord word{word_id_of(node.attribute("ID").value()), place_of(node),
                      node.attribute("CONTENT").value()};
    take_entities(node, word, page);
    page.words.push_back(std::move(word));
  }

  // Strings one after another with one tag are one entity.
  void take_entities(const pugi::xml_node& node, const ImportedWord& word, ImportedPage& page) {
    const std::string_view refs = node.attribute("TAGREFS").value();
    std::map<std::string, size_t> entities;
    for (const std::string_view ref : base::split(refs, ' ')) {
      const auto known = entities_.find(std::string(ref));
      if (known == entities_.end()) continue;
      const auto last = last_entity_.find(known->first);
      const size_t index = last == last_entity_.end() ? page.annotations.size() : last->second;
      if (last == last_entity_.end()) {
        page.annotations.push_back({.key = "alto " + known->first + " " + std::to_string(index),
                                    .type = corpus::AnnotationType::span,
                                    .label = known->second});
      }
      ImportedAnnotation& annotation = page.annotations[index];
      annotation.box = annotation.box ? corpus::united(*annotation.box, word.box) : word.box;
      if (word.id > 0) annotation.words.push_back(word.id);
      entities.emplace(known->first, index);
    }
    last_entity_ = std::move(entities);
  }

  std::string file_;
  std::map<std::string, std::string> entities_;  // id of the tag -> label
  std::map<std::string, size_t> last_entity_;    // of the string before: tag -> its annotation
};

Result<std::vector<ImportedPage>> read(std::string_view file) {
  pugi::xml_document document;
  TRY(load_xml(file, document));
  return AltoFile().read(document.document_element());
}

}  // namespace

const ImportFormat kImportAlto = {
    .name = "alto",
    .summary = "ALTO: words, as corrections of ours, and named entities",
    .read = read,
};

}  // namespace dataset::detail
