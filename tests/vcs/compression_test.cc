#include "vcs/compression.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/result_matchers.h"

namespace vcs {
namespace {

// 3,000 times "a" by gzip, without name and time.
constexpr std::string_view kGzip(
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xed\xc1\x31\x01\x00\x00\x00\xc2\xa0\xac\xeb\x5f\xc2"
    "\x1a\x1e\x40\x01\x00\x00\xef\x06\xc8\x3c\xdc\x5e\xb8\x0b\x00\x00",
    39);
const std::string kContent(3000, 'a');

// Gives the text a few bytes at a time.
Source in_pieces(std::string_view text, size_t piece) {
  return [text, piece](char* buffer, size_t size) mutable -> base::Result<size_t> {
    const size_t count = std::min({text.size(), piece, size});
    text.copy(buffer, count);
    text.remove_prefix(count);
    return count;
  };
}

base::Result<std::string> read_all(const Source& source, size_t step) {
  std::string out, block(step, '\0');
  while (const size_t count = TRY(source(block.data(), block.size()))) {
    out.append(block, 0, count);
  }
  return out;
}

TEST(Compression, InflatesAGzipWhole) {
  EXPECT_EQ(TAKE(gunzip(kGzip, 3000)), kContent);
  EXPECT_EQ(test::code_of(gunzip(kGzip, 2999)), base::Code::limit);
  EXPECT_EQ(test::code_of(gunzip("nothing of the kind", 9)), base::Code::invalid);
}

TEST(Compression, InflatesAGzipWhileItArrives) {
  for (const size_t piece : {1, 7, 1000}) {
    for (const size_t step : {1, 100, 5000}) {
      EXPECT_EQ(TAKE(read_all(gunzipped(in_pieces(kGzip, piece), 3000), step)), kContent);
    }
  }
}

TEST(Compression, GivesNothingPastTheEnd) {
  const Source source = gunzipped(in_pieces(kGzip, 100), 3000);
  TAKE(read_all(source, 4096));
  char byte;
  EXPECT_EQ(TAKE(source(&byte, 1)), 0u);
}

TEST(Compression, BoundsWhatArrives) {
  EXPECT_EQ(test::code_of(read_all(gunzipped(in_pieces(kGzip, 9), 2999), 64)), base::Code::limit);
}

TEST(Compression, RefusesDamagedAndCutOffStreams) {
  std::string damaged(kGzip);
  damaged[33] ^= 1;
  const std::string_view cut = kGzip.substr(0, 30);
  for (const std::string_view bad : {std::string_view(damaged), cut, std::string_view("plain")}) {
    EXPECT_EQ(test::code_of(read_all(gunzipped(in_pieces(bad, 5), 9999), 64)), base::Code::invalid);
  }
}

TEST(Compression, PassesTheSourcesErrorOn) {
  const Source gone = [](char*, size_t) -> base::Result<size_t> {
    return base::Error{base::Code::io, "the client has gone"};
  };
  EXPECT_EQ(test::code_of(read_all(gunzipped(gone, 9), 4)), base::Code::io);
}

}  // namespace
}  // namespace vcs
