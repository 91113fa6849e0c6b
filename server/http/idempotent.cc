#include "server/http/idempotent.h"

#include "base/clock.h"
#include "base/digest.h"
#include "server/http/authorize.h"
#include "server/http/body_digest.h"
#include "storage/idempotency.h"

namespace server::http {
namespace {

using base::Result;

constexpr size_t kLongestKey = 255;

// What makes two requests the same request.
Result<base::Sha256> fingerprint_of(const Request& request, BodyDigest& body) {
  const base::Sha256 digest = TRY(body.finish());
  return base::sha256_of(request.raw_path + "\n" + request.raw_query + "\n" + request.media_type() +
                         "\n" + digest.hex());
}

Reply replay(const Context& context, const storage::StoredReply& stored) {
  BodyDigest body(context.request);
  const auto fingerprint = fingerprint_of(context.request, body);
  if (!fingerprint.ok()) return context.problem(fingerprint.error());
  if (*fingerprint != stored.request) {
    return context.problem(Problem::make(
        422, "key_reused", "this Idempotency-Key was used with another request before"));
  }
  Reply reply = Reply::text(stored.status, stored.body, stored.content_type);
  reply.headers.set("Idempotency-Replayed", "true");
  return reply;
}

// What is worth keeping of a reply; nothing of a failure, or of one whose request broke off.
std::optional<storage::StoredReply> stored_reply(const Request& request, BodyDigest& digest,
                                                 const Reply& reply) {
  const auto* body = std::get_if<std::string>(&reply.body);
  if (reply.status >= 400 || body == nullptr) return {};
  const auto fingerprint = fingerprint_of(request, digest);
  if (!fingerprint.ok()) return {};
  return storage::StoredReply{
      *fingerprint, reply.status,
      std::string(reply.headers.value_or("content-type", "application/json")), *body};
}

Reply act(Services& services, const RouteHandler& handler, Context& context,
          const storage::IdempotencyKey& key) {
  BodyDigest digest(context.request);
  Reply reply = handler(context);
  const auto stored = stored_reply(context.request, digest, reply);
  const auto ended = services.database->write([&](storage::Transaction& tx) -> Result<void> {
    storage::Idempotency table(tx);
    return stored ? table.finish(key, *stored, base::now_milliseconds()) : table.abandon(key);
  });
  if (!ended.ok() && stored) return context.problem(ended.error());
  return reply;
}

Reply run_once(Services& services, const RouteHandler& handler, Context& context,
               const storage::IdempotencyKey& key) {
  const auto begun = services.database->write([&](storage::Transaction& tx) {
    return storage::Idempotency(tx).begin(key, base::now_milliseconds());
  });
  if (begun.ok()) return *begun ? replay(context, **begun) : act(services, handler, context, key);
  if (begun.error().code != base::Code::busy) return context.problem(begun.error());
  return context.problem(Problem::make(409, "in_progress", begun.error().what));
}

}  // namespace

RouteHandler idempotent(Services& services, RouteHandler handler) {
  return [&services, handler = std::move(handler)](Context& context) -> Reply {
    const std::string* header = context.request.headers.find("idempotency-key");
    if (header == nullptr) return handler(context);
    if (header->empty() || header->size() > kLongestKey) {
      return context.problem(
          Problem::make(400, "invalid", "an Idempotency-Key has 1 to 255 characters"));
    }
    const storage::IdempotencyKey key{principal_of(context).user.id, "POST " + context.request.path,
                                      *header};
    return run_once(services, handler, context, key);
  };
}

}  // namespace server::http
