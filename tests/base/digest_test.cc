#include "base/digest.h"

#include <gtest/gtest.h>

namespace base {
namespace {

TEST(Digest, KnownValues) {
  EXPECT_EQ(md5_of("").hex(), "d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_EQ(md5_of("hello\n").hex(), "b1946ac92492d2347c6235b4d2611184");
  EXPECT_EQ(sha1_of("abc").hex(), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(sha256_of("hello\n").hex(),
            "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03");
  EXPECT_EQ(hmac_sha256("key", "The quick brown fox jumps over the lazy dog").hex(),
            "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8");
}

TEST(Digest, OnePassGivesBothHashes) {
  ContentHasher hasher;
  hasher.update("hel");
  hasher.update("lo\n");
  EXPECT_EQ(hasher.finish(), hashes_of("hello\n"));
}

}  // namespace
}  // namespace base
