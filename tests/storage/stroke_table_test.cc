#include "storage/stroke_table.h"

#include "tests/storage/store_fixture.h"

namespace storage {
namespace {

class StrokeTableTest : public StoreTest {
 protected:
  DraftOwner owner() { return {project.id, document, user.id}; }
  void note(const SavedStrokes& saved, base::Milliseconds at = kNow) {
    TAKE(write([&](Transaction& tx) { return StrokeTable(tx).note(owner(), saved, at); }));
  }
  std::optional<SavedStrokes> find(const DraftOwner& whose, const char* session, int64_t page) {
    return TAKE(read([&](Transaction& tx) { return StrokeTable(tx).find(whose, session, page); }));
  }

  corpus::DocumentId document{std::string(32, 'a')};
};

TEST_F(StrokeTableTest, KeepsTheLastOfEachSessionAndPage) {
  const SavedStrokes first{"one", 1, "01", "v1", "c1"};
  const SavedStrokes later{"one", 1, "02", "v2", "c2"};
  const SavedStrokes elsewhere{"one", 2, "01", "v3", "c3"};
  note(first);
  EXPECT_EQ(find(owner(), "one", 1), first);
  note(later);
  note(elsewhere);
  EXPECT_EQ(find(owner(), "one", 1), later);
  EXPECT_EQ(find(owner(), "two", 1), std::nullopt);
  EXPECT_EQ(TAKE(read([&](Transaction& tx) { return StrokeTable(tx).list(owner()); })),
            (std::vector<SavedStrokes>{later, elsewhere}));
}

TEST_F(StrokeTableTest, WhatComesLateOrTwiceChangesNothing) {
  const SavedStrokes saved{"one", 1, "02", "v2", "c2"};
  note(saved);
  note({"one", 1, "01", "v9", "c9"});
  note({"one", 1, "02", "v9", "c9"});
  EXPECT_EQ(find(owner(), "one", 1), saved);
}

TEST_F(StrokeTableTest, BelongsToOneUserAndOneDocument) {
  note({"one", 1, "01", "v", "c"});
  DraftOwner other = owner();
  other.user = other_user().id;
  EXPECT_EQ(find(other, "one", 1), std::nullopt);
  other = owner();
  other.document.hex = std::string(32, 'b');
  EXPECT_EQ(find(other, "one", 1), std::nullopt);
}

TEST_F(StrokeTableTest, ForgetsWhatNobodyCameBackTo) {
  note({"old", 1, "01", "v", "c"}, kNow);
  note({"new", 1, "01", "v", "c"}, kNow + 10);
  TAKE(write([&](Transaction& tx) { return StrokeTable(tx).forget_before(kNow + 10); }));
  EXPECT_EQ(find(owner(), "old", 1), std::nullopt);
  EXPECT_TRUE(find(owner(), "new", 1));
}

}  // namespace
}  // namespace storage
