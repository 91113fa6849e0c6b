// The words of a language, as tesseract's data hold them (src/dict/dawg.h of 5.3.0): a graph of
// edges of 64 bits, each a character, the node that it leads to, and whether a word may end there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace ocr::detail {

class Dictionary {
 public:
  struct Place {
    size_t node = 0;       // where the next character is looked for; 0: no longer word
    bool is_word = false;  // what was read so far
  };

  Dictionary() = default;  // without words
  static base::Result<Dictionary> parse(std::string_view bytes);

  bool empty() const { return edges_.empty(); }
  // Nothing if no word goes on like that. Words begin at node 0.
  std::optional<Place> after(size_t node, size_t character) const;

 private:
  std::vector<uint64_t> edges_;  // those of a node one after the other
  int flags_at_ = 0;             // the bit behind the character
};

}  // namespace ocr::detail
