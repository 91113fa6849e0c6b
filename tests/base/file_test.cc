#include "base/file.h"

#include <gtest/gtest.h>

#include "tests/support/result_matchers.h"

namespace base {
namespace {

TEST(File, WritesWholeOrNothing) {
  const TempDir dir = TAKE(TempDir::create());
  const Path path = dir.path() / "a";
  ASSERT_OK(write_file_durably(path, "one"));
  ASSERT_OK(write_file_durably(path, "two"));
  EXPECT_EQ(TAKE(read_file(path)), "two");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(dir.path()), {}), 1);
}

TEST(File, SaysWhatIsMissing) {
  const auto missing = read_file("/nowhere/at/all");
  EXPECT_EQ(test::code_of(missing), Code::not_found);
  EXPECT_EQ(missing.error().what, "open /nowhere/at/all: No such file or directory");
}

TEST(File, RefusesMoreThanTheLimit) {
  const TempDir dir = TAKE(TempDir::create());
  ASSERT_OK(write_file_durably(dir.path() / "a", "12345"));
  EXPECT_EQ(test::code_of(read_file(dir.path() / "a", 4)), Code::limit);
}

TEST(File, MapsAFile) {
  const TempDir dir = TAKE(TempDir::create());
  ASSERT_OK(write_file_durably(dir.path() / "a", "abc"));
  ASSERT_OK(write_file_durably(dir.path() / "empty", ""));
  EXPECT_EQ(as_text(TAKE(MappedFile::open(dir.path() / "a")).bytes()), "abc");
  EXPECT_TRUE(TAKE(MappedFile::open(dir.path() / "empty")).bytes().empty());
}

TEST(File, ATempDirGoesWithItsObject) {
  Path path;
  {
    const TempDir dir = TAKE(TempDir::create());
    path = dir.path();
    ASSERT_OK(make_directories(path / "x" / "y"));
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace base
