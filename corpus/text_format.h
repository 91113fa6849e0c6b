// The formats in which read text leaves as one file a document: which there are, and one way to
// write any of them.
//
//   std::string out = begin_text(format, heading);
//   for (const TextPage& page : pages) out += print_text(format, page);
//   out += end_text(format);
//
// docs/formats/text.md describes them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "corpus/text_page.h"

namespace corpus {

enum class TextFormat {
  plain,  // lines in reading order, an empty line between blocks, a form feed after each page
  hocr,
  alto
};

struct TextFormatInfo {
  TextFormat format;
  std::string_view name;        // as people write it: "text", "hocr", "alto"
  std::string_view extension;   // of a file: "txt", "hocr", "alto.xml"
  std::string_view media_type;  // with its charset
};
const TextFormatInfo& info_of(TextFormat format);
std::optional<TextFormat> parse_text_format(std::string_view name);

std::string begin_text(TextFormat format, const TextHeading& heading);
std::string print_text(TextFormat format, const TextPage& page);
std::string end_text(TextFormat format);

}  // namespace corpus
