// zlib and gzip of whole buffers, always with a bound on what may come out.
// Pure functions, safe from any thread. Malformed input is Code::invalid, too much output
// Code::limit.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace vcs {

// A gzip body, e.g. a fetch request that a client compressed.
base::Result<std::string> gunzip(std::string_view compressed, size_t limit);
// A zlib stream of exactly `size` bytes once inflated; bytes after its end are ignored.
base::Result<std::string> inflate_exactly(std::string_view compressed, size_t size);
std::string deflate(std::string_view content);

}  // namespace vcs
