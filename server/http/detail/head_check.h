// Refuses request heads that are ambiguous or oversized. What a proxy in front could read another
// way than we do is where request smuggling begins, so nothing doubtful passes (RFC 9112 section
// 6).
#pragma once

#include <optional>
#include <string_view>

#include "server/http/headers.h"
#include "server/http/problem.h"
#include "server/http/request.h"
#include "server/http/server.h"

namespace server::http::detail {

// A request line and headers as they came.
struct Head {
  std::string_view method;
  std::string_view version;  // "1.1"
  std::string_view target;   // path and query as sent
  bool complete = true;      // the library has shown us every header
  const Headers& headers;
};

// The refusal (400, 414, 417, 431, 501, 505), after which the connection must be closed.
std::optional<Problem> refuse_head(const Head& head, const ServerLimits& limits);

// Whether the client lets the connection live on after this request.
bool wants_keep_alive(std::string_view version, const Headers& headers);

}  // namespace server::http::detail
