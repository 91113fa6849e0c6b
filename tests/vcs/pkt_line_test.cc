#include "vcs/pkt_line.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/support/result_matchers.h"

namespace vcs {
namespace {

using base::Code;

std::string pkt(std::string_view payload) {
  std::string out;
  append_pkt(out, payload);
  return out;
}

Source source_of(std::string_view& text, size_t step) {
  return [&text, step](char* buffer, size_t size) -> base::Result<size_t> {
    const size_t got = std::min({step, size, text.size()});
    text.copy(buffer, got);
    text.remove_prefix(got);
    return got;
  };
}

TEST(PktLine, WritesTheLengthInFrontOfThePayload) {
  EXPECT_EQ(pkt("version 2\n"), "000eversion 2\n");
  EXPECT_EQ(pkt(""), "0004");
}

TEST(PktReader, ReadsWhatWasWritten) {
  const std::string body = pkt("want\n") + "0001" + pkt("x") + "0000" + "PACK";
  PktReader reader(body);
  EXPECT_EQ(TAKE(reader.next())->line(), "want");
  EXPECT_TRUE(TAKE(reader.next())->is_delimiter());
  EXPECT_EQ(TAKE(reader.next())->payload, "x");
  EXPECT_TRUE(TAKE(reader.next())->is_flush());
  EXPECT_EQ(reader.rest(), "PACK");
}

TEST(PktReader, EndsWithTheBody) {
  PktReader reader("");
  EXPECT_FALSE(TAKE(reader.next()).has_value());
}

TEST(PktReader, RefusesLengthsThatAreNone) {
  for (const char* body : {"xyzw", "0003", "fff1", "00", "0009abc"}) {
    PktReader reader(body);
    EXPECT_EQ(test::code_of(reader.next()), Code::invalid) << body;
  }
}

TEST(PktStream, TakesNothingBeyondItsPackets) {
  const std::string body = pkt("command") + "0000PACKdata";
  std::string_view rest = body;
  PktStream stream(source_of(rest, 3));
  EXPECT_EQ(TAKE(stream.next())->payload, "command");
  EXPECT_TRUE(TAKE(stream.next())->is_flush());
  EXPECT_EQ(rest, "PACKdata");
}

TEST(PktStream, RefusesABodyThatIsCutOff) {
  std::string_view rest = "0009abc";
  PktStream stream(source_of(rest, 100));
  EXPECT_EQ(test::code_of(stream.next()), Code::invalid);
}

struct Bands {
  std::string out;
  Sink sink() {
    return [this](std::string_view bytes) -> base::Result<void> {
      out += bytes;
      return {};
    };
  }
};

TEST(SidebandWriter, FillsPacketsOfData) {
  Bands bands;
  SidebandWriter writer(bands.sink(), 4);
  ASSERT_OK(writer.data("ab"));
  ASSERT_OK(writer.data("cdefg"));
  ASSERT_OK(writer.finish());
  EXPECT_EQ(bands.out, "0009\001abcd0008\001efg0000");
}

TEST(SidebandWriter, KeepsTheOrderOfBands) {
  Bands bands;
  SidebandWriter writer(bands.sink());
  ASSERT_OK(writer.data("ab"));
  ASSERT_OK(writer.progress("hi"));
  ASSERT_OK(writer.keep_alive());
  ASSERT_OK(writer.fatal("no"));
  EXPECT_EQ(bands.out, "0007\001ab0007\002hi0005\0010007\003no");
}

TEST(SidebandWriter, SplitsLongDataAtTheLimitOfAPacket) {
  Bands bands;
  SidebandWriter writer(bands.sink());
  ASSERT_OK(writer.data(std::string(kMaxBandPayload + 1, 'x')));
  ASSERT_OK(writer.finish());
  EXPECT_EQ(bands.out.substr(0, 5), "fff0\001");
  EXPECT_EQ(bands.out.substr(bands.out.size() - 10), "0006\001x0000");
}

TEST(SidebandWriter, StopsWhenTheClientHasGone) {
  SidebandWriter writer([](std::string_view) -> base::Result<void> {
    return base::Error{Code::io, "gone"};
  });
  EXPECT_EQ(test::code_of(writer.progress("x")), Code::io);
}

}  // namespace
}  // namespace vcs
