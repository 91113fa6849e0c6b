// Files of other tools: whatever they say becomes pages, or a refusal. The first byte chooses the
// format.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "dataset/import_format.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const auto formats = dataset::import_formats();
  const std::string_view file(reinterpret_cast<const char*>(data + 1), size - 1);
  const auto pages = formats[data[0] % formats.size()]->read(file);
  if (!pages.ok()) return 0;
  const corpus::Document document = [] {
    corpus::Document made;
    made.pages.resize(1);
    made.pages[0].width = 1000;
    made.pages[0].height = 1000;
    return made;
  }();
  corpus::Schema schema;
  schema.labels.emplace_back();
  schema.labels.back().name = "total";
  const std::vector<corpus::Word> words = {{1, 1, 1, {10, 10, 60, 30}, 900, "Sum"},
                                           {2, 1, 1, {70, 10, 120, 30}, 900, "12"}};
  for (const auto& page : *pages) dataset::settle(page, {document, 1, words, schema});
  return 0;
}
