#include "server/http/detail/connection.h"

#include <civetweb.h>

#include <algorithm>
#include <cstring>

#include "base/text.h"
#include "server/http/detail/head_check.h"

namespace server::http::detail {
namespace {

using std::chrono::milliseconds;
using Clock = Watchdog::Clock;

constexpr size_t kMostPerRead = 64 << 10;  // bounds how long one blocking read may last
constexpr milliseconds kLinger{2'000};
constexpr uint64_t kLingerBytes = 4 << 20;

std::string_view text_or_empty(const char* text) {
  return text ? std::string_view(text) : std::string_view();
}

// civetweb shows at most MG_MAX_HEADERS headers, and none behind a folded line: what it left out
// could say how long the body is. It cuts lines in place, so behind the last header that it shows,
// the blank line must begin.
bool shows_every_header(const mg_request_info& info) {
  if (info.num_headers >= MG_MAX_HEADERS) return false;
  if (info.num_headers == 0) return true;
  const char* value = info.http_headers[info.num_headers - 1].value;
  const char* next = value + std::strlen(value) + 1;
  if (*next == '\0') ++next;
  return *next == '\r' || *next == '\n';
}

void copy_headers(const mg_request_info& info, Headers& headers) {
  for (int i = 0; i < info.num_headers; ++i) {
    headers.add(info.http_headers[i].name,
                std::string(base::trim(text_or_empty(info.http_headers[i].value))));
  }
}

std::optional<Problem> read_target(Request& request) {
  auto path = decode_path(request.raw_path);
  auto query = parse_query(request.raw_query);
  if (!path.ok() || !query.ok()) {
    const std::string& why = path.ok() ? query.error().what : path.error().what;
    return Problem::make(400, "bad_address", "The address is malformed: " + why + '.');
  }
  request.path = std::move(path).value();
  request.query = std::move(query).value();
  return {};
}

}  // namespace

Connection::Connection(mg_connection* raw, const ServerLimits& limits, Watchdog& watchdog)
    : raw_(raw), limits_(limits), watchdog_(watchdog) {
  const mg_request_info& info = *mg_get_request_info(raw_);
  client_ = {info.remote_addr, static_cast<uint16_t>(info.remote_port),
             static_cast<uint16_t>(info.server_port)};
}

std::optional<Problem> Connection::read_head(Request& request) {
  const mg_request_info& info = *mg_get_request_info(raw_);
  request.version = text_or_empty(info.http_version);
  request.raw_path = text_or_empty(info.local_uri_raw);
  request.raw_query = text_or_empty(info.query_string);
  request.peer = info.remote_addr;
  request.loopback = request.peer.substr(0, 4) == "127.";
  request.secure = info.is_ssl != 0;
  copy_headers(info, request.headers);
  request.id = request_id_from(request.headers.find("x-request-id"));
  const std::string target = request.raw_path + '?' + request.raw_query;
  if (auto refused = refuse_head({text_or_empty(info.request_method), request.version, target,
                                  shows_every_header(info), request.headers},
                                 limits_)) {
    return refused;
  }
  request.method = *parse_method(info.request_method);
  request.chunked = request.headers.has("transfer-encoding");
  if (const std::string* length = request.headers.find("content-length")) {
    request.content_length = static_cast<uint64_t>(base::parse_integer(*length).value_or(0));
  }
  chunked_ = request.chunked;
  length_ = request.content_length.value_or(0);
  keep_alive_ = http::detail::wants_keep_alive(request.version, request.headers);
  awaits_continue_ = request.headers.has("expect") && request.version == "1.1";
  return read_target(request);
}

bool Connection::body_ended() const {
  return ended_ || (!chunked_ && received_ >= length_);
}

Clock::time_point Connection::deadline_for(uint64_t bytes) const {
  const uint64_t rate = std::max<uint64_t>(1, limits_.least_body_rate);
  return Clock::now() + limits_.head_timeout * 2 + milliseconds(bytes * 1000 / rate);
}

bool Connection::too_slow() const {
  if (waited_ <= limits_.head_timeout) return false;
  const auto counted = std::chrono::duration_cast<milliseconds>(waited_ - limits_.head_timeout);
  return received_ * 1000 < limits_.least_body_rate * static_cast<uint64_t>(counted.count());
}

base::Result<size_t> Connection::fail(Request::BodyState& state, Request::BodyState why,
                                      std::string words) {
  ended_ = true;
  state = why;
  keep_alive_ = false;
  const bool invalid = why == Request::BodyState::malformed;
  return base::Error{invalid ? base::Code::invalid : base::Code::io, std::move(words), {}};
}

base::Result<size_t> Connection::read(char* buffer, size_t size, Request::BodyState& state) {
  using State = Request::BodyState;
  if (body_ended()) return size_t{0};
  if (awaits_continue_) {
    awaits_continue_ = false;
    if (!write("HTTP/1.1 100 Continue\r\n\r\n"))
      return fail(state, State::gone, "the client has gone");
  }
  size = std::min(size, kMostPerRead);
  const auto start = Clock::now();
  int count = 0;
  {
    const auto guard = watchdog_.watch(client_, deadline_for(size));
    count = mg_read(raw_, buffer, size);
  }
  waited_ += Clock::now() - start;
  if (count > 0) {
    received_ += static_cast<uint64_t>(count);
    if (too_slow()) return fail(state, State::slow, "the client sends its body too slowly");
    return static_cast<size_t>(count);
  }
  if (chunked_ && count < 0) {
    return fail(state, State::malformed, "the chunked body is malformed or broken off");
  }
  if (chunked_) {
    ended_ = true;
    return size_t{0};
  }
  if (count == 0) return fail(state, State::slow, "the client sends its body too slowly");
  return fail(state, State::gone, "the client left before its body ended");
}

bool Connection::write(std::string_view bytes) {
  while (!bytes.empty()) {
    // The library takes an int.
    const std::string_view piece = bytes.substr(0, 1 << 20);
    const auto guard = watchdog_.watch(client_, deadline_for(piece.size()));
    const int count = mg_write(raw_, piece.data(), piece.size());
    if (count != static_cast<int>(piece.size())) return false;
    bytes.remove_prefix(piece.size());
  }
  return true;
}

bool Connection::rest_is_small() const {
  if (body_ended()) return true;
  return !awaits_continue_ && !chunked_ && length_ - received_ <= limits_.drain_bytes;
}

bool Connection::drop_rest() {
  if (body_ended()) return true;
  std::string block(kMostPerRead, '\0');
  Request::BodyState state = Request::BodyState::fine;
  while (!body_ended()) {
    if (!read(block.data(), block.size(), state).ok()) return false;
  }
  return true;
}

void Connection::close() {
  mg_disable_connection_keep_alive(raw_);
  if (body_ended() || awaits_continue_) return;
  std::string block(kMostPerRead, '\0');
  const auto guard = watchdog_.watch(client_, Clock::now() + kLinger);
  const uint64_t start = received_;
  while (received_ - start < kLingerBytes) {
    const int count = mg_read(raw_, block.data(), block.size());
    if (count <= 0) return;
    received_ += static_cast<uint64_t>(count);
  }
}

}  // namespace server::http::detail
