#include "storage/release_table.h"

#include "tests/storage/store_fixture.h"

namespace storage {
namespace {

using base::Code;

class ReleaseTableTest : public StoreTest {
 protected:
  ReleaseRow release(const std::string& version, base::Milliseconds at = kNow) {
    return {.project = project.id,
            .name = "claims",
            .version = version,
            .tag_oid = "aa",
            .commit = "bb",
            .data_commit = "cc",
            .manifest_sha256 = base::sha256_of(version),
            .manifest_md5 = base::md5_of(version),
            .created_by = user.id,
            .created_at = at,
            .document_count = 12,
            .expires_at = kNow + 1000};
  }
  Result<void> record(const ReleaseRow& row) {
    return write([&](Transaction& tx) { return ReleaseTable(tx).record(row); });
  }
};

TEST_F(ReleaseTableTest, GivesBackWhatWasRecorded) {
  ASSERT_OK(record(release("1.0.0")));
  EXPECT_EQ(TAKE(read([&](Transaction& tx) {
              return ReleaseTable(tx).find(project.id, "claims", "1.0.0");
            })),
            release("1.0.0"));
}

TEST_F(ReleaseTableTest, KeepsAReleaseAsItIs) {
  ASSERT_OK(record(release("1.0.0")));
  EXPECT_EQ(test::code_of(record(release("1.0.0", kNow + 1))), Code::conflict);
}

TEST_F(ReleaseTableTest, ListsTheNewestFirst) {
  ASSERT_OK(record(release("1.0.0", kNow)));
  ASSERT_OK(record(release("1.1.0", kNow + 1)));
  const auto all = TAKE(read([&](Transaction& tx) { return ReleaseTable(tx).list(project.id); }));
  EXPECT_EQ(all, (std::vector<ReleaseRow>{release("1.1.0", kNow + 1), release("1.0.0", kNow)}));
}

TEST_F(ReleaseTableTest, ClearsOneProject) {
  const Project letters = other_project();
  ReleaseRow other = release("1.0.0");
  other.project = letters.id;
  ASSERT_OK(record(release("1.0.0")));
  ASSERT_OK(record(other));
  ASSERT_OK(write([&](Transaction& tx) { return ReleaseTable(tx).clear(project.id); }));
  EXPECT_EQ(test::code_of(read([&](Transaction& tx) {
              return ReleaseTable(tx).find(project.id, "claims", "1.0.0");
            })),
            Code::not_found);
  EXPECT_EQ(TAKE(read([&](Transaction& tx) { return ReleaseTable(tx).list(letters.id); })).size(),
            1u);
}

}  // namespace
}  // namespace storage
