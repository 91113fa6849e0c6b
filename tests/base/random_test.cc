#include "base/random.h"

#include <gtest/gtest.h>

#include "base/secret.h"
#include "tests/support/result_matchers.h"

namespace base {
namespace {

TEST(Random, UlidsAscendAndAreWellFormed) {
  std::string last;
  for (int i = 0; i < 1000; ++i) {
    const std::string id = new_ulid();
    EXPECT_TRUE(is_ulid(id));
    EXPECT_LT(last, id);
    last = id;
  }
  EXPECT_FALSE(is_ulid("01arz3ndektsv4rrffq69g5fav"));
  EXPECT_FALSE(is_ulid("81ARZ3NDEKTSV4RRFFQ69G5FAV"));
}

TEST(Secret, PasswordsMatchTheirHash) {
  const std::string hash = TAKE(hash_password("correct horse"));
  EXPECT_TRUE(hash.starts_with("$argon2id$"));
  EXPECT_TRUE(password_matches(hash, "correct horse"));
  EXPECT_FALSE(password_matches(hash, "wrong horse"));
  EXPECT_NE(new_token(), new_token());
}

}  // namespace
}  // namespace base
