// Idempotency-Key: a POST that is sent again gets the first one's reply and acts once.
// (draft-ietf-httpapi-idempotency-key-header-07; keys are remembered for 24 hours.)
//
//   const auto begun = TRY(Idempotency(tx).begin(key, now));
//   if (begun) ...                              // compare begun->request, then send it again
//   ... act ...; TRY(Idempotency(tx).finish(key, reply, now));
//   on failure: TRY(Idempotency(tx).abandon(key));      // the client may try again
//
// The request's digest is known once its body has been read: so finish() stores it, not begin().
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
  base::Sha256 request;  // the digest of what was asked: another request may not use its key
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
  // busy: the first is still at work. invalid: no key has this length.
  Result<std::optional<StoredReply>> begin(const IdempotencyKey& key, base::Milliseconds now);
  Result<void> finish(const IdempotencyKey& key, const StoredReply& reply, base::Milliseconds now);
  Result<void> abandon(const IdempotencyKey& key);
  // At start-up: what a dead process left at work may be tried again.
  Result<int64_t> abandon_running();
  Result<int64_t> forget_expired(base::Milliseconds now);

 private:
  Transaction& tx_;
};

}  // namespace storage
