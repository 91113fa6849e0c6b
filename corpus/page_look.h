// What a page looks like from afar, by which the same paper is known again after another scan: in
// another size, a little turned, shifted or stamped, in other greys. Two perceptual hashes, each
// the signs of 16 x 16 low frequencies of the page's ink; equal pages differ in some ten of 256
// bits, others in about 128.
//
//   const int bits = distance(a, b);     // 0: the same; kAlikeAtMost: still the same paper
//
// Made by ocr/ when a page is read; kept in document.json as 128 hexadecimal digits. Values.
#pragma once

#include <string>
#include <string_view>

#include "base/digest.h"
#include "base/result.h"

namespace corpus {

struct PageLook {
  using Bits = base::HashValue<32, struct LookTag>;
  Bits sheet;    // of the whole sheet: a stamp in its margin changes little
  Bits content;  // of what the middle of the ink takes up: margins and shifts change little

  bool operator==(const PageLook&) const = default;
};

// The fewest bits by which two sheets, or their contents, differ: 0 to 256.
int distance(const PageLook& a, const PageLook& b);
// Two of a hundred thousand pages that have nothing to do with each other come hardly below 80.
inline constexpr int kAlikeAtMost = 56;

std::string print_look(const PageLook& look);
base::Result<PageLook> parse_look(std::string_view text);

}  // namespace corpus
