// Any text is read without harm; what is read prints as the very same bytes.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "corpus/words.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto words = corpus::parse_words(text);
  if (words.ok() && corpus::print_words(words.value()) != text) std::abort();
  return 0;
}
