// What a push may bring: any text is read without harm, and what is read prints to a fixed point.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "corpus/annotation.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const corpus::ParsedAnnotations parsed = corpus::parse_annotations(text);
  const std::string canonical = corpus::print_annotations(parsed.values());
  const auto again = corpus::read_annotations(canonical);
  if (!again.ok() || corpus::print_annotations(again.value()) != canonical) std::abort();
  return 0;
}
