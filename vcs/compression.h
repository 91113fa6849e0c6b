// zlib and gzip, always with a bound on what may come out.
// Safe from any thread; a stream belongs to one. Malformed input is Code::invalid, too much output
// Code::limit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "vcs/pkt_line.h"

namespace vcs {

// A gzip body, e.g. a fetch request that a client compressed.
base::Result<std::string> gunzip(std::string_view compressed, size_t limit);
// The same while it arrives, e.g. a push: what `compressed` gives, inflated. Its end is that of the
// gzip stream; what comes after is not read.
Source gunzipped(Source compressed, uint64_t limit);
// A zlib stream of exactly `size` bytes once inflated; bytes after its end are ignored.
base::Result<std::string> inflate_exactly(std::string_view compressed, size_t size);
std::string deflate(std::string_view content);

}  // namespace vcs
