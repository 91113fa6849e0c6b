#include "storage/reading_table.h"

#include "base/digest.h"
#include "tests/storage/store_fixture.h"

namespace storage {
namespace {

class ReadingTableTest : public StoreTest {
 protected:
  ReadingTableTest() : other(other_user("other")), third(other_user("third")) {}

  Result<Reading> take(const User& who, base::Milliseconds now = kNow) {
    return write([&](Transaction& tx) { return ReadingTable(tx).take(of(), who.id, 2, now); });
  }
  std::vector<Reading> list() {
    return TAKE(write([&](Transaction& tx) { return ReadingTable(tx).list(of()); }));
  }
  void move(const User& who, ReadingState state) {
    TAKE(write([&](Transaction& tx) { return ReadingTable(tx).move(of(), who.id, state); }));
  }
  ReadDocument of() const { return {project.id, document}; }

  corpus::DocumentId document = corpus::DocumentId::of(base::sha256_of("document"));
  User other;
  User third;
};

TEST_F(ReadingTableTest, GivesEachReaderAPlaceOfTheirOwn) {
  EXPECT_EQ(TAKE(take(user)).slot, 1);
  EXPECT_EQ(TAKE(take(other)).slot, 2);
  EXPECT_EQ(TAKE(take(user)).slot, 1);
  EXPECT_EQ(list().size(), 2U);
}

TEST_F(ReadingTableTest, RefusesOneMoreThanAreWanted) {
  TAKE(take(user));
  TAKE(take(other));
  EXPECT_EQ(take(third).error().code, base::Code::conflict);
}

TEST_F(ReadingTableTest, GivesAwayAPlaceThatWasLeftButNoWorkThatIsDone) {
  TAKE(take(user));
  TAKE(take(other));
  move(other, ReadingState::submitted);
  const base::Milliseconds late = kNow + kReadingTime;
  EXPECT_EQ(TAKE(take(third, late)).slot, 3);
  EXPECT_EQ(take(user, late).error().code, base::Code::conflict);
}

TEST_F(ReadingTableTest, ClosesForAll) {
  TAKE(take(user));
  TAKE(write([&](Transaction& tx) { return ReadingTable(tx).close(of()); }));
  EXPECT_EQ(list().front().state, ReadingState::closed);
  EXPECT_EQ(take(user).error().code, base::Code::conflict);
}

}  // namespace
}  // namespace storage
