// Idempotency-Key: a POST that is sent again gets the first one's reply and acts once.
// (draft-ietf-httpapi-idempotency-key-header-07; keys are remembered for 24 hours.)
//
//   const auto begun = TRY(Idempotency(tx).begin(key, fingerprint, now));
//   if (begun) return *begun;                   // the stored reply
//   ... act ...; in the same transaction: TRY(Idempotency(tx).finish(key, reply, now));
//   on failure: TRY(Idempotency(tx).abandon(key));      // the client may try again
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "base/digest.h"
#include "storage/database.h"

namespace storage {

struct IdempotencyKey {
  UserId principal = {};
  std::string route = {};  // "POST /api/v1/projects/{org}/{project}/documents", with its parameters
  std::string key = {};    // as sent; at most 255 bytes
};

struct StoredReply {
  int status = 0;
  std::string content_type;
  std::string body;
  bool operator==(const StoredReply&) const = default;
};

inline constexpr base::Milliseconds kIdempotencyLifetime = 24 * 3'600'000;

class Idempotency {
 public:
  explicit Idempotency(Transaction& tx) : tx_(tx) {}

  // Nothing: go on and act. A reply: send it again.
  // busy (409): the first is still at work. invalid (422): same key, another payload.
  Result<std::optional<StoredReply>> begin(const IdempotencyKey& key,
                                           const base::Sha256& fingerprint, base::Milliseconds now);
  Result<void> finish(const IdempotencyKey& key, const StoredReply& reply, base::Milliseconds now);
  Result<void> abandon(const IdempotencyKey& key);
  // At start-up: what a dead process left at work may be tried again.
  Result<int64_t> abandon_running();
  Result<int64_t> forget_expired(base::Milliseconds now);

 private:
  Transaction& tx_;
};

}  // namespace storage
