#include "corpus/lfs_pointer.h"

#include <gtest/gtest.h>

#include "tests/support/result_matchers.h"

namespace corpus {
namespace {

// As the stock client writes it for "hello\n".
const std::string kHello =
    "version https://git-lfs.github.com/spec/v1\n"
    "oid sha256:5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03\n"
    "size 6\n";

TEST(LfsPointer, ComesBackAsItWas) {
  const LfsPointer pointer = TAKE(parse_lfs_pointer(kHello));
  EXPECT_EQ(pointer, (LfsPointer{base::sha256_of("hello\n"), 6}));
  EXPECT_EQ(print_lfs_pointer(pointer), kHello);
}

TEST(LfsPointer, OfAnEmptyFileIsEmpty) {
  const LfsPointer pointer = TAKE(parse_lfs_pointer(""));
  EXPECT_TRUE(pointer.is_empty());
  EXPECT_EQ(pointer.sha256, base::sha256_of(""));
  EXPECT_EQ(print_lfs_pointer(pointer), "");
}

TEST(LfsPointer, HasOneSpelling) {
  const auto with = [](std::string_view from, std::string_view to) {
    std::string text = kHello;
    return text.replace(text.find(from), from.size(), to);
  };
  for (const std::string& text :
       {std::string("hello\n"), kHello.substr(0, kHello.size() - 1), kHello + "\n",
        with("size 6", "size 06"), with("size 6", "size 0"), with("size 6", "size -6"),
        with("size 6", "size 6\r"), with("size 6", "size  6"), with("5891b5", "5891B5"),
        with("5891b5", "5891b"), with("sha256", "sha1"), with("spec/v1", "spec/v2"),
        with("git-lfs.github.com", "hawser.github.com"),
        with("oid ", "ext-0-foo sha256:" + std::string(64, '0') + "\noid "),
        with("size 6\n", "size 99999999999999999999\n"), kHello + std::string(2000, 'x')}) {
    EXPECT_EQ(parse_lfs_pointer(text).error().code, base::Code::invalid) << text;
  }
}

}  // namespace
}  // namespace corpus
