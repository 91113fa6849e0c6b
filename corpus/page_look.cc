#include "corpus/page_look.h"

#include <algorithm>
#include <bit>

namespace corpus {

namespace {

constexpr size_t kHalf = 2 * PageLook::Bits::kSize;

int differing(const PageLook::Bits& a, const PageLook::Bits& b) {
  int count = 0;
  for (size_t i = 0; i < a.bytes.size(); ++i) {
    count += std::popcount(static_cast<uint8_t>(a.bytes[i] ^ b.bytes[i]));
  }
  return count;
}

}  // namespace

int distance(const PageLook& a, const PageLook& b) {
  return std::min(differing(a.sheet, b.sheet), differing(a.content, b.content));
}

std::string print_look(const PageLook& look) {
  return look.sheet.hex() + look.content.hex();
}

base::Result<PageLook> parse_look(std::string_view text) {
  if (!base::is_lower_hex(text, 2 * kHalf)) {
    return base::Error{base::Code::invalid, "a look has " + std::to_string(2 * kHalf) +
                                                " lower-case hexadecimal digits"};
  }
  PageLook look;
  look.sheet = TRY(PageLook::Bits::from_hex(text.substr(0, kHalf)));
  look.content = TRY(PageLook::Bits::from_hex(text.substr(kHalf)));
  return look;
}

}  // namespace corpus
