#include "server/http/rate_limit.h"

#include <gtest/gtest.h>

#include <string>

namespace server::http {
namespace {

TEST(RateLimiter, GivesABurstAndThenTheRate) {
  RateLimiter limiter({.per_second = 2, .burst = 3, .keys = 10});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(limiter.take("a", 1000), std::nullopt);
  EXPECT_EQ(limiter.take("a", 1000), 500);
  EXPECT_EQ(limiter.take("a", 1400), 100);
  EXPECT_EQ(limiter.take("a", 1500), std::nullopt);
}

TEST(RateLimiter, KeepsKeysApart) {
  RateLimiter limiter({.per_second = 1, .burst = 1, .keys = 10});
  EXPECT_EQ(limiter.take("a", 0), std::nullopt);
  EXPECT_EQ(limiter.take("b", 0), std::nullopt);
  EXPECT_NE(limiter.take("a", 0), std::nullopt);
}

TEST(RateLimiter, ChecksWithoutTaking) {
  RateLimiter limiter({.per_second = 1, .burst = 1, .keys = 10});
  EXPECT_EQ(limiter.check("a", 0), std::nullopt);
  EXPECT_EQ(limiter.take("a", 0), std::nullopt);
  EXPECT_EQ(limiter.check("a", 0), 1000);
  EXPECT_EQ(limiter.check("a", 1000), std::nullopt);
}

TEST(RateLimiter, ForgetsASuccess) {
  RateLimiter limiter({.per_second = 1, .burst = 1, .keys = 10});
  limiter.take("a", 0);
  limiter.forget("a");
  EXPECT_EQ(limiter.take("a", 0), std::nullopt);
}

TEST(RateLimiter, StaysWithinItsKeys) {
  RateLimiter limiter({.per_second = 0.001, .burst = 1, .keys = 100});
  for (int i = 0; i < 1000; ++i) limiter.take("key " + std::to_string(i), i);
  EXPECT_EQ(limiter.keys(), 100u);
}

TEST(RateLimiter, DropsFullBucketsFirst) {
  RateLimiter limiter({.per_second = 1, .burst = 1, .keys = 100});
  limiter.take("a", 0);
  limiter.take("b", 10'000);
  EXPECT_EQ(limiter.keys(), 1u);
}

TEST(RateLimiter, TakesAClockThatRunsBackwards) {
  RateLimiter limiter({.per_second = 1, .burst = 2, .keys = 10});
  limiter.take("a", 10'000);
  EXPECT_EQ(limiter.take("a", 5'000), std::nullopt);
  EXPECT_NE(limiter.take("a", 5'000), std::nullopt);
}

TEST(RateLimiter, RoundsTheWaitUp) {
  EXPECT_EQ(seconds_to_wait(1), 1);
  EXPECT_EQ(seconds_to_wait(1000), 1);
  EXPECT_EQ(seconds_to_wait(1001), 2);
}

}  // namespace
}  // namespace server::http
