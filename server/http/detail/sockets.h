// Reaching the sockets that the HTTP library keeps to itself, for a prompt and tidy stop: it can
// neither stop listening while requests run nor wake connections that are idle.
#pragma once

#include <cstdint>
#include <string>

#include "base/file.h"
#include "base/result.h"

namespace server::http::detail {

// Takes the listening socket of this process on that port out of service: new connections are
// refused from here on. In its place in the descriptor table stands a pipe that stays silent until
// wake(), so that whoever polls it sleeps.
class ClosedListener {
 public:
  static base::Result<ClosedListener> close_listener(uint32_t address, uint16_t port);
  void wake();

 private:
  base::UniqueFd write_end_;
};

// Ends reading on every connection that clients have made to this port of this process: idle ones
// end at once, replies under way are still sent.
void end_reading_on_port(uint16_t port);

// The far end of a connection to this process's `server_port`.
struct Client {
  std::string address;
  uint16_t port = 0;
  uint16_t server_port = 0;
  bool operator==(const Client&) const = default;
};

// Ends that client's connection in both directions: a call that blocks on it returns.
void cut_connection(const Client& client);

}  // namespace server::http::detail
