#include "dataset/import_format.h"

#include <algorithm>
#include <iterator>
#include <tuple>

#include "base/bytes.h"
#include "base/text.h"
#include "corpus/layout.h"
#include "dataset/detail/imports.h"

namespace dataset {

namespace {

constexpr size_t kIdDigits = 32;

}  // namespace

std::span<const ImportFormat* const> import_formats() {
  static const ImportFormat* const kAll[] = {&detail::kImportAlto,  &detail::kImportCoco,
                                             &detail::kImportFunsd, &detail::kImportHocr,
                                             &detail::kImportJsonl, &detail::kImportLabelStudio,
                                             &detail::kImportPage};
  return kAll;
}

const ImportFormat* find_import_format(std::string_view name) {
  for (const ImportFormat* format : import_formats()) {
    if (format->name == name) return format;
  }
  return nullptr;
}

std::vector<ImportedPage> join_pages(std::vector<ImportedPage> pages) {
  using Place = std::tuple<std::string, std::string, corpus::PageNumber, int32_t, int32_t>;
  std::map<Place, size_t> places;
  std::vector<ImportedPage> joined;
  for (ImportedPage& page : pages) {
    const Place place(page.document, page.file, page.page, page.width, page.height);
    const auto [known, is_new] = places.emplace(place, joined.size());
    if (is_new) {
      joined.push_back(std::move(page));
      continue;
    }
    ImportedPage& first = joined[known->second];
    std::move(page.annotations.begin(), page.annotations.end(),
              std::back_inserter(first.annotations));
    std::move(page.words.begin(), page.words.end(), std::back_inserter(first.words));
    for (const auto& [reason, count] : page.refused) first.refused[reason] += count;
  }
  return joined;
}

PageName page_of_file_name(std::string_view file_name) {
  const std::vector<std::string_view> parts = base::split(file_name, '/');
  const std::string_view name = parts.back().substr(0, parts.back().find('.'));
  std::string_view document;
  std::string_view digits;
  if (name.size() > kIdDigits && name[kIdDigits] == '-') {
    document = name.substr(0, kIdDigits);
    digits = name.substr(kIdDigits + 1);
  } else if (parts.size() >= 3 && parts[parts.size() - 2] == "images") {
    document = parts[parts.size() - 3];
    digits = name;
  }
  const auto page = base::parse_integer(digits);
  if (!base::is_lower_hex(document, kIdDigits) || !page || *page < 1 || *page > 9999) return {};
  return {std::string(document), static_cast<corpus::PageNumber>(*page)};
}

corpus::WordId word_id_of(std::string_view name) {
  constexpr std::string_view kPrefix = "word_";
  if (!name.starts_with(kPrefix)) return 0;
  const auto number = base::parse_integer(name.substr(kPrefix.size()));
  return number ? word_id(*number) : 0;
}

corpus::PageNumber page_number(int64_t number) {
  const bool fits = number >= 0 && number <= int64_t{corpus::kMaxPages};
  return fits ? static_cast<corpus::PageNumber>(number) : corpus::kMaxPages + 1;
}

corpus::WordId word_id(int64_t number) {
  const bool fits = number > 0 && number <= int64_t{UINT32_MAX};
  return fits ? static_cast<corpus::WordId>(number) : 0;
}

}  // namespace dataset
