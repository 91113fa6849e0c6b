#include "corpus/detail/xml.h"

#include <cstdint>

namespace corpus::detail {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";

std::string_view reference_for(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      return {};
  }
}

bool is_control(char c) {
  return static_cast<uint8_t>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r';
}

bool is_non_character(std::string_view rest) {
  return rest.starts_with("\xef\xbf\xbe") || rest.starts_with("\xef\xbf\xbf");
}

}  // namespace

std::string xml_text(std::string_view utf8) {
  std::string out;
  out.reserve(utf8.size());
  for (size_t i = 0; i < utf8.size(); ++i) {
    const std::string_view reference = reference_for(utf8[i]);
    if (!reference.empty()) {
      out += reference;
    } else if (is_control(utf8[i])) {
      out += kReplacement;
    } else if (is_non_character(utf8.substr(i))) {
      out += kReplacement;
      i += 2;
    } else {
      out += utf8[i];
    }
  }
  return out;
}

}  // namespace corpus::detail
