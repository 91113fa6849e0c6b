// What a route answers: a status, headers and one kind of body. The server sends it after the
// handler has returned, so a handler never blocks on a slow reader unless it streams.
//
//   return Reply::json(200, document).cache("private, no-cache").etag(blob_id);
//   return Reply::file(std::move(fd), size, "application/pdf").etag(md5).immutable();
//   return Reply::stream(200, "application/x-tar", [=](Writer& out) { return pack(out); });
//   return Reply::events([=](EventStream& out) { return follow(out); });
//
// A GET with If-None-Match equal to the ETag becomes 304; files and seekable streams serve ranges,
// other streams do not; HEAD sends the same headers without the body. Security headers are added to
// every reply for browsers. Belongs to one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/file.h"
#include "base/json.h"
#include "base/result.h"
#include "server/http/headers.h"
#include "server/http/problem.h"

namespace server::http {

// Where a streaming reply's bytes go. write() blocks while the client is slow and fails with
// Code::io when it has gone: stop then. Small writes are not collected: write large blocks.
class Writer {
 public:
  using Sink = std::function<base::Result<void>(std::string_view)>;
  explicit Writer(Sink sink, std::function<bool()> stopping = {})
      : sink_(std::move(sink)), stopping_(std::move(stopping)) {}
  base::Result<void> write(std::string_view bytes);
  uint64_t bytes_written() const { return written_; }
  // The server is shutting down: end soon and tidily.
  bool stopping() const { return stopping_ && stopping_(); }

 private:
  Sink sink_;
  std::function<bool()> stopping_;
  uint64_t written_ = 0;
};

// One event of a server-sent event stream (HTML living standard, section 9.2).
struct Event {
  std::string id;    // comes back as Last-Event-ID after a break; may be empty
  std::string name;  // the event type; empty means "message"
  std::string data;  // any lines
  bool operator==(const Event&) const = default;
};
std::string to_event_stream(const Event& event);

class EventStream {
 public:
  explicit EventStream(Writer& out) : out_(out) {}
  base::Result<void> send(const Event& event);
  // A comment line: keeps proxies from closing a silent stream and finds out whether the client
  // is still there. Send one at least every 15 seconds.
  base::Result<void> heartbeat();
  // How long the client waits before it comes back after a break.
  base::Result<void> retry_after(std::chrono::milliseconds wait);
  // False when the server is shutting down: return then; the client reconnects elsewhere.
  bool open() const { return !out_.stopping(); }

 private:
  Writer& out_;
};

using StreamBody = std::function<base::Result<void>(Writer&)>;
using EventBody = std::function<base::Result<void>(EventStream&)>;

struct FileBody {
  base::UniqueFd fd;
  uint64_t size = 0;
  uint64_t offset = 0;  // where in the file the content begins
};
// Without a length the reply is chunked (HTTP/1.1) or ends with the connection (1.0).
struct SizedStream {
  std::optional<uint64_t> length;
  StreamBody write;
};
// The byte range that a Range header asks of a content of `size` bytes (RFC 9110 section 14).
struct ByteRange {
  uint64_t first = 0;
  uint64_t length = 0;
  bool operator==(const ByteRange&) const = default;
};
// A stream that can be made from any byte on, so that a broken download goes on where it stopped.
// Its length is asked for only where a reply must name it (a Range, a HEAD): it may cost a while.
struct SeekableStream {
  std::function<base::Result<uint64_t>()> length;
  std::function<base::Result<void>(Writer&, const ByteRange&)> write;
};
struct EventsBody {
  EventBody write;
};

class Reply {
 public:
  int status = 200;
  Headers headers;
  std::variant<std::string, FileBody, SizedStream, SeekableStream, EventsBody> body;
  bool close = false;  // end the connection after this reply
  // False for a program's own protocol, such as git's: sent without the headers that guide browsers
  // and people, exactly as it stands.
  bool for_browsers = true;
  std::string failure;  // why it is a 5xx: for the log, never sent

  static Reply empty(int status);  // Content-Length: 0, also for the 404 of DVC's routes
  static Reply text(int status, std::string text,
                    std::string media_type = "text/plain; charset=utf-8");
  static Reply json(int status, const base::Json& value);
  static Reply problem(const Problem& problem, std::string_view request_id);
  static Reply redirect(int status, std::string location);
  static Reply file(base::UniqueFd fd, uint64_t size, std::string media_type);
  static Reply stream(int status, std::string media_type, StreamBody write,
                      std::optional<uint64_t> length = {});
  static Reply seekable(std::string media_type, SeekableStream stream);
  // Counted apart from other connections and capped: beyond the cap the client gets 503.
  static Reply events(EventBody write);

  Reply with(std::string name, std::string value) &&;
  // Strong, quoted here. The value must not hold a quote.
  Reply etag(std::string_view value) &&;
  Reply cache(std::string control) &&;
  // "private, max-age=31536000, immutable": for what a digest names.
  Reply immutable() &&;
  // Content-Disposition: attachment with filename and filename* (RFC 6266): never rendered.
  Reply download(std::string_view file_name) &&;
  Reply set_cookie(std::string cookie) &&;
  // For bytes that strangers have uploaded: a browser gives them no origin and runs nothing in
  // them.
  Reply untrusted() &&;
};

struct RangeAnswer {
  enum class Kind { whole, part, unsatisfiable } kind = Kind::whole;
  ByteRange range;
  bool operator==(const RangeAnswer&) const = default;
};
// Several ranges, other units and malformed headers are answered whole, as the RFC allows.
RangeAnswer parse_range(std::string_view header, uint64_t size);

// Whether an If-None-Match or If-Match list names the strong or weak tag, or is "*".
bool etag_matches(std::string_view list, std::string_view etag);

// On every reply: nosniff, a content security policy, no framing, no referrer; HSTS over TLS.
// A header that the route has set stays. Without a Cache-Control a reply is not stored, or, with an
// ETag, asked for again each time.
void add_security_headers(Headers& headers, bool secure);

}  // namespace server::http
