// What git holds in place of a file that Git LFS keeps outside of it: three lines with the file's
// SHA-256 and its size (https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md, "The Pointer").
//
//   const LfsPointer pointer = TRY(parse_lfs_pointer(text));
//   if (!pointer.is_empty()) ...     // bytes with this hash are stored somewhere
//
// One content has one pointer here, the one that the stock client writes: other versions and
// extension lines, which change what is stored, are refused. An empty file is its own pointer.
// Pure functions, safe from any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "base/result.h"

namespace corpus {

struct LfsPointer {
  base::Sha256 sha256 = base::sha256_of("");
  uint64_t size = 0;
  bool is_empty() const { return size == 0; }  // of an empty file: nothing is stored
  bool operator==(const LfsPointer&) const = default;
};

// A text that is longer is no pointer.
inline constexpr size_t kMaxLfsPointerBytes = 1023;

// Code::invalid for anything else.
base::Result<LfsPointer> parse_lfs_pointer(std::string_view text);
std::string print_lfs_pointer(const LfsPointer& pointer);

}  // namespace corpus
