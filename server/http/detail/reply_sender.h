// Writes a reply in HTTP/1.1 (or 1.0): conditions, ranges, lengths, chunks.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "server/http/reply.h"
#include "server/http/request.h"

namespace server::http::detail {

struct Wire {
  std::function<bool(std::string_view)> write;  // all or nothing; false when the client has gone
  bool keep_alive = true;                       // what the reply will tell the client
};

struct Sent {
  int status = 0;
  uint64_t bytes = 0;        // of the body
  bool aborted = false;      // the client cannot trust the reply's end: close the connection
  bool until_close = false;  // the end of the connection is the end of the body
  std::string failure;       // why a stream failed on our side
};

Sent send_reply(Reply& reply, const Request& request, const Wire& wire);

}  // namespace server::http::detail
