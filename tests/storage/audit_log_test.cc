#include "storage/audit_log.h"

#include "tests/storage/store_fixture.h"

namespace storage {
namespace {

class AuditLogTest : public StoreTest {
 protected:
  AuditHead append(const std::string& action, UserId who = {}) {
    return TAKE(write([&](Transaction& tx) {
      return AuditLog(tx).append({.at = kNow,
                                  .organisation = organisation.id,
                                  .user = who,
                                  .action = action,
                                  .resource = "acme/claims/documents/é",
                                  .outcome = "ok",
                                  .address = "192.0.2.1",
                                  .request_id = "r",
                                  .detail = base::Json::object({{"sha256", "00"}})});
    }));
  }
  AuditCheck verify() {
    return TAKE(read([](Transaction& tx) { return AuditLog(tx).verify(); }));
  }
  std::vector<AuditEntry> entries(const AuditQuery& query = {}) {
    return TAKE(read([&](Transaction& tx) { return AuditLog(tx).read(query); }));
  }
  void tamper(const char* sql) {
    ASSERT_EQ(TAKE(write([&](Transaction& tx) { return tx.execute(sql); })), 1);
  }
};

TEST_F(AuditLogTest, GivesBackWhatWasAppended) {
  append("document.read", user.id);
  const AuditEntry entry = entries().at(0);
  EXPECT_EQ(entry.sequence, 1);
  EXPECT_EQ(entry.at, kNow);
  EXPECT_EQ(entry.user, user.id);
  EXPECT_EQ(entry.organisation, organisation.id);
  EXPECT_EQ(entry.action, "document.read");
  EXPECT_EQ(entry.resource, "acme/claims/documents/é");
  EXPECT_EQ(entry.address, "192.0.2.1");
  EXPECT_EQ(entry.detail, base::Json::object({{"sha256", "00"}}));
}

TEST_F(AuditLogTest, AnEmptyLogIsWhole) {
  EXPECT_EQ(verify().entries, 0);
  EXPECT_EQ(verify().broken_at, 0);
}

TEST_F(AuditLogTest, AChainThatNobodyTouchedIsWhole) {
  append("a");
  append("b");
  const AuditHead head = append("c");
  const AuditCheck check = verify();
  EXPECT_EQ(check.entries, 3);
  EXPECT_EQ(check.broken_at, 0);
  EXPECT_EQ(check.head, head);
}

TEST_F(AuditLogTest, ChainsByTheDocumentedRule) {
  const AuditHead first = append("a"), second = append("b");
  const std::string text = TAKE(read([](Transaction& tx) {
                             return tx.query("SELECT entry FROM audit WHERE sequence = 2");
                           }))
                               .front()
                               .text(0);
  EXPECT_EQ(second.hash, base::sha256_of(first.hash.hex() + "\n" + text));
}

TEST_F(AuditLogTest, FindsAChangedEntry) {
  append("a"), append("b"), append("c");
  tamper("UPDATE audit SET entry = replace(entry, '192.0.2.1', '192.0.2.9') WHERE sequence = 2");
  EXPECT_EQ(verify().broken_at, 2);
  EXPECT_EQ(verify().entries, 1);
}

TEST_F(AuditLogTest, FindsAChangedColumn) {
  append("a"), append("b");
  tamper("UPDATE audit SET resource = 'elsewhere' WHERE sequence = 1");
  EXPECT_EQ(verify().broken_at, 1);
}

TEST_F(AuditLogTest, FindsARemovedEntry) {
  append("a"), append("b"), append("c");
  tamper("DELETE FROM audit WHERE sequence = 2");
  EXPECT_EQ(verify().broken_at, 3);
}

TEST_F(AuditLogTest, ACutOffEndShowsInTheHead) {
  append("a");
  const AuditHead head = append("b");
  tamper("DELETE FROM audit WHERE sequence = 2");
  EXPECT_EQ(verify().broken_at, 0);
  EXPECT_NE(verify().head, head);
}

TEST_F(AuditLogTest, FindsAReplacedEntryWithAFreshHash) {
  append("a"), append("b");
  const AuditHead forged = [&] {
    const auto row = TAKE(read([](Transaction& tx) {
                       return tx.query("SELECT entry FROM audit WHERE sequence = 1");
                     })).front();
    std::string entry = row.text(0);
    entry.replace(entry.find("\"a\""), 3, "\"z\"");
    const base::Sha256 hash = base::sha256_of(base::Sha256{}.hex() + "\n" + entry);
    TAKE(write([&](Transaction& tx) {
      return tx.execute("UPDATE audit SET entry = ?, hash = ?, action = 'z' WHERE sequence = 1",
                        {entry, hash});
    }));
    return AuditHead{1, hash};
  }();
  EXPECT_EQ(verify().head, forged);
  EXPECT_EQ(verify().broken_at, 2);
}

TEST_F(AuditLogTest, Filters) {
  append("document.read", user.id), append("token.create"), append("document.write", user.id);
  EXPECT_EQ(entries({.user = user.id}).size(), 2u);
  EXPECT_EQ(entries({.action_prefix = "document."}).size(), 2u);
  EXPECT_EQ(entries({.resource_prefix = "acme/claims/documents/é"}).size(), 3u);
  EXPECT_EQ(entries({.resource_prefix = "globex/"}).size(), 0u);
  EXPECT_EQ(entries({.after = 2}).size(), 1u);
  EXPECT_EQ(entries({.limit = 2}).size(), 2u);
}

}  // namespace
}  // namespace storage
