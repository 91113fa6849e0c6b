#include "dataset/export_output.h"

#include <gtest/gtest.h>

#include "tests/support/result_matchers.h"

namespace dataset {
namespace {

struct Collected {
  std::string text;
  ExportSink sink() {
    return [this](std::string_view chunk) -> base::Result<void> {
      text += chunk;
      return {};
    };
  }
};

TEST(ExportOutput, GathersSmallWrites) {
  size_t writes = 0;
  ExportOutput out([&](std::string_view) -> base::Result<void> {
    ++writes;
    return {};
  });
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(out.write("0123456789").ok());
  ASSERT_TRUE(out.flush().ok());
  EXPECT_EQ(writes, 1u);
  EXPECT_EQ(out.position(), 10'000u);
}

TEST(ExportOutput, ReadsOnlyWhatOfAFileIsAskedFor) {
  Collected collected;
  std::pair<uint64_t, uint64_t> asked;
  ExportOutput out(
      collected.sink(),
      [&](const corpus::StoredFile&, uint64_t offset, uint64_t length, const ExportSink& sink) {
        asked = {offset, length};
        return sink(std::string(length, 'x'));
      },
      {.first = 5, .length = 10});
  ASSERT_TRUE(out.write("abc").ok());
  corpus::StoredFile file;
  file.size = 100;
  EXPECT_EQ(test::code_of(out.copy(file)), base::Code::limit);
  EXPECT_TRUE(out.full());
  EXPECT_EQ(asked, std::make_pair(uint64_t{2}, uint64_t{10}));
  EXPECT_EQ(collected.text, std::string(10, 'x'));
}

TEST(ExportOutput, DoesNotReadAFileOutsideOfTheWindow) {
  Collected collected;
  ExportOutput out(
      collected.sink(),
      [](const corpus::StoredFile&, uint64_t, uint64_t, const ExportSink&) -> base::Result<void> {
        return base::Error{base::Code::io, "must not be read"};
      },
      {.first = 100});
  corpus::StoredFile file;
  file.size = 100;
  ASSERT_TRUE(out.copy(file).ok());
  ASSERT_TRUE(out.write("rest").ok());
  ASSERT_TRUE(out.flush().ok());
  EXPECT_EQ(collected.text, "rest");
}

TEST(ExportOutput, AFailingSinkIsNotAFullWindow) {
  ExportOutput out([](std::string_view) -> base::Result<void> {
    return base::Error{base::Code::io, "the client has gone"};
  });
  ASSERT_TRUE(out.write("text").ok());
  EXPECT_EQ(test::code_of(out.flush()), base::Code::io);
  EXPECT_FALSE(out.full());
}

}  // namespace
}  // namespace dataset
