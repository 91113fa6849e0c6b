#include "storage/draft_table.h"

#include "tests/storage/store_fixture.h"

namespace storage {
namespace {

class DraftTableTest : public StoreTest {
 protected:
  DraftOwner owner() { return {project.id, document, user.id}; }
  void put(const char* session, const char* content, base::Milliseconds at = kNow) {
    TAKE(write([&](Transaction& tx) {
      return DraftTable(tx).put(owner(), {session, content, at});
    }));
  }
  std::vector<Draft> list(const DraftOwner& whose) {
    return TAKE(read([&](Transaction& tx) { return DraftTable(tx).list(whose); }));
  }

  corpus::DocumentId document{std::string(32, 'a')};
};

TEST_F(DraftTableTest, KeepsTheNewestOfEachSession) {
  put("one", "{}");
  put("two", "[]", kNow + 1);
  put("one", "{\"pages\":{}}", kNow + 2);
  EXPECT_EQ(list(owner()),
            (std::vector<Draft>{{"two", "[]", kNow + 1}, {"one", "{\"pages\":{}}", kNow + 2}}));
}

TEST_F(DraftTableTest, BelongsToOneUserAndOneDocument) {
  put("one", "{}");
  DraftOwner other = owner();
  other.user = UserId{user.id.value + 1000};
  EXPECT_EQ(list(other), std::vector<Draft>{});
  other = owner();
  other.document.hex = std::string(32, 'b');
  EXPECT_EQ(list(other), std::vector<Draft>{});
}

TEST_F(DraftTableTest, IsRemovedOnceItIsAVersion) {
  put("one", "{}");
  for (int i = 0; i < 2; ++i) {
    TAKE(write([&](Transaction& tx) { return DraftTable(tx).remove(owner(), "one"); }));
  }
  EXPECT_EQ(list(owner()), std::vector<Draft>{});
}

TEST_F(DraftTableTest, RefusesASessionTooMany) {
  for (size_t i = 0; i < kMostDrafts; ++i) put(std::to_string(i).c_str(), "{}");
  const auto more = write([&](Transaction& tx) {
    return DraftTable(tx).put(owner(), {"more", "{}", kNow});
  });
  ASSERT_FALSE(more.ok());
  EXPECT_EQ(more.error().code, base::Code::limit);
  put("0", "[]");
}

TEST_F(DraftTableTest, ForgetsWhatNobodyCameBackTo) {
  put("old", "{}", kNow);
  put("new", "{}", kNow + 10);
  TAKE(write([&](Transaction& tx) { return DraftTable(tx).forget_before(kNow + 10); }));
  EXPECT_EQ(list(owner()), (std::vector<Draft>{{"new", "{}", kNow + 10}}));
}

}  // namespace
}  // namespace storage
