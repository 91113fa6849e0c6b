#include "server/flow/parsed_files.h"

#include <gtest/gtest.h>

#include "tests/support/result_matchers.h"

namespace server {
namespace {

vcs::ObjectId id_of(const std::string& text) {
  return vcs::object_id_of(vcs::ObjectKind::blob, text);
}

struct ParsedFilesTest : testing::Test {
  ParsedFiles files{10'000};
  int parsed = 0;

  base::Result<std::shared_ptr<const size_t>> length_of(const std::string& text) {
    return files.get<size_t>(
        id_of(text), [&]() -> base::Result<std::string> { return text; },
        [&](std::string_view read) -> base::Result<size_t> {
          ++parsed;
          return read.size();
        });
  }
};

TEST_F(ParsedFilesTest, ParsesOnce) {
  EXPECT_EQ(*TAKE(length_of("abc")), 3u);
  EXPECT_EQ(*TAKE(length_of("abc")), 3u);
  EXPECT_EQ(parsed, 1);
}

TEST_F(ParsedFilesTest, TellsTypesApart) {
  files.put<std::string>(id_of("abc"), "another form", 3);
  EXPECT_EQ(*TAKE(length_of("abc")), 3u);
  EXPECT_EQ(parsed, 1);
}

TEST_F(ParsedFilesTest, KeepsWhatWasPut) {
  files.put<size_t>(id_of("abc"), 7, 3);
  EXPECT_EQ(*TAKE(length_of("abc")), 7u);
  EXPECT_EQ(parsed, 0);
}

TEST_F(ParsedFilesTest, ForgetsTheLeastRecentlyUsed) {
  ASSERT_OK(length_of("first"));
  for (int i = 0; i < 10; ++i) {
    ASSERT_OK(length_of(std::string(1000, static_cast<char>('a' + i))));
    ASSERT_OK(length_of("first"));
  }
  EXPECT_EQ(parsed, 11) << "used all the time";
  ASSERT_OK(length_of(std::string(1000, 'a')));
  EXPECT_EQ(parsed, 12) << "had to go";
}

TEST_F(ParsedFilesTest, DoesNotKeepWhatFailsOrIsTooLarge) {
  const base::Error broken{base::Code::invalid, "broken"};
  const auto read = []() -> base::Result<std::string> { return std::string("x"); };
  const auto fails = [&](std::string_view) -> base::Result<size_t> { return broken; };
  EXPECT_EQ(test::code_of(files.get<size_t>(id_of("x"), read, fails)), base::Code::invalid);
  EXPECT_EQ(*TAKE(length_of("x")), 1u);
  const std::string large(5000, 'l');
  ASSERT_OK(length_of(large));
  ASSERT_OK(length_of(large));
  EXPECT_EQ(parsed, 3);
}

}  // namespace
}  // namespace server
