// A server on a free port with few threads and short limits, for one test.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "server/http/server.h"
#include "tests/support/http_client.h"
#include "tests/support/result_matchers.h"

namespace server::http {

struct Serving {
  explicit Serving(Handler handler, HttpServer::Options options = {}) {
    options.listen = "127.0.0.1:0";
    if (options.threads == HttpServer::Options().threads) options.threads = 8;
    if (options.limits.event_streams == ServerLimits().event_streams) {
      options.limits.event_streams = 2;
    }
    options.on_finished = [this](const Exchange& exchange) {
      const std::lock_guard lock(mutex);
      exchanges.push_back(exchange);
    };
    server = TAKE(HttpServer::start(std::move(options), std::move(handler)));
  }

  uint16_t port() const { return server->port(); }
  std::vector<Exchange> finished() {
    const std::lock_guard lock(mutex);
    return exchanges;
  }

  std::mutex mutex;
  std::vector<Exchange> exchanges;
  std::unique_ptr<HttpServer> server;  // last: its threads use what stands above
};

inline Reply echo(Request& request) {
  auto body = request.read_body(1 << 20);
  if (!body.ok()) return Reply::problem(Problem::of(body.error()), request.id);
  return Reply::text(200, std::move(body).value());
}

}  // namespace server::http
