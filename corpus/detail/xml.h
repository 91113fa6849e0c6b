// Text inside XML 1.0, as content or as a quoted attribute.
#pragma once

#include <string>
#include <string_view>

namespace corpus::detail {

// Marks become references; what XML 1.0 cannot hold at all (control characters, U+FFFE, U+FFFF)
// becomes U+FFFD. The text must be well-formed UTF-8.
std::string xml_text(std::string_view utf8);

}  // namespace corpus::detail
