// Token buckets per key, in bounded memory: for failed logins per address, requests per token.
//
//   RateLimiter failures({.per_second = 0.1, .burst = 10});
//   if (const auto wait = failures.take(request.peer, base::now_milliseconds())) {
//     return context.problem(Problem::too_many_requests(seconds_to_wait(*wait)));
//   }
//
// Safe from any thread. Keys that have been full again for long are forgotten; when more keys are
// busy than `keys`, the one idle longest goes first, so that a flood of keys costs no memory.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

#include "base/clock.h"

namespace server::http {

class RateLimiter {
 public:
  struct Rate {
    double per_second = 1;  // tokens that come back
    double burst = 10;      // tokens of a full bucket
    size_t keys = 100'000;  // remembered at most
  };
  explicit RateLimiter(Rate rate);
  ~RateLimiter();

  // Takes a token; nothing if there was one, else how long until there is one.
  std::optional<base::Milliseconds> take(std::string_view key, base::Milliseconds now);
  // The same answer without taking: for "is this address locked out?" before the password is tried.
  std::optional<base::Milliseconds> check(std::string_view key, base::Milliseconds now) const;
  // Fills the bucket again, e.g. after a successful login.
  void forget(std::string_view key);
  size_t keys() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// For Retry-After: at least 1, rounded up.
int seconds_to_wait(base::Milliseconds wait);

}  // namespace server::http
