// A `.dir` list from a client: whatever is taken prints and reads back equal.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "dataset/dvc_tree.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto tree = dataset::parse_dvc_tree({reinterpret_cast<const char*>(data), size});
  if (!tree.ok()) return 0;
  const auto text = dataset::print_dvc_tree(*tree);
  if (!text.ok()) std::abort();
  const auto again = dataset::parse_dvc_tree(*text);
  if (!again.ok() || *again != *tree || !dataset::is_canonical_dvc_tree(*text, *again)) {
    std::abort();
  }
  return 0;
}
