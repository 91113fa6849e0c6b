#include "base/clock.h"

#include <gtest/gtest.h>

#include "tests/support/result_matchers.h"

namespace base {
namespace {

TEST(Clock, WritesAndReadsRfc3339) {
  EXPECT_EQ(to_rfc3339(1795300872345), "2026-11-21T22:41:12Z");
  EXPECT_EQ(to_rfc3339_with_milliseconds(1795300872345), "2026-11-21T22:41:12.345Z");
  EXPECT_EQ(TAKE(from_rfc3339("2026-11-21T22:41:12.345Z")), 1795300872345);
  EXPECT_EQ(TAKE(from_rfc3339("2026-11-22T00:41:12+02:00")), 1795300872000);
  EXPECT_FALSE(from_rfc3339("2026-11-21").ok());
  EXPECT_FALSE(from_rfc3339("2026-11-21T22:41:12").ok());
}

TEST(Clock, WritesHttpDates) {
  EXPECT_EQ(to_http_date(1795300872345), "Sat, 21 Nov 2026 22:41:12 GMT");
}

}  // namespace
}  // namespace base
