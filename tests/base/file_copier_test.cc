#include "base/file_copier.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/support/result_matchers.h"

namespace base {
namespace {

struct FileCopierTest : testing::Test {
  TempDir dir = TAKE(TempDir::create());
  Path source = dir.path() / "source", target = dir.path() / "target",
       earlier = dir.path() / "earlier";

  void put(const Path& path, std::string_view content) const {
    ASSERT_OK(make_directories(path.parent_path()));
    ASSERT_OK(write_file_durably(path, content));
  }
  static bool are_one_file(const Path& a, const Path& b) {
    struct stat first, second;
    return ::stat(a.c_str(), &first) == 0 && ::stat(b.c_str(), &second) == 0 &&
           first.st_ino == second.st_ino;
  }
};

TEST_F(FileCopierTest, CopiesBytesAndRights) {
  put(source / "a" / "b", std::string(3 << 20, 'x'));
  ASSERT_EQ(::chmod((source / "a" / "b").c_str(), 0444), 0);
  FileCopier copier(source, target);
  EXPECT_TRUE(TAKE(copier.copy("a/b")));
  ASSERT_OK(copier.sync());
  EXPECT_EQ(TAKE(read_file(target / "a" / "b")), std::string(3 << 20, 'x'));
  struct stat status;
  ASSERT_EQ(::stat((target / "a" / "b").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777u, 0444u);
  EXPECT_EQ(copier.totals(), (CopyTotals{1, 3 << 20, 3 << 20}));
}

TEST_F(FileCopierTest, SaysThatASourceIsGone) {
  FileCopier copier(source, target);
  EXPECT_FALSE(TAKE(copier.copy("missing")));
  EXPECT_FALSE(TAKE(copier.copy_changing("missing")));
  EXPECT_EQ(copier.totals(), CopyTotals{});
}

TEST_F(FileCopierTest, SharesWhatAnEarlierCopyHas) {
  put(source / "a", "123");
  put(source / "longer", "1234");
  put(earlier / "a", "123");
  put(earlier / "longer", "123");
  FileCopier copier(source, target, {.earlier = earlier});
  EXPECT_TRUE(TAKE(copier.copy("a")));
  EXPECT_TRUE(TAKE(copier.copy("longer")));
  EXPECT_TRUE(are_one_file(target / "a", earlier / "a"));
  EXPECT_FALSE(are_one_file(target / "longer", earlier / "longer"));
  EXPECT_EQ(TAKE(read_file(target / "longer")), "1234");
  EXPECT_EQ(copier.totals(), (CopyTotals{2, 7, 4}));
}

TEST_F(FileCopierTest, SharesWithTheSourceOnlyWhatDoesNotChange) {
  put(source / "a", "123");
  put(source / "growing", "123");
  FileCopier copier(source, target, {.link_source = true});
  EXPECT_TRUE(TAKE(copier.copy("a")));
  EXPECT_TRUE(TAKE(copier.copy_changing("growing")));
  EXPECT_TRUE(are_one_file(target / "a", source / "a"));
  EXPECT_FALSE(are_one_file(target / "growing", source / "growing"));
}

}  // namespace
}  // namespace base
