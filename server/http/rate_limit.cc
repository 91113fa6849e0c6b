#include "server/http/rate_limit.h"

#include <algorithm>
#include <cmath>
#include <list>
#include <mutex>
#include <string>
#include <unordered_map>

namespace server::http {
namespace {

struct Bucket {
  std::string key;
  double tokens;
  base::Milliseconds filled_at;  // when `tokens` was right
};
using Buckets = std::list<Bucket>;

}  // namespace

struct RateLimiter::State {
  Rate rate;
  mutable std::mutex mutex;
  Buckets buckets;                                                // the one used last comes first
  std::unordered_map<std::string_view, Buckets::iterator> index;  // views into the buckets' keys

  double tokens_at(const Bucket& bucket, base::Milliseconds now) const {
    const auto passed =
        static_cast<double>(std::max<base::Milliseconds>(0, now - bucket.filled_at));
    return std::min(rate.burst, bucket.tokens + passed * rate.per_second / 1000);
  }

  base::Milliseconds wait_for_one(double tokens) const {
    return static_cast<base::Milliseconds>(std::ceil((1 - tokens) * 1000 / rate.per_second));
  }

  void erase(Buckets::iterator bucket) {
    index.erase(bucket->key);
    buckets.erase(bucket);
  }

  // A full bucket says no more than none; the last are the ones idle longest.
  void forget_old(base::Milliseconds now) {
    while (!buckets.empty() &&
           (buckets.size() >= rate.keys || tokens_at(buckets.back(), now) >= rate.burst)) {
      erase(std::prev(buckets.end()));
    }
  }

  Buckets::iterator bucket_of(std::string_view key, base::Milliseconds now) {
    if (const auto found = index.find(key); found != index.end()) {
      buckets.splice(buckets.begin(), buckets, found->second);
      return found->second;
    }
    forget_old(now);
    buckets.push_front({std::string(key), rate.burst, now});
    index.emplace(buckets.front().key, buckets.begin());
    return buckets.begin();
  }
};

RateLimiter::RateLimiter(Rate rate) : state_(std::make_unique<State>()) {
  state_->rate = rate;
  state_->rate.keys = std::max<size_t>(1, rate.keys);
  state_->rate.per_second = std::max(rate.per_second, 1e-6);
}
RateLimiter::~RateLimiter() = default;

std::optional<base::Milliseconds> RateLimiter::take(std::string_view key, base::Milliseconds now) {
  const std::lock_guard lock(state_->mutex);
  const auto bucket = state_->bucket_of(key, now);
  bucket->tokens = state_->tokens_at(*bucket, now);
  bucket->filled_at = now;
  if (bucket->tokens < 1) return state_->wait_for_one(bucket->tokens);
  bucket->tokens -= 1;
  return {};
}

std::optional<base::Milliseconds> RateLimiter::check(std::string_view key,
                                                     base::Milliseconds now) const {
  const std::lock_guard lock(state_->mutex);
  const auto found = state_->index.find(key);
  if (found == state_->index.end()) return {};
  const double tokens = state_->tokens_at(*found->second, now);
  if (tokens < 1) return state_->wait_for_one(tokens);
  return {};
}

void RateLimiter::forget(std::string_view key) {
  const std::lock_guard lock(state_->mutex);
  const auto found = state_->index.find(key);
  if (found != state_->index.end()) state_->erase(found->second);
}

size_t RateLimiter::keys() const {
  const std::lock_guard lock(state_->mutex);
  return state_->buckets.size();
}

int seconds_to_wait(base::Milliseconds wait) {
  return static_cast<int>(std::clamp<base::Milliseconds>((wait + 999) / 1000, 1, 86'400));
}

}  // namespace server::http
