#include "corpus/text_format.h"

#include <algorithm>
#include <array>

#include "corpus/alto.h"
#include "corpus/hocr.h"

namespace corpus {
namespace {

constexpr std::array<TextFormatInfo, 3> kFormats = {{
    {TextFormat::plain, "text", "txt", "text/plain; charset=utf-8"},
    {TextFormat::hocr, "hocr", "hocr", "text/vnd.hocr+html; charset=utf-8"},
    {TextFormat::alto, "alto", "alto.xml", "application/xml; charset=utf-8"},
}};

}  // namespace

const TextFormatInfo& info_of(TextFormat format) {
  return kFormats[static_cast<size_t>(format)];
}

std::optional<TextFormat> parse_text_format(std::string_view name) {
  const auto* found = std::find_if(kFormats.begin(), kFormats.end(),
                                   [&](const TextFormatInfo& info) { return info.name == name; });
  return found == kFormats.end() ? std::nullopt : std::optional(found->format);
}

std::string begin_text(TextFormat format, const TextHeading& heading) {
  switch (format) {
    case TextFormat::hocr:
      return begin_hocr(heading);
    case TextFormat::alto:
      return begin_alto(heading);
    default:
      return {};
  }
}

std::string print_text(TextFormat format, const TextPage& page) {
  switch (format) {
    case TextFormat::hocr:
      return print_hocr(page);
    case TextFormat::alto:
      return print_alto(page);
    default:
      return text_of(page.words) + '\f';
  }
}

std::string end_text(TextFormat format) {
  switch (format) {
    case TextFormat::hocr:
      return end_hocr();
    case TextFormat::alto:
      return end_alto();
    default:
      return {};
  }
}

}  // namespace corpus
