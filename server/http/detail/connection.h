// One request on one connection of the HTTP library: its head, its body, and the way back.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "server/http/detail/watchdog.h"
#include "server/http/problem.h"
#include "server/http/request.h"
#include "server/http/server.h"

struct mg_connection;

namespace server::http::detail {

class Connection {
 public:
  Connection(mg_connection* raw, const ServerLimits& limits, Watchdog& watchdog);

  // Fills the request from the head; the refusal if the head is not acceptable.
  std::optional<Problem> read_head(Request& request);
  bool wants_keep_alive() const { return keep_alive_; }

  // The next bytes of the body, 0 at its end. Says why in `state` when it fails.
  base::Result<size_t> read(char* buffer, size_t size, Request::BodyState& state);
  // All or nothing, false when the client has gone or takes too long.
  bool write(std::string_view bytes);

  // Whether the connection could serve another request after the rest of the body was dropped.
  bool rest_is_small() const;
  // Drops it; false if it did not end in time.
  bool drop_rest();
  // No further request on this connection. Takes some of what the client still sends, as closing
  // with unread bytes resets the connection and may take the reply with it.
  void close();

 private:
  bool body_ended() const;
  base::Result<size_t> fail(Request::BodyState& state, Request::BodyState why, std::string words);
  bool too_slow() const;
  Watchdog::Clock::time_point deadline_for(uint64_t bytes) const;

  mg_connection* raw_;
  const ServerLimits& limits_;
  Watchdog& watchdog_;
  Client client_;
  bool keep_alive_ = false;
  bool chunked_ = false;
  uint64_t length_ = 0;
  uint64_t received_ = 0;
  bool ended_ = false;            // the last chunk came, or reading failed
  bool awaits_continue_ = false;  // the client holds its body back until we say so
  std::chrono::steady_clock::duration waited_{0};
};

}  // namespace server::http::detail
