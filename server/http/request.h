// One request as the routes see it: a plain description and a body that is read as a stream.
//
//   char block[65536];
//   while (const size_t n = TRY(request.read(block, sizeof(block)))) sink(block, n);
//
//   const base::Json body = TRY(request.read_json());        // whole, within the route's limit
//
// The server has already refused what is ambiguous: both Content-Length and Transfer-Encoding,
// repeated lengths, odd paths (server/http/url.h), oversized heads. `Expect: 100-continue` is
// answered before the first read. A body is decoded from chunks, never from Content-Encoding: that
// is the route's business. Belongs to the thread that handles the request and is gone afterwards;
// a streaming reply's body function still runs within its life.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "server/http/headers.h"
#include "server/http/url.h"

namespace server::http {

enum class Method { get, head, post, put, patch, delete_, options };

std::string_view name_of(Method method);  // "GET"
std::optional<Method> parse_method(std::string_view name);
// GET, HEAD and OPTIONS change nothing.
bool is_safe(Method method);

// Fills the buffer with what is there, at least one byte; 0 at the end of the body.
using BodyReader = std::function<base::Result<size_t>(char* buffer, size_t size)>;

class Request {
 public:
  Method method = Method::get;
  std::string raw_path;  // as sent, without the query
  std::string path;      // decoded
  std::string raw_query;
  Query query;
  Headers headers;
  std::string version = "1.1";
  std::string peer;       // the client's address; behind a trusted proxy, the one it reports
  bool secure = false;    // TLS, ended here or at a trusted proxy
  bool loopback = false;  // the connection itself comes from this machine
  std::string id;         // unguessable, or the caller's own X-Request-Id: [A-Za-z0-9._-]{1,64}

  // Nothing if the body is chunked or there is none.
  std::optional<uint64_t> content_length;
  bool chunked = false;
  bool has_body() const { return chunked || content_length.value_or(0) > 0; }

  // The next bytes of the body; 0 at its end. Errors: Code::limit beyond the body limit,
  // Code::invalid for broken chunks, Code::io when the client has gone or is too slow: whatever the
  // route answers then, the client is told 400 or 408 and the connection ends.
  base::Result<size_t> read(char* buffer, size_t size);
  // The whole rest of the body; Code::limit beyond `limit` bytes.
  base::Result<std::string> read_body(size_t limit = size_t{1} << 20);
  // One JSON value; an empty body is an error.
  base::Result<base::Json> read_json(size_t limit = size_t{1} << 20);
  // Reads and drops up to `limit` bytes; true if the body ended there. For replies like "already
  // there", after which the connection should live on.
  bool drain(uint64_t limit);

  // The most bytes that read() gives in all. The router lowers or raises it to the route's own.
  uint64_t body_limit = uint64_t{64} << 20;
  uint64_t body_bytes_read() const { return body_read_; }

  std::optional<std::string> cookie(std::string_view name) const;
  // The media type of Content-Type in lower case without parameters; empty if there is none.
  std::string media_type() const;
  // "https://host:port" as the client sees this server (Host, TLS or a trusted proxy's headers).
  std::string base_url() const;

  // What the log line and the metrics say of the request: set by the router.
  std::string route;    // the path template, e.g. "/api/v1/projects/{org}/{project}"
  std::string user_id;  // of the authenticated principal

  // How reading the body ended, for the reply and the connection's future.
  enum class BodyState { fine, too_large, malformed, slow, gone };
  BodyState body_state = BodyState::fine;

  // Given by the server (tests give their own).
  BodyReader body;
  std::function<bool()> stopping;  // whether the server is shutting down; may be null

 private:
  uint64_t body_read_ = 0;
};

// The error that read() gives above the limit; Problem::of makes it a 413.
base::Error body_too_large(uint64_t limit);

// A client's request id if it is harmless in logs and headers, else a new one.
std::string request_id_from(const std::string* header);

}  // namespace server::http
