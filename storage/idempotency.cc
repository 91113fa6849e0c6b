#include "storage/idempotency.h"

namespace storage {
namespace {

constexpr size_t kLongestKey = 255;

Result<std::optional<StoredReply>> reply_of(const Row& row) {
  if (row.integer(1) == 0) {
    return base::Error{base::Code::busy,
                       "the first request with this Idempotency-Key is still at work"};
  }
  return std::optional<StoredReply>(StoredReply{
      row.hash<base::Sha256>(0), static_cast<int>(row.integer(1)), row.text(2), row.bytes(3)});
}

}  // namespace

Result<std::optional<StoredReply>> Idempotency::begin(const IdempotencyKey& key,
                                                      base::Milliseconds now) {
  if (key.key.empty() || key.key.size() > kLongestKey) {
    return base::Error{base::Code::invalid, "an Idempotency-Key has 1 to 255 bytes"};
  }
  // An expired key is free again, even if nobody has swept it up yet.
  TRY(
      tx_.execute("DELETE FROM idempotency WHERE principal_id = ? AND route = ? AND key = ?"
                  " AND created_at <= ?",
                  {key.principal.value, key.route, key.key, now - kIdempotencyLifetime}));
  const int64_t inserted =
      TRY(tx_.execute("INSERT INTO idempotency (principal_id, route, key, fingerprint, created_at)"
                      " VALUES (?, ?, ?, x'', ?) ON CONFLICT DO NOTHING",
                      {key.principal.value, key.route, key.key, now}));
  if (inserted == 1) return std::optional<StoredReply>();
  const auto row =
      TRY(tx_.query_first("SELECT fingerprint, status, content_type, body FROM idempotency"
                          " WHERE principal_id = ? AND route = ? AND key = ?",
                          {key.principal.value, key.route, key.key}));
  return reply_of(row.value());
}

Result<void> Idempotency::finish(const IdempotencyKey& key, const StoredReply& reply,
                                 base::Milliseconds now) {
  TRY(
      tx_.execute("UPDATE idempotency SET fingerprint = ?, status = ?, content_type = ?, body = ?,"
                  " created_at = ? WHERE principal_id = ? AND route = ? AND key = ?",
                  {reply.request, reply.status, reply.content_type, Blob{reply.body}, now,
                   key.principal.value, key.route, key.key}));
  return {};
}

Result<void> Idempotency::abandon(const IdempotencyKey& key) {
  TRY(
      tx_.execute("DELETE FROM idempotency WHERE principal_id = ? AND route = ? AND key = ?"
                  " AND status = 0",
                  {key.principal.value, key.route, key.key}));
  return {};
}

Result<int64_t> Idempotency::abandon_running() {
  return tx_.execute("DELETE FROM idempotency WHERE status = 0");
}

Result<int64_t> Idempotency::forget_expired(base::Milliseconds now) {
  return tx_.execute("DELETE FROM idempotency WHERE created_at <= ?", {now - kIdempotencyLifetime});
}

}  // namespace storage
