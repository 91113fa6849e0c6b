#include "server/http/idempotent.h"

#include "base/clock.h"
#include "base/digest.h"
#include "server/http/authorize.h"
#include "storage/idempotency.h"

namespace server::http {
namespace {

constexpr size_t kLongestKey = 255;

// What makes two requests the same request: the target and the declared shape of the body. The
// body itself streams by; bytes that differ under one key are caught by their length.
base::Sha256 fingerprint_of(const Request& request) {
  const std::string length =
      request.content_length ? std::to_string(*request.content_length) : "chunked";
  return base::sha256_of(request.raw_path + "\n" + request.raw_query + "\n" + length);
}

Reply replay(const storage::StoredReply& stored) {
  Reply reply = Reply::text(stored.status, stored.body, stored.content_type);
  reply.headers.set("Idempotency-Replayed", "true");
  return reply;
}

Reply run_once(Services& services, const RouteHandler& handler, Context& context,
               const storage::IdempotencyKey& key) {
  const base::Sha256 fingerprint = fingerprint_of(context.request);
  const auto begun = services.database->write([&](storage::Transaction& tx) {
    return storage::Idempotency(tx).begin(key, fingerprint, base::now_milliseconds());
  });
  if (!begun.ok()) {
    const bool running = begun.error().code == base::Code::busy;
    return context.problem(Problem::make(
        running ? 409 : 422, running ? "in_progress" : "key_reused", begun.error().what));
  }
  if (*begun) return replay(**begun);
  Reply reply = handler(context);
  const auto* body = std::get_if<std::string>(&reply.body);
  const bool keep = reply.status < 400 && body != nullptr;
  const auto ended = services.database->write([&](storage::Transaction& tx) -> base::Result<void> {
    storage::Idempotency table(tx);
    if (!keep) return table.abandon(key);
    return table.finish(
        key,
        {reply.status, std::string(reply.headers.value_or("content-type", "application/json")),
         *body},
        base::now_milliseconds());
  });
  if (!ended.ok() && keep) return context.problem(ended.error());
  return reply;
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
