#include "storage/idempotency.h"

#include "tests/storage/store_fixture.h"

namespace storage {
namespace {

using base::Code;

class IdempotencyTest : public StoreTest {
 protected:
  Result<std::optional<StoredReply>> begin(base::Milliseconds now = kNow) {
    return begin(key, now);
  }
  Result<std::optional<StoredReply>> begin(const IdempotencyKey& which,
                                           base::Milliseconds now = kNow) {
    return write([&](Transaction& tx) { return Idempotency(tx).begin(which, now); });
  }
  void finish() {
    TAKE(write([&](Transaction& tx) { return Idempotency(tx).finish(key, reply, kNow); }));
  }

  IdempotencyKey key{user.id, "POST /documents", "k-1"};
  const StoredReply reply{base::sha256_of("a"), 201, "application/json", std::string("{\0}", 3)};
};

TEST_F(IdempotencyTest, LetsTheFirstGoOnAndRepeatsItsReply) {
  EXPECT_EQ(TAKE(begin()), std::nullopt);
  finish();
  EXPECT_EQ(TAKE(begin()), reply);
  EXPECT_EQ(TAKE(begin()), reply);
}

TEST_F(IdempotencyTest, IsBusyWhileTheFirstIsAtWork) {
  EXPECT_EQ(TAKE(begin()), std::nullopt);
  EXPECT_EQ(test::code_of(begin()), Code::busy);
}

TEST_F(IdempotencyTest, KeepsPrincipalsRoutesAndKeysApart) {
  EXPECT_EQ(TAKE(begin()), std::nullopt);
  EXPECT_EQ(TAKE(begin({UserId{99}, key.route, key.key})), std::nullopt);
  EXPECT_EQ(TAKE(begin({key.principal, "POST /other", key.key})), std::nullopt);
  EXPECT_EQ(TAKE(begin({key.principal, key.route, "k-2"})), std::nullopt);
}

TEST_F(IdempotencyTest, MayBeTriedAgainAfterAFailure) {
  EXPECT_EQ(TAKE(begin()), std::nullopt);
  TAKE(write([&](Transaction& tx) { return Idempotency(tx).abandon(key); }));
  EXPECT_EQ(TAKE(begin()), std::nullopt);
}

TEST_F(IdempotencyTest, MayBeTriedAgainAfterACrash) {
  EXPECT_EQ(TAKE(begin()), std::nullopt);
  EXPECT_EQ(TAKE(write([](Transaction& tx) { return Idempotency(tx).abandon_running(); })), 1);
  EXPECT_EQ(TAKE(begin()), std::nullopt);
}

TEST_F(IdempotencyTest, RemembersForADay) {
  EXPECT_EQ(TAKE(begin()), std::nullopt);
  finish();
  EXPECT_EQ(TAKE(begin(kNow + kIdempotencyLifetime - 1)), reply);
  EXPECT_EQ(TAKE(begin(kNow + kIdempotencyLifetime)), std::nullopt);
}

TEST_F(IdempotencyTest, ForgetsWhatIsOld) {
  EXPECT_EQ(TAKE(begin()), std::nullopt);
  finish();
  const auto forget = [&](base::Milliseconds now) {
    return TAKE(write([&](Transaction& tx) { return Idempotency(tx).forget_expired(now); }));
  };
  EXPECT_EQ(forget(kNow + 1), 0);
  EXPECT_EQ(forget(kNow + kIdempotencyLifetime), 1);
}

TEST_F(IdempotencyTest, RefusesKeysOfAnUnlikelyLength) {
  EXPECT_EQ(test::code_of(begin({user.id, "r", ""})), Code::invalid);
  EXPECT_EQ(test::code_of(begin({user.id, "r", std::string(256, 'x')})), Code::invalid);
}

}  // namespace
}  // namespace storage
