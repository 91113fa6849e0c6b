#include "vcs/detail/shared_pack.h"

#include <thread>

#include "tests/vcs/closure_fixture.h"

namespace vcs {
namespace {

using base::Code;

struct SharedPackTest : ClosureTest {
  // Bytes that do not compress, so that the file is written in several steps.
  void commit_large_files() {
    std::string noise;
    for (int i = 0; noise.size() < 400'000; ++i) {
      noise += base::as_text(base::sha256_of(std::to_string(i)).bytes);
    }
    git.commit({{"noise-1", noise}, {"noise-2", "2" + noise}, {"noise-3", "3" + noise}});
  }
  SharedPack::Limits into_file(std::shared_ptr<DiskBudget> disk = nullptr) const {
    return {directory.path(), std::move(disk), 0, 0};
  }
  static std::string sent(const SharedPack& pack) {
    Collected out;
    test::take(pack.send(out.sink(), nullptr), "send");
    return out.bytes;
  }
};

TEST_F(SharedPackTest, SendsTheSameFromPiecesAndFromAFile) {
  git.commit({{"more", "x\n"}});
  git.git({"repack", "-dq"});
  const SharedObjects objects = everything();
  SharedPack in_pieces({}), in_file(into_file());
  in_pieces.make(objects, true);
  in_file.make(objects, true);
  EXPECT_EQ(sent(in_pieces), sent(in_file));
  EXPECT_EQ(sent(in_pieces), sent(in_file)) << "the second time";
  EXPECT_EQ(test::objects_in(sent(in_file)), all_names());
  EXPECT_EQ(in_pieces.count(), objects->size());
}

TEST_F(SharedPackTest, LeavesNoNamedFile) {
  SharedPack pack(into_file());
  pack.make(everything(), true);
  EXPECT_TRUE(pack.is_made());
  EXPECT_TRUE(std::filesystem::is_empty(directory.path()));
}

TEST_F(SharedPackTest, IsReadWhileItIsMade) {
  commit_large_files();
  SharedPack pack(into_file());
  std::string first, second;
  std::thread one([&] { first = sent(pack); }), two([&] { second = sent(pack); });
  pack.make(everything(), true);
  one.join();
  two.join();
  EXPECT_EQ(first, second);
  EXPECT_EQ(test::objects_in(first), all_names());
}

TEST_F(SharedPackTest, EachReaderMakesTheRestWhenTheDiskIsFull) {
  commit_large_files();
  const auto disk = std::make_shared<DiskBudget>(600'000);
  {
    SharedPack pack(into_file(disk));
    pack.make(everything(), true);
    EXPECT_FALSE(pack.is_made());
    EXPECT_GT(disk->used(), 0u);
    EXPECT_EQ(test::objects_in(sent(pack)), all_names());
  }
  EXPECT_EQ(disk->used(), 0u);
}

TEST_F(SharedPackTest, NeedsNoDirectory) {
  SharedPack pack({{}, nullptr, 0, 0});
  pack.make(everything(), true);
  EXPECT_EQ(test::objects_in(sent(pack)), all_names());
}

TEST_F(SharedPackTest, TellsReadersWhyItWillNeverBe) {
  SharedPack pack({});
  pack.fail({Code::internal, "a pack is damaged"});
  EXPECT_EQ(test::code_of(pack.wait(nullptr)), Code::internal);
  EXPECT_FALSE(pack.is_made());
}

TEST_F(SharedPackTest, StopsForAReaderWhoHasGone) {
  SharedPack pack({});
  pack.make(everything(), true);
  const auto gone = [](std::string_view) -> base::Result<void> {
    return base::Error{Code::io, "gone"};
  };
  EXPECT_EQ(test::code_of(pack.send(gone, nullptr)), Code::io);
  EXPECT_EQ(test::objects_in(sent(pack)), all_names());
}

}  // namespace
}  // namespace vcs
