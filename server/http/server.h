// The HTTP server: listens, reads requests, asks the handler, sends replies. civetweb lives behind
// this header (docs/decisions/0070-civetweb-behind-a-door.md).
//
//   HttpServer::Options options;
//   options.listen = "127.0.0.1:0";                            // port 0: a free one
//   auto server = TRY(HttpServer::start(std::move(options),
//                                       [&](Request& request) { return router.handle(request); }));
//   log_info("listening", {{"address", server->address()}});
//   ...
//   server->stop(std::chrono::seconds(20));
//
// Many threads, one per open connection: a connection holds its thread while it is idle, so idle
// time is short and gets none at all when threads run out. The handler is called from many threads
// at once; what it throws becomes a 500. start() and stop() belong to one thread; the rest may be
// called from any.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "server/http/reply.h"
#include "server/http/request.h"

namespace server::http {

struct ServerLimits {
  std::chrono::milliseconds head_timeout{10'000};  // the whole request head, and each silence
                                                   // within a body or a blocked write
  std::chrono::milliseconds keep_alive{5'000};     // idle between two requests
  uint64_t least_body_rate = 1024;                 // bytes a second, averaged after `head_timeout`
  uint64_t body_bytes = uint64_t{64} << 20;        // unless the route says otherwise
  size_t target_bytes = 8 << 10;                   // 414 beyond
  size_t head_bytes = 15 << 10;                    // request line and headers; 431 beyond
  size_t header_count = 60;                        // 431 beyond
  unsigned event_streams = 64;                     // open at once; 503 beyond
  uint64_t drain_bytes = 256 << 10;  // unread rest of a body that is worth reading to keep alive
};

// PEM files. The chain may be in the certificate's file. Whether it works depends on the civetweb
// that is installed: Debian 12's is made for OpenSSL 1.1 and start() refuses there.
struct TlsFiles {
  base::Path certificate;
  base::Path private_key;
};

// A finished request, as the log line and the metrics tell it.
struct Exchange {
  Method method = Method::get;
  std::string route;  // the template; empty when no route matched
  int status = 0;
  std::chrono::microseconds duration{0};
  uint64_t bytes_in = 0;   // of the body
  uint64_t bytes_out = 0;  // of the body
  std::string request_id;
  std::string user_id;
  std::string peer;
  bool aborted = false;  // the client left or the stream failed before its end
  std::string failure;   // why it was a 5xx, for the log only
};

// One line "request" on the log: never a path, a query, a header or a body.
void log_exchange(const Exchange& exchange);

using Handler = std::function<Reply(Request&)>;

class HttpServer {
 public:
  struct Options {
    std::string listen = "127.0.0.1:8080";
    unsigned threads = 256;
    ServerLimits limits;
    std::optional<TlsFiles> tls;
    // Addresses or IPv4 networks ("10.0.0.0/8") whose X-Forwarded-For / -Proto are believed.
    std::vector<std::string> trusted_proxies;
    std::function<void(const Exchange&)> on_finished = log_exchange;
  };

  // Code::invalid for a bad option, Code::io when the address is taken or the key unreadable.
  static base::Result<std::unique_ptr<HttpServer>> start(Options options, Handler handler);
  ~HttpServer();  // stop() with no patience, if not yet stopped
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // Refuses new connections at once, tells streams to end, lets running requests finish until
  // `patience` is over, then closes everything. True if all requests had finished.
  bool stop(std::chrono::milliseconds patience);

  std::string address() const;  // "127.0.0.1:4711", the port really taken
  uint16_t port() const;
  bool stopping() const;

  struct Counts {
    unsigned running = 0;      // requests being handled
    unsigned connections = 0;  // open
    unsigned event_streams = 0;
    uint64_t finished = 0;  // requests since the start
  };
  Counts counts() const;

 private:
  struct Core;
  explicit HttpServer(std::unique_ptr<Core> core);
  std::unique_ptr<Core> core_;
};

}  // namespace server::http
