#include "server/flow/export_lengths.h"

#include <gtest/gtest.h>

namespace server {
namespace {

TEST(ExportLengths, RememberWhatWasMeasured) {
  ExportLengths lengths;
  EXPECT_EQ(lengths.find("a"), std::nullopt);
  lengths.keep("a", 42);
  EXPECT_EQ(lengths.find("a"), 42u);
}

TEST(ExportLengths, ForgetTheOldest) {
  ExportLengths lengths;
  for (int i = 0; i < 10'001; ++i) lengths.keep(std::to_string(i), 1);
  EXPECT_EQ(lengths.find("0"), std::nullopt);
  EXPECT_EQ(lengths.find("1"), 1u);
  EXPECT_EQ(lengths.find("10000"), 1u);
}

}  // namespace
}  // namespace server
