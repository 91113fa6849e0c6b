#include "server/http/detail/reply_sender.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <exception>
#include <vector>

#include "base/clock.h"

namespace server::http::detail {
namespace {

constexpr size_t kFirstBlock = 64 << 10;  // a client that only asks whether it exists leaves here
constexpr size_t kBlock = 256 << 10;
constexpr size_t kJoin = 64 << 10;  // bodies up to this size go out with their head in one write

bool has_no_body(int status) {
  return status == 204 || status == 304 || (status >= 100 && status < 200);
}

// 304 for a reader whose copy is still good (RFC 9110 section 13).
void apply_conditions(Reply& reply, const Request& request) {
  if (reply.status != 200 || !(request.method == Method::get || request.method == Method::head)) {
    return;
  }
  const std::string* etag = reply.headers.find("etag");
  const std::string* wanted = request.headers.find("if-none-match");
  if (!etag || !wanted || !etag_matches(*wanted, *etag)) return;
  reply.status = 304;
  reply.headers.remove("content-type");
  reply.headers.remove("content-disposition");
  reply.body = std::string();
}

// If-Range names the version that the client has a part of; a weak tag never matches.
bool range_holds(const Reply& reply, const Request& request) {
  const std::string* condition = request.headers.find("if-range");
  const std::string* etag = reply.headers.find("etag");
  return !condition || (etag && *condition == *etag && etag->substr(0, 2) != "W/");
}

// What the request asks of a content of this size; the reply's head says so.
ByteRange choose_range(Reply& reply, const Request& request, uint64_t size) {
  const std::string* header = request.headers.find("range");
  if (!header || reply.status != 200 || request.method != Method::get ||
      !range_holds(reply, request)) {
    return {0, size};
  }
  const RangeAnswer answer = parse_range(*header, size);
  if (answer.kind == RangeAnswer::Kind::unsatisfiable) {
    reply.status = 416;
    reply.headers.set("Content-Range", "bytes */" + std::to_string(size));
    reply.headers.remove("content-type");
    return {0, 0};
  }
  if (answer.kind == RangeAnswer::Kind::whole) return {0, size};
  const uint64_t last = answer.range.first + answer.range.length - 1;
  reply.status = 206;
  reply.headers.set("Content-Range", "bytes " + std::to_string(answer.range.first) + '-' +
                                         std::to_string(last) + '/' + std::to_string(size));
  return answer.range;
}

void apply_range_to_file(Reply& reply, const Request& request) {
  auto& file = std::get<FileBody>(reply.body);
  const ByteRange range = choose_range(reply, request, file.size);
  if (reply.status == 416) {
    reply.body = std::string();
    return;
  }
  file.offset += range.first;
  file.size = range.length;
}

// The first bytes of a stream go out at once; only who asks for a range, or for the head alone,
// waits until its length is known.
void apply_range_to_stream(Reply& reply, const Request& request) {
  const auto stream = std::get<SeekableStream>(std::move(reply.body));
  std::optional<uint64_t> length;
  ByteRange range{0, UINT64_MAX};
  if (request.headers.find("range") != nullptr || request.method == Method::head) {
    const auto size = stream.length();
    if (size.ok()) {
      range = choose_range(reply, request, *size);
      length = range.length;
    }
  }
  if (reply.status == 416) {
    reply.body = std::string();
    return;
  }
  reply.body =
      SizedStream{length, [write = stream.write, range](Writer& out) { return write(out, range); }};
}

void apply_range(Reply& reply, const Request& request) {
  if (std::holds_alternative<FileBody>(reply.body)) apply_range_to_file(reply, request);
  if (std::holds_alternative<SeekableStream>(reply.body)) apply_range_to_stream(reply, request);
}

std::optional<uint64_t> length_of(const Reply& reply) {
  if (const auto* text = std::get_if<std::string>(&reply.body)) return text->size();
  if (const auto* file = std::get_if<FileBody>(&reply.body)) return file->size;
  if (const auto* stream = std::get_if<SizedStream>(&reply.body)) return stream->length;
  return {};
}

void append_header(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    out += byte < 0x20 || byte == 0x7f ? ' ' : c;
  }
  out += "\r\n";
}

std::string to_hex_size(size_t size) {
  char digits[16];
  const auto end = std::to_chars(digits, digits + sizeof(digits), size, 16).ptr;
  return {digits, end};
}

class Sender {
 public:
  Sender(Reply& reply, const Request& request, const Wire& wire)
      : reply_(reply), request_(request), wire_(wire) {}

  Sent run() {
    apply_conditions(reply_, request_);
    apply_range(reply_, request_);
    sent_.status = reply_.status;
    const auto length = length_of(reply_);
    chunked_ = !length && request_.version != "1.0";
    sent_.until_close = !length && !chunked_ && has_body();
    const std::string head = head_text(length);
    if (!has_body()) {
      write(head);
    } else if (auto* text = std::get_if<std::string>(&reply_.body)) {
      send_text(head, *text);
    } else if (auto* file = std::get_if<FileBody>(&reply_.body)) {
      send_file(head, *file);
    } else if (write(head)) {
      send_rest();
    }
    return sent_;
  }

 private:
  bool has_body() const { return request_.method != Method::head && !has_no_body(reply_.status); }

  std::string head_text(std::optional<uint64_t> length) {
    Headers& headers = reply_.headers;
    if (reply_.for_browsers) add_security_headers(headers, request_.secure);
    std::string out = "HTTP/1.1 " + std::to_string(reply_.status) + ' ';
    out += reason_of(reply_.status);
    out += "\r\n";
    append_header(out, "Date", base::to_http_date(base::now_milliseconds()));
    if (reply_.for_browsers) append_header(out, "X-Request-Id", request_.id);
    for (const Header& header : headers) append_header(out, header.name, header.value);
    if (has_no_body(reply_.status)) {
      // No length: the status says that there is no body.
    } else if (length) {
      append_header(out, "Content-Length", std::to_string(*length));
    } else if (chunked_) {
      append_header(out, "Transfer-Encoding", "chunked");
    }
    if (!wire_.keep_alive || sent_.until_close) {
      append_header(out, "Connection", "close");
    } else if (request_.version == "1.0") {
      append_header(out, "Connection", "keep-alive");
    }
    out += "\r\n";
    return out;
  }

  bool write(std::string_view bytes) {
    if (wire_.write(bytes)) return true;
    sent_.aborted = true;
    return false;
  }

  void send_text(const std::string& head, const std::string& text) {
    const bool fits = text.size() <= kJoin;
    if (fits ? write(head + text) : write(head) && write(text)) sent_.bytes = text.size();
  }

  void send_rest() {
    if (auto* stream = std::get_if<SizedStream>(&reply_.body)) {
      send_stream(stream->length, stream->write);
    } else if (auto* events = std::get_if<EventsBody>(&reply_.body)) {
      send_stream({}, [&](Writer& out) {
        EventStream stream(out);
        return events->write(stream);
      });
    }
  }

  // The head goes out with the first block: a small file is one write, and one packet or few.
  void send_file(const std::string& head, const FileBody& file) {
    std::string block = head;
    do {
      const size_t most = sent_.bytes == 0 ? kFirstBlock : kBlock;
      const size_t want = std::min<uint64_t>(most, file.size - sent_.bytes);
      const size_t start = block.size();
      block.resize(start + want);
      const ssize_t got = pread(file.fd.get(), block.data() + start, want,
                                static_cast<off_t>(file.offset + sent_.bytes));
      if (got < 0 || (got == 0 && want > 0)) {
        return fail("the file is shorter than its reply says, or unreadable");
      }
      block.resize(start + static_cast<size_t>(got));
      if (!write(block)) return;
      sent_.bytes += static_cast<uint64_t>(got);
      block.clear();
    } while (sent_.bytes < file.size);
  }

  void send_stream(std::optional<uint64_t> length, const StreamBody& body) {
    Writer writer([&](std::string_view bytes) { return send_piece(length, bytes); },
                  request_.stopping);
    const auto result = run_body(body, writer);
    if (sent_.aborted) return;
    if (!result.ok()) return fail(base::to_string(result.error()));
    if (length && sent_.bytes != *length) return fail("the stream is shorter than its reply says");
    if (chunked_) write("0\r\n\r\n");
  }

  static base::Result<void> run_body(const StreamBody& body, Writer& writer) {
    try {
      return body(writer);
    } catch (const std::exception& error) {
      return base::Error{base::Code::internal, std::string("exception: ") + error.what(), {}};
    }
  }

  base::Result<void> send_piece(std::optional<uint64_t> length, std::string_view bytes) {
    if (length && bytes.size() > *length - sent_.bytes) {
      return base::Error{base::Code::internal, "the stream is longer than its reply says", {}};
    }
    if (!(chunked_ ? write_chunk(bytes) : write(bytes))) {
      return base::Error{base::Code::io, "the client has gone", {}};
    }
    sent_.bytes += bytes.size();
    return {};
  }

  bool write_chunk(std::string_view bytes) {
    const std::string size = to_hex_size(bytes.size()) + "\r\n";
    if (bytes.size() > kJoin) return write(size) && write(bytes) && write("\r\n");
    std::string chunk;
    chunk.reserve(size.size() + bytes.size() + 2);
    chunk += size;
    chunk += bytes;
    chunk += "\r\n";
    return write(chunk);
  }

  void fail(std::string why) {
    sent_.aborted = true;
    sent_.failure = std::move(why);
  }

  Reply& reply_;
  const Request& request_;
  const Wire& wire_;
  bool chunked_ = false;
  Sent sent_;
};

}  // namespace

Sent send_reply(Reply& reply, const Request& request, const Wire& wire) {
  return Sender(reply, request, wire).run();
}

}  // namespace server::http::detail
