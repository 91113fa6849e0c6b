#include "storage/prediction_table.h"

#include "tests/storage/store_fixture.h"

namespace storage {
namespace {

class PredictionTableTest : public StoreTest {
 protected:
  static corpus::DocumentId id(char digit) { return {std::string(32, digit)}; }
  PredictionFile file(const std::string& content) {
    return {user.id, "jsonl", "reader", "7", content};
  }
  void put(const PredictionFile& file, const std::vector<corpus::DocumentId>& documents,
           base::Milliseconds at = kNow) {
    TAKE(write([&](Transaction& tx) {
      return PredictionTable(tx).put(project.id, file, documents, at, 1000);
    }));
  }
  std::vector<WaitingPrediction> waiting() {
    return TAKE(read([&](Transaction& tx) { return PredictionTable(tx).waiting(project.id); }));
  }
  std::optional<PredictionFile> file_of(const WaitingPrediction& waiting) {
    return TAKE(read([&](Transaction& tx) { return PredictionTable(tx).file(waiting.number); }));
  }
  void settle(int64_t number, const std::vector<corpus::DocumentId>& documents) {
    TAKE(write([&](Transaction& tx) { return PredictionTable(tx).settle(number, documents); }));
  }
  bool is_waiting(char digit) {
    return TAKE(read([&](Transaction& tx) {
      return PredictionTable(tx).is_any_waiting(project.id, std::vector{id(digit)});
    }));
  }
};

TEST_F(PredictionTableTest, KeepsAFileUntilItsLastDocumentIsThere) {
  put(file("{}\n"), {id('b'), id('a')});
  ASSERT_EQ(waiting().size(), 1u);
  const WaitingPrediction first = waiting()[0];
  EXPECT_EQ(file_of(first), file("{}\n"));
  EXPECT_EQ(waiting()[0].documents, (std::vector{id('a'), id('b')}));
  settle(waiting()[0].number, {id('a')});
  EXPECT_FALSE(is_waiting('a'));
  EXPECT_TRUE(is_waiting('b'));
  settle(waiting()[0].number, {id('b')});
  EXPECT_TRUE(waiting().empty());
  EXPECT_FALSE(file_of(first));
}

TEST_F(PredictionTableTest, TheSameFileWaitsOnce) {
  put(file("{}\n"), {id('a')});
  put(file("{}\n"), {id('a'), id('b')});
  put(file("{\"other\":1}\n"), {id('a')});
  const auto all = waiting();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].documents, (std::vector{id('a'), id('b')}));
  EXPECT_EQ(all[1].documents, (std::vector{id('a')}));
}

TEST_F(PredictionTableTest, ForgetsWhatNeverCame) {
  put(file("old"), {id('a')}, kNow);
  put(file("new"), {id('a')}, kNow + 10);
  TAKE(write([&](Transaction& tx) { return PredictionTable(tx).forget_before(kNow + 10); }));
  ASSERT_EQ(waiting().size(), 1u);
  EXPECT_EQ(file_of(waiting()[0])->content, "new");
}

TEST_F(PredictionTableTest, OnlySoMuchWaits) {
  const auto put_in_ten = [&](const std::string& content, char digit) {
    return write([&](Transaction& tx) {
      return PredictionTable(tx).put(project.id, file(content), std::vector{id(digit)}, kNow, 10);
    });
  };
  ASSERT_OK(put_in_ten("seven..", 'a'));
  ASSERT_OK(put_in_ten("seven..", 'b'));
  const auto more = put_in_ten("four", 'a');
  ASSERT_FALSE(more.ok());
  EXPECT_EQ(more.error().code, base::Code::limit);
  EXPECT_EQ(waiting().size(), 1u);
  settle(waiting()[0].number, {id('a'), id('b')});
  EXPECT_OK(put_in_ten("four", 'a'));
}

}  // namespace
}  // namespace storage
