#include "vcs/detail/zlib_stream.h"

#include <algorithm>
#include <limits>

namespace vcs {
namespace {

constexpr size_t kMaxStep = size_t{1} << 30;
constexpr int kGzipWindow = 15 + 16;

}  // namespace

Inflater::Inflater(std::string_view compressed, Format format)
    : total_(compressed.size()), left_(compressed.size()) {
  stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(compressed.data()));
  const int status = inflateInit2(&stream_, format == Format::gzip ? kGzipWindow : 15);
  if (status != Z_OK) base::stop_on_bug({base::Code::internal, "zlib cannot start"});
  feed();
}

void Inflater::feed() {
  const size_t step = std::min(left_, kMaxStep);
  stream_.avail_in += static_cast<uInt>(step);
  left_ -= step;
}

base::Result<size_t> Inflater::read(char* buffer, size_t size) {
  size_t done = 0;
  while (done < size && !ended_) {
    if (stream_.avail_in == 0) feed();
    const size_t step = std::min(size - done, kMaxStep);
    stream_.next_out = reinterpret_cast<Bytef*>(buffer + done);
    stream_.avail_out = static_cast<uInt>(step);
    const int status = inflate(&stream_, Z_NO_FLUSH);
    done += step - stream_.avail_out;
    if (status == Z_STREAM_END) {
      ended_ = true;
    } else if (status != Z_OK) {
      return base::Error{base::Code::invalid, "compressed data is damaged or cut off"};
    }
  }
  return done;
}

}  // namespace vcs
