#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <atomic>
#include <thread>

#include "storage/blob_store.h"
#include "tests/support/child.h"
#include "tests/support/result_matchers.h"

namespace storage {
namespace {

class LocalBlobStore : public testing::Test {
 protected:
  base::Path path_of(const std::string& hex) const {
    return root / "acme/files/md5" / hex.substr(0, 2) / hex.substr(2);
  }
  size_t unfinished() const {
    size_t count = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root / ".incoming")) {
      count += entry.is_regular_file() ? 1 : 0;
    }
    return count;
  }

  base::TempDir dir = TAKE(base::TempDir::create());
  const base::Path root = dir.path() / "orgs";
};

TEST_F(LocalBlobStore, IsADvcRemote) {
  const auto store = TAKE(open_local_blob_store(root));
  ASSERT_OK(put_blob(*store, "acme", "hello\n"));
  ASSERT_OK(put_blob(*store, "acme", "[]", {.directory = true}));
  EXPECT_EQ(TAKE(base::read_file(root / "acme/files/md5/b1/946ac92492d2347c6235b4d2611184")),
            "hello\n");
  EXPECT_EQ(TAKE(base::read_file(root / "acme/files/md5/d7/51713988987e9331980363e24189ce.dir")),
            "[]");
}

TEST_F(LocalBlobStore, MakesItsFilesReadOnly) {
  const auto store = TAKE(open_local_blob_store(root));
  const auto hashes = TAKE(put_blob(*store, "acme", "x"));
  struct stat status = {};
  ASSERT_EQ(::stat(path_of(hashes.md5.hex()).c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0444u);
}

// Collection beside uploads of the same content: what was acknowledged stays until it is old again.
TEST_F(LocalBlobStore, KeepsWhatIsStoredWhileItIsRemoved) {
  const auto store = TAKE(open_local_blob_store(root));
  const std::string content = "again and again";
  const BlobName name{base::md5_of(content)};
  const timespec old[2] = {{0, 0}, {0, 0}};
  std::atomic<bool> done = false;
  std::thread remover([&] {
    while (!done) (void)TAKE(store->remove_older("acme", name, 0));
  });
  for (int i = 0; i < 300; ++i) {
    ASSERT_OK(put_blob(*store, "acme", content));
    EXPECT_EQ(TAKE(TAKE(store->open("acme", name))->read_whole()), content);
    ASSERT_EQ(::utimensat(AT_FDCWD, path_of(name.text()).c_str(), old, 0), 0);
  }
  done = true;
  remover.join();
}

TEST_F(LocalBlobStore, LeavesNothingOfWhatWasNotPublished) {
  const auto store = TAKE(open_local_blob_store(root));
  {
    const auto writer = TAKE(store->begin("acme", {}));
    ASSERT_OK(writer->write("half"));
    EXPECT_EQ(unfinished(), 1u);
  }
  EXPECT_EQ(unfinished(), 0u);
}

TEST_F(LocalBlobStore, LeavesNoCopyOfWhatWasThere) {
  const auto store = TAKE(open_local_blob_store(root));
  ASSERT_OK(put_blob(*store, "acme", "same"));
  ASSERT_OK(put_blob(*store, "acme", "same"));
  EXPECT_EQ(unfinished(), 0u);
}

TEST_F(LocalBlobStore, HealsADamagedObject) {
  const auto store = TAKE(open_local_blob_store(root));
  const auto hashes = TAKE(put_blob(*store, "acme", "precious"));
  const base::Path path = path_of(hashes.md5.hex());
  ASSERT_OK(base::write_file_durably(path, "precioux"));
  EXPECT_EQ(test::code_of(store->verify("acme", {hashes.md5})), base::Code::internal);
  ASSERT_OK(put_blob(*store, "acme", "precious"));
  EXPECT_OK(store->verify("acme", {hashes.md5}));
  EXPECT_EQ(TAKE(base::read_file(path)), "precious");
}

TEST_F(LocalBlobStore, ClearsWhatADeadProcessLeft) {
  ASSERT_OK(base::make_directories(root / ".incoming/dead"));
  ASSERT_OK(base::write_file_durably(root / ".incoming/dead/1", "half"));
  const auto store = TAKE(open_local_blob_store(root));
  EXPECT_FALSE(std::filesystem::exists(root / ".incoming/dead"));
}

TEST_F(LocalBlobStore, LeavesWhatALivingProcessWrites) {
  const auto first = TAKE(open_local_blob_store(root));
  const auto writer = TAKE(first->begin("acme", {}));
  ASSERT_OK(writer->write("still at it"));
  const auto second = TAKE(open_local_blob_store(root));
  ASSERT_OK(writer->seal());
  const BlobName name = TAKE(writer->publish());
  EXPECT_TRUE(TAKE(second->exists("acme", name)));
}

TEST_F(LocalBlobStore, PassesForeignFilesByWhenItVisits) {
  const auto store = TAKE(open_local_blob_store(root));
  const auto hashes = TAKE(put_blob(*store, "acme", "x"));
  ASSERT_OK(base::write_file_durably(path_of(hashes.md5.hex()).parent_path() / "notes.txt", "?"));
  int visited = 0;
  ASSERT_OK(store->for_each("acme", [&](const BlobEntry&) -> Result<bool> {
    ++visited;
    return true;
  }));
  EXPECT_EQ(visited, 1);
}

// 0: refused with Code::no_space, and nothing is stored or left behind.
int fill(BlobStore& store, const base::Path& root) {
  const auto refused = put_blob(store, "acme", std::string(1 << 20, 'x'));
  if (refused.ok() || refused.error().code != base::Code::no_space) return 1;
  size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    files += entry.is_regular_file() ? 1 : 0;
  }
  return files == 1 ? 0 : 2;  // what was there before
}

TEST_F(LocalBlobStore, AFileThatMayNotGrowIsLikeAFullDisk) {
  const int status = test::in_child([&] {
    const auto store = open_local_blob_store(root);
    if (!store.ok() || !put_blob(**store, "acme", "before").ok()) return 3;
    ::signal(SIGXFSZ, SIG_IGN);
    const struct rlimit limit = {1 << 16, 1 << 16};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return 4;
    return fill(**store, root);
  });
  EXPECT_EQ(status, 0);
}

TEST_F(LocalBlobStore, AFullDiskIsToldFromALimit) {
  ASSERT_OK(base::make_directories(root));
  if (::mount("tmpfs", root.c_str(), "tmpfs", 0, "size=256k") != 0) {
    GTEST_SKIP() << "SKIPPED: mounting a small tmpfs needs root";
  }
  const base::ScopeExit unmount([&] { ::umount(root.c_str()); });
  const auto store = TAKE(open_local_blob_store(root));
  ASSERT_OK(put_blob(*store, "acme", "before"));
  EXPECT_EQ(fill(*store, root), 0);
  EXPECT_OK(put_blob(*store, "acme", "after"));
}

}  // namespace
}  // namespace storage
