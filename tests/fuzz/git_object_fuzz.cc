// Objects, deltas and compressed data as a damaged or hostile repository may hold them: whatever is
// parsed must print again to something that parses to the same.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "vcs/commit.h"
#include "vcs/compression.h"
#include "vcs/detail/delta.h"
#include "vcs/tree.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

constexpr size_t kLimit = 1 << 20;

void parse_all(std::string_view text) {
  if (const auto commit = vcs::parse_commit(text); commit.ok()) {
    require(vcs::parse_commit(vcs::print_commit(*commit)).ok());
  }
  if (const auto tag = vcs::parse_tag(text); tag.ok()) {
    require(vcs::parse_tag(vcs::print_tag(*tag)).ok());
  }
  if (const auto tree = vcs::parse_tree(text); tree.ok()) {
    require(vcs::parse_tree(vcs::print_tree(*tree)).ok());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  parse_all(text);
  const size_t half = size / 2;
  if (const auto built = vcs::apply_delta(text.substr(0, half), text.substr(half), kLimit);
      built.ok()) {
    require(built->size() <= kLimit);
  }
  if (const auto out = vcs::gunzip(text, kLimit); out.ok()) require(out->size() <= kLimit);
  (void)vcs::inflate_exactly(text, size);
  return 0;
}
