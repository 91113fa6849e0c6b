#include "storage/queue_table.h"

#include "base/digest.h"
#include "storage/assignment_table.h"
#include "storage/document_table.h"
#include "storage/reading_table.h"
#include "tests/storage/store_fixture.h"

namespace storage {
namespace {

class QueueTableTest : public StoreTest {
 protected:
  QueueTableTest() { other = other_user(); }

  // A document that is ready, received so many seconds after a time.
  corpus::DocumentId add(const char* content, int seconds, const char* review = "new") {
    const auto hashes = base::hashes_of(content);
    corpus::Document document;
    document.id = corpus::DocumentId::of(hashes.sha256);
    document.source = {hashes.md5, hashes.sha256, hashes.size, "application/pdf"};
    document.sources = {{"", content, "", "", {}, kNow - (100 - seconds) * 1000}};
    document.pages.resize(1);
    TAKE(write([&](Transaction& tx) -> Result<void> {
      DocumentTable documents(tx);
      TRY(documents.put_from_git(project.id, document, "c0ffee", DocumentState::ready, kNow));
      return documents.set_review_state(project.id, document.id, review, kNow);
    }));
    return document.id;
  }
  std::optional<corpus::DocumentId> take(const User& who, Work work = Work::label,
                                         base::Milliseconds now = kNow,
                                         const std::string& after = "") {
    return TAKE(write([&](Transaction& tx) {
      return QueueTable(tx).take({project.id, who.id, work, now, after});
    }));
  }
  void set_review(const corpus::DocumentId& id, const char* state) {
    TAKE(write([&](Transaction& tx) {
      return DocumentTable(tx).set_review_state(project.id, id, state, kNow);
    }));
  }

  std::optional<corpus::DocumentId> read_blind(const User& who) {
    return TAKE(write([&](Transaction& tx) {
      return QueueTable(tx).take(
          {project.id, who.id, Work::label, kNow, "", corpus::QueueOrder::oldest, 2});
    }));
  }
  void submit_reading(const corpus::DocumentId& id, const User& who) {
    TAKE(write([&](Transaction& tx) {
      return ReadingTable(tx).move({project.id, id}, who.id, ReadingState::submitted);
    }));
  }

  User other;
};

TEST_F(QueueTableTest, GivesTheOldestFirstAndEachToOnePerson) {
  const auto late = add("late", 2);
  const auto early = add("early", 1);
  EXPECT_EQ(take(user), early);
  EXPECT_EQ(take(other), late);
  EXPECT_EQ(take(user), early);
  EXPECT_EQ(take(user, Work::label, kNow, early.hex), std::nullopt);
}

TEST_F(QueueTableTest, TakesBackWhatSomebodyLeftLying) {
  const auto only = add("only", 1);
  EXPECT_EQ(take(user), only);
  EXPECT_EQ(take(other), std::nullopt);
  EXPECT_EQ(take(other, Work::label, kNow + kLeaseTime), only);
}

TEST_F(QueueTableTest, BringsRejectedWorkBackToWhoDidItBeforeAnythingElse) {
  const auto first = add("first", 1);
  add("second", 2);
  EXPECT_EQ(take(user), first);
  set_review(first, "submitted");
  EXPECT_NE(take(user), first);
  set_review(first, "rejected");
  EXPECT_EQ(take(user), first);
}

TEST_F(QueueTableTest, DoesNotOfferWhatWasSkipped) {
  const auto only = add("only", 1);
  TAKE(write([&](Transaction& tx) {
    return QueueTable(tx).skip(project.id, only, user.id, "unreadable", kNow);
  }));
  EXPECT_EQ(take(user), std::nullopt);
  EXPECT_EQ(take(other), only);
}

TEST_F(QueueTableTest, LetsOthersReview) {
  const auto only = add("only", 1);
  EXPECT_EQ(take(user), only);
  EXPECT_EQ(take(other, Work::review), std::nullopt);
  set_review(only, "submitted");
  EXPECT_EQ(take(user, Work::review), std::nullopt);
  EXPECT_EQ(take(other, Work::review), only);
}

TEST_F(QueueTableTest, GivesEachDocumentToTwoBlindReaders) {
  const auto early = add("early", 1);
  const auto late = add("late", 2);
  const User third = other_user("third");
  EXPECT_EQ(read_blind(user), early);
  EXPECT_EQ(read_blind(user), early);   // goes on
  EXPECT_EQ(read_blind(other), early);  // what others have begun comes first
  EXPECT_EQ(read_blind(third), late);
  submit_reading(early, user);
  EXPECT_EQ(read_blind(user), late);
}

TEST_F(QueueTableTest, GivesWhatAllHaveReadToWhoeverMakesOneOfIt) {
  const auto only = add("only", 1);
  const User judge = other_user("judge");
  read_blind(user);
  submit_reading(only, user);
  read_blind(other);
  EXPECT_EQ(take(judge, Work::review), std::nullopt);
  submit_reading(only, other);
  EXPECT_EQ(take(judge, Work::review), only);
  EXPECT_EQ(read_blind(other_user("late")), std::nullopt);
  TAKE(write([&](Transaction& tx) { return ReadingTable(tx).close({project.id, only}); }));
  EXPECT_EQ(take(judge, Work::review), std::nullopt);
  set_review(only, "rejected");  // one person mends what was made of the readings
  EXPECT_EQ(read_blind(other), only);
  EXPECT_EQ(read_blind(user), std::nullopt);
}

TEST_F(QueueTableTest, CountsWhatWaits) {
  add("one", 1);
  add("two", 2);
  add("done", 3, "accepted");
  EXPECT_EQ(TAKE(read([&](Transaction& tx) {
              return QueueTable(tx).count({project.id, user.id, Work::label, kNow, ""});
            })),
            2);
}

TEST_F(QueueTableTest, WhatIsAssignedComesBeforeWhatIsOlderAndToNobodyElse) {
  const auto early = add("early", 1);
  const auto late = add("late", 2);
  TAKE(write([&](Transaction& tx) {
    return AssignmentTable(tx).assign({project.id, user.id, kNow}, late, other.id);
  }));
  EXPECT_EQ(take(other), late);
  EXPECT_EQ(take(user), early);
  EXPECT_EQ(take(user, Work::label, kNow, early.hex), std::nullopt);
  TAKE(write([&](Transaction& tx) { return AssignmentTable(tx).take_away(project.id, late); }));
  EXPECT_EQ(take(user, Work::label, kNow + kLeaseTime, early.hex), late);
}

TEST_F(QueueTableTest, AssigningTakesItFromWhoeverHadIt) {
  const auto only = add("only", 1);
  EXPECT_EQ(take(user), only);
  TAKE(write([&](Transaction& tx) {
    return AssignmentTable(tx).assign({project.id, user.id, kNow}, only, other.id);
  }));
  EXPECT_EQ(take(user), std::nullopt);
  EXPECT_EQ(take(other), only);
}

TEST_F(QueueTableTest, GivesNewOnesInTheOrderOfTheProject) {
  const auto early = add("early", 1);
  const auto late = add("late", 2);
  const auto unsure = add("unsure", 3);
  TAKE(write([&](Transaction& tx) -> Result<void> {
    DocumentTable documents(tx);
    TRY(documents.set_page_reading(project.id, early, 1, {10, 990}));
    TRY(documents.sum_up_confidence(project.id, early));
    TRY(documents.set_page_reading(project.id, unsure, 1, {10, 400}));
    return documents.sum_up_confidence(project.id, unsure);
  }));
  const auto first = [&](corpus::QueueOrder order, const User& who) {
    return TAKE(write([&](Transaction& tx) {
      return QueueTable(tx).take({project.id, who.id, Work::label, kNow, "", order});
    }));
  };
  EXPECT_EQ(first(corpus::QueueOrder::unsure, user), unsure);
  EXPECT_EQ(first(corpus::QueueOrder::newest, other), late);
}

}  // namespace
}  // namespace storage
