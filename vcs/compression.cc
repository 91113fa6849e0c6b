#include "vcs/compression.h"

#include <zlib.h>

#include <algorithm>
#include <bit>
#include <memory>
#include <utility>

#include "vcs/detail/zlib_stream.h"

namespace vcs {

using base::Code;
using base::Error;
using base::Result;

namespace {

constexpr int kGzipWindow = 15 + 16;

Bytef* bytes_of(char* text) {
  return reinterpret_cast<Bytef*>(text);
}

// Inflates what a source gives, as far as is asked for.
class GzipStream {
 public:
  GzipStream(Source compressed, uint64_t limit)
      : compressed_(std::move(compressed)), limit_(limit), input_(size_t{64} << 10, '\0') {
    if (inflateInit2(&zlib_, kGzipWindow) != Z_OK) {
      base::stop_on_bug({Code::internal, "zlib cannot start"});
    }
  }
  ~GzipStream() { inflateEnd(&zlib_); }
  GzipStream(const GzipStream&) = delete;
  GzipStream& operator=(const GzipStream&) = delete;

  Result<size_t> read(char* buffer, size_t size) {
    size_t done = 0;
    while (done == 0 && !ended_) {
      if (zlib_.avail_in == 0) TRY(fill());
      done = TRY(inflate_into(buffer, size));
    }
    produced_ += done;
    if (produced_ <= limit_) return done;
    return Error{Code::limit, "inflates to more than " + std::to_string(limit_) + " bytes"};
  }

 private:
  Result<void> fill() {
    const size_t got = TRY(compressed_(input_.data(), input_.size()));
    if (got == 0) return Error{Code::invalid, "compressed data is cut off"};
    zlib_.next_in = bytes_of(input_.data());
    zlib_.avail_in = static_cast<uInt>(got);
    return {};
  }

  Result<size_t> inflate_into(char* buffer, size_t size) {
    const auto room = static_cast<uInt>(std::min(size, size_t{1} << 30));
    zlib_.next_out = bytes_of(buffer);
    zlib_.avail_out = room;
    const int status = inflate(&zlib_, Z_NO_FLUSH);
    ended_ = status == Z_STREAM_END;
    if (status != Z_OK && !ended_) return Error{Code::invalid, "compressed data is damaged"};
    return size_t{room - zlib_.avail_out};
  }

  const Source compressed_;
  const uint64_t limit_;
  std::string input_;
  z_stream zlib_ = {};
  uint64_t produced_ = 0;
  bool ended_ = false;
};

}  // namespace

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

Source gunzipped(Source compressed, uint64_t limit) {
  // Shared, since a Source can be copied.
  auto stream = std::make_shared<GzipStream>(std::move(compressed), limit);
  return [stream](char* buffer, size_t size) { return stream->read(buffer, size); };
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

// Tables no larger than the content needs: clearing zlib's usual 256 KB costs more than to compress
// a tree or a commit.
std::string deflate(std::string_view content) {
  const int window = std::clamp(static_cast<int>(std::bit_width(content.size())), 9, MAX_WBITS);
  const int memory = std::clamp(window - 6, 1, 8);
  z_stream zlib = {};
  int status =
      deflateInit2(&zlib, Z_DEFAULT_COMPRESSION, Z_DEFLATED, window, memory, Z_DEFAULT_STRATEGY);
  if (status != Z_OK) base::stop_on_bug({Code::internal, "zlib cannot start"});
  std::string out(deflateBound(&zlib, content.size()), '\0');
  zlib.next_in = bytes_of(const_cast<char*>(content.data()));
  zlib.avail_in = static_cast<uInt>(content.size());
  zlib.next_out = bytes_of(out.data());
  zlib.avail_out = static_cast<uInt>(out.size());
  status = deflate(&zlib, Z_FINISH);
  out.resize(zlib.total_out);
  deflateEnd(&zlib);
  if (status != Z_STREAM_END) base::stop_on_bug({Code::internal, "zlib cannot compress"});
  return out;
}

}  // namespace vcs
