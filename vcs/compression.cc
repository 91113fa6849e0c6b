#include "vcs/compression.h"

#include <algorithm>

#include "vcs/detail/zlib_stream.h"

namespace vcs {

using base::Code;
using base::Error;
using base::Result;

Result<std::string> gunzip(std::string_view compressed, size_t limit) {
  Inflater inflater(compressed, Inflater::Format::gzip);
  std::string out;
  while (!inflater.ended()) {
    const size_t before = out.size();
    const size_t step = std::min(std::max<size_t>(before, 1 << 14), limit - before + 1);
    out.resize(before + step);
    out.resize(before + TRY(inflater.read(out.data() + before, step)));
    if (out.size() > limit) {
      return Error{Code::limit, "inflates to more than " + std::to_string(limit) + " bytes"};
    }
  }
  return out;
}

Result<std::string> inflate_exactly(std::string_view compressed, size_t size) {
  Inflater inflater(compressed);
  std::string out(size, '\0');
  if (TRY(inflater.read(out.data(), size)) != size) {
    return Error{Code::invalid, "compressed data is shorter than its size says"};
  }
  char beyond;
  if (TRY(inflater.read(&beyond, 1)) != 0) {
    return Error{Code::invalid, "compressed data is longer than its size says"};
  }
  return out;
}

std::string deflate(std::string_view content) {
  uLongf size = compressBound(content.size());
  std::string out(size, '\0');
  const int status = compress2(reinterpret_cast<Bytef*>(out.data()), &size,
                               reinterpret_cast<const Bytef*>(content.data()), content.size(),
                               Z_DEFAULT_COMPRESSION);
  if (status != Z_OK) base::stop_on_bug({Code::internal, "zlib cannot compress"});
  out.resize(size);
  return out;
}

}  // namespace vcs
