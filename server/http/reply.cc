#include "server/http/reply.h"

#include <utility>

#include "server/http/url.h"

namespace server::http {
namespace {

// The plain form of a file name for clients that read no filename*.
std::string ascii_name(std::string_view name) {
  std::string out;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    out += byte < 0x20 || byte > 0x7e || c == '"' || c == '\\' || c == '/' || c == '%' ? '_' : c;
  }
  return out;
}

void append_field(std::string& out, std::string_view field, std::string_view value) {
  out += field;
  for (const char c : value) {
    if (c != '\r' && c != '\n' && c != '\0') out += c;
  }
  out += '\n';
}

}  // namespace

base::Result<void> Writer::write(std::string_view bytes) {
  if (bytes.empty()) return {};
  TRY(sink_(bytes));
  written_ += bytes.size();
  return {};
}

std::string to_event_stream(const Event& event) {
  std::string out;
  if (!event.id.empty()) append_field(out, "id: ", event.id);
  if (!event.name.empty()) append_field(out, "event: ", event.name);
  std::string_view rest = event.data;
  while (true) {
    const size_t end = rest.find_first_of("\r\n");
    append_field(out, "data: ", rest.substr(0, end));
    if (end == rest.npos) break;
    rest.remove_prefix(end + (rest.substr(end, 2) == "\r\n" ? 2 : 1));
  }
  out += '\n';
  return out;
}

base::Result<void> EventStream::send(const Event& event) {
  return out_.write(to_event_stream(event));
}
base::Result<void> EventStream::heartbeat() {
  return out_.write(":\n\n");
}
base::Result<void> EventStream::retry_after(std::chrono::milliseconds wait) {
  return out_.write("retry: " + std::to_string(wait.count()) + "\n\n");
}

Reply Reply::empty(int status) {
  Reply reply;
  reply.status = status;
  return reply;
}

Reply Reply::text(int status, std::string text, std::string media_type) {
  Reply reply = empty(status);
  reply.headers.set("Content-Type", std::move(media_type));
  reply.body = std::move(text);
  return reply;
}

Reply Reply::json(int status, const base::Json& value) {
  return text(status, value.print() + "\n", "application/json");
}

Reply Reply::problem(const Problem& problem, std::string_view request_id) {
  Reply reply =
      text(problem.status, to_json(problem, request_id).print() + "\n", "application/problem+json");
  for (const Header& header : problem.headers) reply.headers.set(header.name, header.value);
  if (problem.status >= 500) reply.failure = problem.detail;
  return reply;
}

Reply Reply::redirect(int status, std::string location) {
  return empty(status).with("Location", std::move(location));
}

Reply Reply::file(base::UniqueFd fd, uint64_t size, std::string media_type) {
  Reply reply;
  reply.headers.set("Content-Type", std::move(media_type));
  reply.headers.set("Accept-Ranges", "bytes");
  reply.body = FileBody{std::move(fd), size, 0};
  return reply;
}

Reply Reply::stream(int status, std::string media_type, StreamBody write,
                    std::optional<uint64_t> length) {
  Reply reply = empty(status);
  reply.headers.set("Content-Type", std::move(media_type));
  reply.body = SizedStream{length, std::move(write)};
  return reply;
}

Reply Reply::seekable(std::string media_type, SeekableStream stream) {
  Reply reply;
  reply.headers.set("Content-Type", std::move(media_type));
  reply.headers.set("Accept-Ranges", "bytes");
  reply.body = std::move(stream);
  return reply;
}

Reply Reply::events(EventBody write) {
  Reply reply;
  reply.headers.set("Content-Type", "text/event-stream");
  reply.headers.set("X-Accel-Buffering", "no");  // nginx passes each event on at once
  reply.body = EventsBody{std::move(write)};
  return reply;
}

Reply Reply::with(std::string name, std::string value) && {
  headers.set(std::move(name), std::move(value));
  return std::move(*this);
}

Reply Reply::etag(std::string_view value) && {
  return std::move(*this).with("ETag", '"' + std::string(value) + '"');
}

Reply Reply::cache(std::string control) && {
  return std::move(*this).with("Cache-Control", std::move(control));
}

Reply Reply::immutable() && {
  return std::move(*this).cache("private, max-age=31536000, immutable");
}

Reply Reply::download(std::string_view file_name) && {
  return std::move(*this).with("Content-Disposition",
                               "attachment; filename=\"" + ascii_name(file_name) +
                                   "\"; filename*=UTF-8''" + percent_encode(file_name));
}

Reply Reply::set_cookie(std::string cookie) && {
  headers.add("Set-Cookie", std::move(cookie));
  return std::move(*this);
}

Reply Reply::untrusted() && {
  return std::move(*this).with("Content-Security-Policy",
                               "default-src 'none'; sandbox; frame-ancestors 'none'");
}

}  // namespace server::http
