#include "ocr/detail/dictionary.h"

#include <bit>
#include <cstring>

namespace ocr::detail {
namespace {

constexpr int16_t kMagic = 42;
constexpr int kFlags = 3;  // bits
constexpr uint64_t kLast = 1;
constexpr uint64_t kEndsWord = 4;
constexpr size_t kHead = sizeof(int16_t) + 2 * sizeof(int32_t);

base::Error damaged() {
  return {base::Code::invalid, "the language's words are damaged"};
}

}  // namespace

base::Result<Dictionary> Dictionary::parse(std::string_view bytes) {
  int16_t magic;
  int32_t characters, edges;
  if (bytes.size() < kHead) return damaged();
  std::memcpy(&magic, bytes.data(), sizeof(magic));
  std::memcpy(&characters, bytes.data() + sizeof(magic), sizeof(characters));
  std::memcpy(&edges, bytes.data() + sizeof(magic) + sizeof(characters), sizeof(edges));
  if (magic != kMagic || characters <= 0 || edges <= 0 ||
      static_cast<size_t>(edges) > (bytes.size() - kHead) / sizeof(uint64_t)) {
    return damaged();
  }
  Dictionary out;
  out.flags_at_ = std::bit_width(static_cast<uint32_t>(characters));
  out.edges_.resize(static_cast<size_t>(edges));
  std::memcpy(out.edges_.data(), bytes.data() + kHead, out.edges_.size() * sizeof(uint64_t));
  return out;
}

std::optional<Dictionary::Place> Dictionary::after(size_t node, size_t character) const {
  const uint64_t characters = (uint64_t{1} << flags_at_) - 1;
  for (size_t at = node; at < edges_.size(); ++at) {
    const uint64_t flags = edges_[at] >> flags_at_;
    if ((edges_[at] & characters) == character) {
      return Place{static_cast<size_t>(flags >> kFlags), (flags & kEndsWord) != 0};
    }
    if ((flags & kLast) != 0) break;
  }
  return std::nullopt;
}

}  // namespace ocr::detail
