#include "storage/proposal_table.h"

#include "tests/storage/store_fixture.h"

namespace storage {
namespace {

class ProposalTableTest : public StoreTest {
 protected:
  Proposal open(const char* title, ProjectId where = {}) {
    return TAKE(write([&](Transaction& tx) {
      return ProposalTable(tx).open(where ? where : project.id, user.id, title, kNow);
    }));
  }
  Proposal find(int64_t number) {
    return TAKE(read([&](Transaction& tx) { return ProposalTable(tx).find(project.id, number); }));
  }
  std::vector<int64_t> numbers(UserId author = {}, std::optional<ProposalState> state = {}) {
    std::vector<int64_t> out;
    const auto list = TAKE(
        read([&](Transaction& tx) { return ProposalTable(tx).list(project.id, author, state); }));
    for (const Proposal& proposal : list) out.push_back(proposal.number);
    return out;
  }
};

TEST_F(ProposalTableTest, CountsInEachProject) {
  EXPECT_EQ(open("a").number, 1);
  EXPECT_EQ(open("b").number, 2);
  EXPECT_EQ(open("c", other_project().id).number, 1);
  EXPECT_EQ(numbers(), (std::vector<int64_t>{2, 1}));
}

TEST_F(ProposalTableTest, KnowsItsAuthor) {
  const Proposal made = open("Fix the totals");
  EXPECT_EQ(find(1), made);
  EXPECT_EQ(made.author, user.id);
  EXPECT_EQ(made.author_address, user.addresses.front());
  EXPECT_EQ(numbers(user.id), (std::vector<int64_t>{1}));
  EXPECT_EQ(numbers(UserId{user.id.value + 1000}), (std::vector<int64_t>{}));
}

TEST_F(ProposalTableTest, RemembersWhatBecameOfIt) {
  open("a");
  open("b");
  TAKE(write([&](Transaction& tx) {
    return ProposalTable(tx).decide(project.id, 1, ProposalState::closed, user.id, "old", kNow + 5);
  }));
  const Proposal closed = find(1);
  EXPECT_EQ(closed.state, ProposalState::closed);
  EXPECT_EQ(closed.reason, "old");
  EXPECT_EQ(closed.decided_by, user.id);
  EXPECT_EQ(closed.changed_at, kNow + 5);
  EXPECT_EQ(numbers({}, ProposalState::open), (std::vector<int64_t>{2}));
}

TEST_F(ProposalTableTest, KeepsItsTitleUnlessThereIsANewOne) {
  open("a");
  const auto touch = [&](const char* title) {
    TAKE(write(
        [&](Transaction& tx) { return ProposalTable(tx).touch(project.id, 1, title, kNow + 1); }));
    return find(1).title;
  };
  EXPECT_EQ(touch(""), "a");
  EXPECT_EQ(touch("b"), "b");
}

TEST_F(ProposalTableTest, DoesNotFindWhatIsNotThere) {
  const auto found = read([&](Transaction& tx) { return ProposalTable(tx).find(project.id, 7); });
  EXPECT_EQ(test::code_of(found), base::Code::not_found);
}

}  // namespace
}  // namespace storage
