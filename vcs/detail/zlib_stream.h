// zlib's streams as objects. Each belongs to one thread.
#pragma once

#include <zlib.h>

#include <cstddef>
#include <string_view>

#include "base/result.h"

namespace vcs {

// Inflates one stream from memory into buffers of the caller's size.
class Inflater {
 public:
  enum class Format { zlib, gzip };
  explicit Inflater(std::string_view compressed, Format format = Format::zlib);
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  // Fills the buffer as far as the stream goes: fewer bytes mean that it has ended.
  base::Result<size_t> read(char* buffer, size_t size);
  bool ended() const { return ended_; }
  // Compressed bytes taken so far.
  size_t consumed() const { return total_ - stream_.avail_in - left_; }

 private:
  void feed();
  z_stream stream_ = {};
  size_t total_ = 0;
  size_t left_ = 0;  // of the input, not yet given to zlib (its counters have 32 bits)
  bool ended_ = false;
};

}  // namespace vcs
