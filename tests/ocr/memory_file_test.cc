#include "ocr/detail/memory_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/support/result_matchers.h"

namespace ocr::detail {
namespace {

TEST(MemoryFile, GivesWhatWasWrittenSinceTheLastRewind) {
  MemoryFile file = TAKE(MemoryFile::create());
  EXPECT_EQ(TAKE(file.written()), "");
  ASSERT_OK(base::write_all(file.descriptor(), "first "));
  EXPECT_EQ(TAKE(file.written()), "first ");
  ASSERT_OK(base::write_all(file.descriptor(), "and more"));
  EXPECT_EQ(TAKE(file.written()), "first and more");
  ASSERT_OK(file.rewind());
  EXPECT_EQ(TAKE(file.written()), "");
  ASSERT_OK(base::write_all(file.descriptor(), "other"));
  EXPECT_EQ(TAKE(file.written()), "other");
}

TEST(MemoryFile, CannotBeCutShortByThoseWhoWrite) {
  MemoryFile file = TAKE(MemoryFile::create());
  ASSERT_OK(base::write_all(file.descriptor(), "words"));
  EXPECT_NE(ftruncate(file.descriptor(), 0), 0);
  EXPECT_EQ(TAKE(file.written()), "words");
}

TEST(MemoryFile, TellsNoMoreThanThereIs) {
  MemoryFile file = TAKE(MemoryFile::create());
  ASSERT_OK(base::write_all(file.descriptor(), "words"));
  ASSERT_EQ(lseek(file.descriptor(), 1 << 20, SEEK_SET), 1 << 20);
  EXPECT_EQ(TAKE(file.written()), "words");
}

TEST(MemoryFiles, LendWhatCameBackAgain) {
  MemoryFiles files;
  auto first = TAKE(files.borrow());
  ASSERT_OK(base::write_all(first->descriptor(), "page"));
  const auto second = TAKE(files.borrow());
  EXPECT_NE(first->descriptor(), second->descriptor());
  const int descriptor = first->descriptor();
  first.reset();
  const auto third = TAKE(files.borrow());
  EXPECT_EQ(third->descriptor(), descriptor);
  EXPECT_EQ(TAKE(third->written()), "");
}

}  // namespace
}  // namespace ocr::detail
