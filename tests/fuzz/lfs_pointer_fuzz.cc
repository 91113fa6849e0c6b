// A pointer of Git LFS: what is read is what would be printed, byte for byte.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "corpus/lfs_pointer.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto pointer = corpus::parse_lfs_pointer(text);
  if (pointer.ok() && corpus::print_lfs_pointer(*pointer) != text) std::abort();
  return 0;
}
