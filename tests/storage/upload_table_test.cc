#include "storage/upload_table.h"

#include "base/random.h"
#include "tests/storage/store_fixture.h"

namespace storage {
namespace {

using base::Code;

class UploadTableTest : public StoreTest {
 protected:
  template <typename Action>
  auto with_table(Action action) {
    return db->write([&](Transaction& tx) {
      UploadTable uploads(tx);
      return action(uploads);
    });
  }
  Upload create(std::optional<uint64_t> length = 9) {
    const Upload upload = {.id = base::new_ulid(),
                           .owner = user.id,
                           .project = project.id,
                           .length = length,
                           .metadata = base::Json::object({{"filename", "a.pdf"}}),
                           .created_at = kNow,
                           .expires_at = kNow + 100};
    TAKE(with_table([&](UploadTable& t) { return t.create(upload); }));
    return upload;
  }
  Upload find(const std::string& id) {
    return TAKE(with_table([&](UploadTable& t) { return t.find(id, user.id, project.id); }));
  }
};

TEST_F(UploadTableTest, GivesBackWhatWasCreated) {
  const Upload upload = create();
  EXPECT_EQ(find(upload.id), upload);
}

TEST_F(UploadTableTest, ShowsAnUploadToItsOwnerInItsProjectOnly) {
  const Upload upload = create();
  const auto find_as = [&](UserId who, ProjectId where) {
    return with_table([&](UploadTable& t) { return t.find(upload.id, who, where); });
  };
  EXPECT_OK(find_as(user.id, project.id));
  EXPECT_EQ(test::code_of(find_as(other_user("Bob").id, project.id)), Code::not_found);
  EXPECT_EQ(test::code_of(find_as(user.id, other_project().id)), Code::not_found);
}

TEST_F(UploadTableTest, MovesOn) {
  const Upload upload = create();
  TAKE(with_table([&](UploadTable& t) { return t.set_offset(upload.id, 5, kNow + 200); }));
  EXPECT_EQ(find(upload.id).offset, 5u);
  EXPECT_EQ(find(upload.id).expires_at, kNow + 200);
}

TEST_F(UploadTableTest, LearnsItsLengthOnce) {
  const Upload upload = create(std::nullopt);
  const auto set = [&](uint64_t length) {
    return with_table([&](UploadTable& t) { return t.set_length(upload.id, length); });
  };
  EXPECT_EQ(find(upload.id).length, std::nullopt);
  ASSERT_OK(set(7));
  ASSERT_OK(set(7));
  EXPECT_EQ(test::code_of(set(8)), Code::conflict);
  EXPECT_EQ(find(upload.id).length, 7u);
}

TEST_F(UploadTableTest, RemembersWhatBecameOfIt) {
  const Upload upload = create();
  create();
  const auto open = [&] {
    return TAKE(with_table([&](UploadTable& t) { return t.count_open(user.id); }));
  };
  EXPECT_EQ(open(), 2);
  const auto outcome = base::Json::array({base::Json::object({{"id", "0f3a"}})});
  TAKE(with_table([&](UploadTable& t) { return t.set_outcome(upload.id, outcome); }));
  EXPECT_EQ(find(upload.id).outcome, outcome);
  EXPECT_EQ(open(), 1);
}

TEST_F(UploadTableTest, AddsUpWhatIsPromised) {
  const auto promised = [&] {
    return TAKE(with_table([&](UploadTable& t) { return t.promised_bytes(user.id, 1000); }));
  };
  EXPECT_EQ(promised(), 0u);
  for (const auto length : {std::optional<uint64_t>(7), std::optional<uint64_t>()}) {
    Upload upload{.id = base::new_ulid(), .owner = user.id, .project = project.id};
    upload.length = length;
    TAKE(with_table([&](UploadTable& t) { return t.create(upload); }));
    EXPECT_EQ(promised(), length ? 7u : 1007u);
    if (length) continue;
    TAKE(with_table([&](UploadTable& t) { return t.set_length(upload.id, 5); }));
    EXPECT_EQ(promised(), 12u);
    TAKE(with_table([&](UploadTable& t) { return t.set_outcome(upload.id, base::Json::array()); }));
    EXPECT_EQ(promised(), 7u);
  }
}

TEST_F(UploadTableTest, Expires) {
  const Upload upload = create();
  EXPECT_TRUE(TAKE(with_table([](UploadTable& t) { return t.expired(kNow + 99); })).empty());
  EXPECT_EQ(TAKE(with_table([](UploadTable& t) { return t.expired(kNow + 100); })),
            std::vector<Upload>{upload});
  TAKE(with_table([&](UploadTable& t) { return t.remove(upload.id); }));
  EXPECT_EQ(TAKE(with_table([&](UploadTable& t) { return t.count_open(user.id); })), 0);
}

class UploadFilesTest : public testing::Test {
 protected:
  base::TempDir dir = TAKE(base::TempDir::create());
  UploadFiles files = TAKE(UploadFiles::open(dir.path() / "uploads"));
  const std::string id = base::new_ulid();
};

TEST_F(UploadFilesTest, GoesOnWhereItStopped) {
  {
    PartFile part = TAKE(files.open_part(id));
    EXPECT_EQ(part.offset(), 0u);
    ASSERT_OK(part.append("hello "));
    ASSERT_OK(part.sync());
  }
  PartFile part = TAKE(files.open_part(id));
  EXPECT_EQ(part.offset(), 6u);
  ASSERT_OK(part.append("world"));
  EXPECT_EQ(TAKE(base::read_file(files.path(id))), "hello world");
}

TEST_F(UploadFilesTest, TakesBackWhatWasNotAcknowledged) {
  {
    PartFile part = TAKE(files.open_part(id));
    ASSERT_OK(part.append("hello, half a chu"));
  }
  PartFile part = TAKE(files.open_part(id));
  ASSERT_OK(part.cut(5));
  EXPECT_EQ(part.offset(), 5u);
  ASSERT_OK(part.append("!"));
  EXPECT_EQ(TAKE(base::read_file(files.path(id))), "hello!");
}

TEST_F(UploadFilesTest, SaysWhenBytesAreLost) {
  PartFile part = TAKE(files.open_part(id));
  ASSERT_OK(part.append("hell"));
  EXPECT_EQ(test::code_of(part.cut(5)), Code::not_found);
}

TEST_F(UploadFilesTest, TellsAFullDiskFromOtherTrouble) {
  std::filesystem::create_symlink("/dev/full", files.path(id));
  PartFile part = TAKE(files.open_part(id));
  EXPECT_EQ(test::code_of(part.append("hello")), Code::no_space);
}

TEST_F(UploadFilesTest, LendsAWholeFileAndKeepsIt) {
  { ASSERT_OK(TAKE(files.open_part(id)).append("hello")); }
  const base::Path lent = TAKE(files.lend(id));
  EXPECT_EQ(TAKE(files.lend(id)), lent);  // again after a crash
  std::filesystem::rename(lent, dir.path() / "adopted");
  EXPECT_EQ(TAKE(base::read_file(files.path(id))), "hello");
  TAKE(files.lend(id));
  ASSERT_OK(files.remove(id));
  EXPECT_TRUE(std::filesystem::is_empty(dir.path() / "uploads"));
}

TEST_F(UploadFilesTest, LetsOneWriteAtATime) {
  const PartFile part = TAKE(files.open_part(id));
  EXPECT_EQ(test::code_of(files.open_part(id)), Code::busy);
}

TEST_F(UploadFilesTest, TakesOnlyItsOwnIds) {
  EXPECT_EQ(test::code_of(files.open_part("../../etc/passwd")), Code::not_found);
  EXPECT_OK(files.remove("../../etc/passwd"));
}

TEST_F(UploadFilesTest, Removes) {
  { const PartFile part = TAKE(files.open_part(id)); }
  ASSERT_OK(files.remove(id));
  EXPECT_FALSE(std::filesystem::exists(files.path(id)));
  EXPECT_OK(files.remove(id));
}

}  // namespace
}  // namespace storage
