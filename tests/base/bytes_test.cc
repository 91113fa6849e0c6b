#include "base/bytes.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "tests/support/result_matchers.h"

namespace base {
namespace {

TEST(Bytes, HexAndBase64ReadBackWhatTheyWrote) {
  EXPECT_TRUE(rc::check([](const std::vector<uint8_t>& bytes) {
    RC_ASSERT(from_hex(to_hex(bytes)).value() == bytes);
    RC_ASSERT(from_base64(to_base64(bytes)).value() == bytes);
    RC_ASSERT(from_base64url(to_base64url(bytes)).value() == bytes);
  }));
}

TEST(Bytes, KnownEncodings) {
  EXPECT_EQ(to_base64(as_bytes("foob")), "Zm9vYg==");
  EXPECT_EQ(to_base64url(as_bytes("\xfb\xff")), "-_8");
  EXPECT_EQ(to_hex(as_bytes("\x01\xab")), "01ab");
}

TEST(Bytes, RefusesOtherSpellings) {
  EXPECT_FALSE(from_hex("AB").ok());
  EXPECT_FALSE(from_hex("abc").ok());
  EXPECT_FALSE(from_base64("Zm9vYg").ok());
  EXPECT_FALSE(from_base64("Zm9vYh==").ok());
}

TEST(Bytes, BigEndianIntegers) {
  std::string out;
  append_be64(out, 0x0102030405060708);
  EXPECT_EQ(load_be64(as_bytes(out).data()), 0x0102030405060708u);
}

}  // namespace
}  // namespace base
