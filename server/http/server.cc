#include "server/http/server.h"

#include <arpa/inet.h>
#include <civetweb.h>
#include <sys/mman.h>

#include <atomic>
#include <condition_variable>
#include <mutex>

#include "base/log.h"
#include "base/random.h"
#include "base/text.h"
#include "server/http/detail/connection.h"
#include "server/http/detail/proxies.h"
#include "server/http/detail/reply_sender.h"
#include "server/http/detail/sockets.h"

namespace server::http {
namespace {

using Clock = std::chrono::steady_clock;

struct Endpoint {
  std::string host;  // dotted
  uint32_t address = 0;
  uint16_t port = 0;
};

base::Error bad_option(std::string what) {
  return {base::Code::invalid, std::move(what), {}};
}

base::Result<Endpoint> parse_listen(const std::string& listen) {
  const size_t colon = listen.rfind(':');
  const std::string wrong = "listen address \"" + listen + "\": ";
  if (colon == listen.npos) return bad_option(wrong + "expected HOST:PORT");
  const auto port = base::parse_integer(std::string_view(listen).substr(colon + 1));
  if (!port || *port < 0 || *port > 65535) return bad_option(wrong + "the port is not 0 to 65535");
  std::string host = listen.substr(0, colon);
  if (host == "localhost") host = "127.0.0.1";
  if (host.empty() || host == "*") host = "0.0.0.0";
  in_addr address{};
  if (inet_pton(AF_INET, host.c_str(), &address) != 1) {
    return bad_option(wrong + "the host must be an IPv4 address, localhost or *");
  }
  return Endpoint{host, ntohl(address.s_addr), static_cast<uint16_t>(*port)};
}

// The library reads certificate and key from one file by name; this one lives in memory only.
base::Result<base::UniqueFd> join_pem(const TlsFiles& files) {
  const std::string certificate = TRY(base::read_file(files.certificate, 1 << 20));
  const std::string key = TRY(base::read_file(files.private_key, 1 << 20));
  base::UniqueFd fd(memfd_create("tls", MFD_CLOEXEC));
  if (!fd) return base::system_error("memfd_create", files.certificate);
  TRY(base::write_all(fd.get(), certificate + '\n' + key));
  return fd;
}

// Once in a process; never undone, as other servers of the process may be running.
unsigned library_features() {
  static const unsigned features = mg_init_library(MG_FEATURES_TLS);
  return features;
}

// A client that broke off or trickled is no failure of ours, whatever the route made of it.
std::optional<Problem> blame_client(const Request& request, const Reply& reply) {
  if (reply.status < 500) return {};
  switch (request.body_state) {
    case Request::BodyState::slow:
      return Problem::make(408, "request_timeout", "The request's body came too slowly.");
    case Request::BodyState::gone:
    case Request::BodyState::malformed:
      return Problem::make(400, "bad_body", "The request's body is malformed or broke off.");
    case Request::BodyState::too_large:
    case Request::BodyState::fine:
      break;
  }
  return {};
}

std::string name_for_log(const Exchange& exchange) {
  return std::string(name_of(exchange.method));
}

}  // namespace

void log_exchange(const Exchange& exchange) {
  const bool failed = exchange.status >= 500;
  base::log(failed ? base::LogLevel::error : base::LogLevel::info, "request",
            {{"method", name_for_log(exchange)},
             {"route", exchange.route},
             {"status", exchange.status},
             {"ms", static_cast<double>(exchange.duration.count()) / 1000},
             {"bytes_in", exchange.bytes_in},
             {"bytes_out", exchange.bytes_out},
             {"request_id", exchange.request_id},
             {"user", exchange.user_id},
             {"peer", exchange.peer},
             {"aborted", exchange.aborted},
             {"failure", exchange.failure}});
}

struct HttpServer::Core {
  Options options;
  Handler handler;
  Endpoint endpoint;
  detail::TrustedProxies proxies;
  detail::Watchdog watchdog;
  base::UniqueFd pem;
  mg_context* context = nullptr;

  std::atomic<bool> stopping{false};
  std::atomic<unsigned> connections{0};
  std::atomic<unsigned> event_streams{0};
  std::atomic<uint64_t> finished{0};
  mutable std::mutex mutex;
  std::condition_variable idle;
  unsigned running = 0;

  base::Result<void> listen();
  std::vector<std::string> library_options() const;
  void serve(mg_connection* raw);
  Reply ask(Request& request);
  Reply limit_events(Reply reply, const Request& request, bool& counted);
  bool may_keep_alive(const detail::Connection& connection, const Request& request,
                      const Reply& reply) const;
  void refuse_unreadable(mg_connection* raw, int status, std::string_view why);
  void finish(const Request& request, const Reply& reply, const detail::Sent& sent,
              Clock::time_point start);

  void begin_request() {
    const std::lock_guard lock(mutex);
    ++running;
  }
  void end_request() {
    const std::lock_guard lock(mutex);
    if (--running == 0) idle.notify_all();
  }

  static Core& of(const mg_connection* raw) {
    return *static_cast<Core*>(mg_get_user_data(mg_get_context(raw)));
  }
  static int on_request(mg_connection* raw) noexcept;
  static int on_error(mg_connection* raw, int status, const char* why) noexcept;
  static int on_open(const mg_connection* raw, void**) noexcept;
  static void on_closed(const mg_connection* raw) noexcept;
};

int HttpServer::Core::on_request(mg_connection* raw) noexcept {
  Core& core = of(raw);
  core.begin_request();
  try {
    core.serve(raw);
  } catch (const std::exception& error) {
    mg_disable_connection_keep_alive(raw);
    base::log_error("request failed", {{"failure", error.what()}});
  }
  core.end_request();
  return 200;  // "answered": the library would only log it
}

int HttpServer::Core::on_error(mg_connection* raw, int status, const char* why) noexcept {
  try {
    of(raw).refuse_unreadable(raw, status, why ? why : "");
  } catch (const std::exception&) {
    return 1;  // the library answers in its own words
  }
  return 0;
}

int HttpServer::Core::on_open(const mg_connection* raw, void**) noexcept {
  ++of(raw).connections;
  return 0;
}
void HttpServer::Core::on_closed(const mg_connection* raw) noexcept {
  --of(raw).connections;
}

Reply HttpServer::Core::ask(Request& request) {
  try {
    return handler(request);
  } catch (const std::exception& error) {
    return Reply::problem(Problem::make(500, "internal", std::string("exception: ") + error.what()),
                          request.id);
  }
}

Reply HttpServer::Core::limit_events(Reply reply, const Request& request, bool& counted) {
  if (!std::holds_alternative<EventsBody>(reply.body) || request.method == Method::head) {
    return reply;
  }
  counted = true;
  if (++event_streams <= options.limits.event_streams) return reply;
  return Reply::problem(Problem::make(503, "too_many_streams", "Too many event streams are open.")
                            .with_header("Retry-After", "5"),
                        request.id);
}

bool HttpServer::Core::may_keep_alive(const detail::Connection& connection, const Request& request,
                                      const Reply& reply) const {
  const bool crowded = connections > options.threads - options.threads / 4;
  return !stopping && !crowded && !reply.close && connection.wants_keep_alive() &&
         request.body_state == Request::BodyState::fine && connection.rest_is_small();
}

void HttpServer::Core::serve(mg_connection* raw) {
  const auto start = Clock::now();
  detail::Connection connection(raw, options.limits, watchdog);
  Request request;
  request.body_limit = options.limits.body_bytes;
  const auto refused = connection.read_head(request);
  proxies.apply(request);
  request.stopping = [this] { return stopping.load(); };
  request.body = [&](char* buffer, size_t size) {
    return connection.read(buffer, size, request.body_state);
  };
  Reply reply = refused ? Reply::problem(*refused, request.id) : ask(request);
  reply.close = reply.close || refused.has_value();
  if (const auto problem = blame_client(request, reply)) {
    reply = Reply::problem(*problem, request.id);
  }
  bool counted = false;
  reply = limit_events(std::move(reply), request, counted);
  const bool keep = may_keep_alive(connection, request, reply);
  const detail::Sent sent = detail::send_reply(
      reply, request, {[&](std::string_view bytes) { return connection.write(bytes); }, keep});
  if (counted) --event_streams;
  finish(request, reply, sent, start);
  if (!keep || sent.aborted || sent.until_close || !connection.drop_rest()) connection.close();
}

void HttpServer::Core::finish(const Request& request, const Reply& reply, const detail::Sent& sent,
                              Clock::time_point start) {
  ++finished;
  if (!options.on_finished) return;
  Exchange exchange;
  exchange.method = request.method;
  exchange.route = request.route;
  exchange.status = sent.status;
  exchange.duration = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start);
  exchange.bytes_in = request.body_bytes_read();
  exchange.bytes_out = sent.bytes;
  exchange.request_id = request.id;
  exchange.user_id = request.user_id;
  exchange.peer = request.peer;
  exchange.aborted = sent.aborted;
  exchange.failure = sent.failure.empty() ? reply.failure : sent.failure;
  options.on_finished(exchange);
}

// The library could not read the head at all: too large, malformed, or too slow.
void HttpServer::Core::refuse_unreadable(mg_connection* raw, int status, std::string_view why) {
  const auto start = Clock::now();
  Request request;
  request.id = base::random_token(12);
  request.peer = mg_get_request_info(raw)->remote_addr;
  const bool too_large = status == 413;
  const Problem problem =
      too_large ? Problem::make(431, "headers_too_large", "The request's headers are too large.")
                : Problem::make(status >= 400 && status < 600 ? status : 400, "bad_request",
                                "The request could not be read: " + std::string(why) + '.');
  Reply reply = Reply::problem(problem, request.id);
  const detail::Sent sent = detail::send_reply(
      reply, request,
      {[&](std::string_view bytes) {
         return mg_write(raw, bytes.data(), bytes.size()) == static_cast<int>(bytes.size());
       },
       false});
  finish(request, reply, sent, start);
}

std::vector<std::string> HttpServer::Core::library_options() const {
  const ServerLimits& limits = options.limits;
  std::vector<std::string> list = {
      "listening_ports",
      endpoint.host + ':' + std::to_string(endpoint.port) + (options.tls ? "s" : ""),
      // Event streams hold threads of their own, so that they starve nobody.
      "num_threads",
      std::to_string(options.threads + limits.event_streams),
      "connection_queue",
      "1024",
      "listen_backlog",
      "1024",
      "max_request_size",  // some room, to answer 431 where the library has only a 400
      std::to_string(limits.head_bytes * 4),
      "request_timeout_ms",
      std::to_string(limits.head_timeout.count()),
      "enable_keep_alive",
      "yes",
      "keep_alive_timeout_ms",
      std::to_string(limits.keep_alive.count()),
      "tcp_nodelay",
      "1",
      "decode_url",
      "no",
      "decode_query_string",
      "no",
      "enable_auth_domain_check",
      "no",
  };
  if (pem) {
    const std::string path = "/proc/self/fd/" + std::to_string(pem.get());
    list.insert(list.end(), {"ssl_certificate", path, "ssl_certificate_chain", path});
  }
  return list;
}

base::Result<void> HttpServer::Core::listen() {
  if (options.tls && !(library_features() & MG_FEATURES_TLS)) {
    return bad_option(
        "TLS: the HTTP library cannot use the installed OpenSSL; end TLS in a proxy in front and "
        "name it as trusted");
  }
  library_features();
  mg_callbacks callbacks{};
  callbacks.begin_request = on_request;
  callbacks.http_error = on_error;
  callbacks.init_connection = on_open;
  callbacks.connection_closed = on_closed;
  callbacks.log_message = [](const mg_connection*, const char* message) {
    base::log(base::LogLevel::debug, "http library", {{"message", message}});
    return 1;
  };
  const std::vector<std::string> list = library_options();
  std::vector<const char*> words;
  for (const std::string& word : list) words.push_back(word.c_str());
  words.push_back(nullptr);
  mg_init_data init{};
  init.callbacks = &callbacks;
  init.user_data = this;
  init.configuration_options = words.data();
  char text[256] = "";
  mg_error_data error{};
  error.text = text;
  error.text_buffer_size = sizeof(text);
  context = mg_start2(&init, &error);
  if (!context) {
    return base::Error{base::Code::io, "listening on " + options.listen + ": " + text, {}};
  }
  mg_server_port ports[1] = {};
  if (mg_get_server_ports(context, 1, ports) == 1) {
    endpoint.port = static_cast<uint16_t>(ports[0].port);
  }
  return {};
}

HttpServer::HttpServer(std::unique_ptr<Core> core) : core_(std::move(core)) {}

HttpServer::~HttpServer() {
  stop(std::chrono::milliseconds(0));
}

base::Result<std::unique_ptr<HttpServer>> HttpServer::start(Options options, Handler handler) {
  auto core = std::make_unique<Core>();
  core->endpoint = TRY(parse_listen(options.listen));
  core->proxies = TRY(detail::TrustedProxies::parse(options.trusted_proxies));
  if (options.threads == 0) return bad_option("the server needs at least one thread");
  if (options.tls) core->pem = TRY(join_pem(*options.tls));
  core->options = std::move(options);
  core->handler = std::move(handler);
  TRY(core->listen());
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(core)));
}

bool HttpServer::stop(std::chrono::milliseconds patience) {
  if (!core_->context) return true;
  core_->stopping = true;
  auto listener =
      detail::ClosedListener::close_listener(core_->endpoint.address, core_->endpoint.port);
  bool drained = false;
  {
    std::unique_lock lock(core_->mutex);
    drained = core_->idle.wait_for(lock, patience, [&] { return core_->running == 0; });
  }
  detail::end_reading_on_port(core_->endpoint.port);
  if (listener.ok()) listener->wake();
  mg_stop(std::exchange(core_->context, nullptr));
  return drained;
}

std::string HttpServer::address() const {
  return core_->endpoint.host + ':' + std::to_string(core_->endpoint.port);
}
uint16_t HttpServer::port() const {
  return core_->endpoint.port;
}
bool HttpServer::stopping() const {
  return core_->stopping;
}

HttpServer::Counts HttpServer::counts() const {
  Counts counts;
  counts.connections = core_->connections;
  counts.event_streams = core_->event_streams;
  counts.finished = core_->finished;
  const std::lock_guard lock(core_->mutex);
  counts.running = core_->running;
  return counts;
}

}  // namespace server::http
