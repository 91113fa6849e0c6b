#include "base/http_client.h"

#include <curl/curl.h>

#include <algorithm>
#include <mutex>

#include "base/handle.h"
#include "base/text.h"

namespace base {
namespace {

constexpr size_t kMostCollected = size_t{64} << 20;
constexpr long kReceiveBuffer = 512 << 10;

void start_curl_once() {
  static std::once_flag started;
  std::call_once(started, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

// One request and what has come of its answer.
struct Exchange {
  CURL* curl;
  const HttpSink& sink;
  const HttpHead& head;
  HttpAnswer answer = {};
  Result<void> outcome = {};
  bool has_head = false;

  // The status is known once the body, or the end, is there.
  void end_head() {
    if (has_head) return;
    has_head = true;
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    answer.status = static_cast<int>(status);
    if (head) outcome = head(answer);
  }

  Result<void> take(std::string_view chunk) {
    if (sink && answer.ok()) return sink(chunk);
    if (answer.body.size() + chunk.size() > kMostCollected) {
      return Error{Code::limit, "the server's answer is too large"};
    }
    answer.body += chunk;
    return {};
  }
};

size_t on_header(char* data, size_t, size_t size, void* context) {
  auto& answer = static_cast<Exchange*>(context)->answer;
  const std::string_view line = trim({data, size});
  if (line.starts_with("HTTP/")) answer.headers.clear();  // the next answer, after a 100
  const size_t colon = line.find(':');
  if (colon == line.npos) return size;
  std::string name(line.substr(0, colon));
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  answer.headers[name] = trim(line.substr(colon + 1));
  return size;
}

// Anything but `size` tells curl to give up.
size_t on_body(char* data, size_t, size_t size, void* context) {
  auto& exchange = *static_cast<Exchange*>(context);
  exchange.end_head();
  if (exchange.outcome.ok()) exchange.outcome = exchange.take({data, size});
  return exchange.outcome.ok() ? size : 0;
}

Error error_of(CURLcode code, const char* detail) {
  const std::string what = *detail != '\0' ? detail : curl_easy_strerror(code);
  switch (code) {
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
      return Error{Code::invalid, "not an http or https address: " + what};
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
      return Error{Code::denied, "the server's certificate is not trusted: " + what};
    default:
      return Error{Code::busy, "the server cannot be reached: " + what};
  }
}

struct HeaderList {
  curl_slist* items = nullptr;
  ~HeaderList() { curl_slist_free_all(items); }
  void add(const std::string& line) { items = curl_slist_append(items, line.c_str()); }
};

}  // namespace

std::string HttpAnswer::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string() : found->second;
}

struct HttpClient::State {
  HttpClientOptions options;
  Handle<CURL, curl_easy_cleanup> curl;
};

HttpClient::HttpClient(HttpClientOptions options) {
  start_curl_once();
  state_ = std::make_unique<State>();
  state_->options = std::move(options);
  state_->curl.reset(curl_easy_init());
}
HttpClient::~HttpClient() = default;
HttpClient::HttpClient(HttpClient&&) noexcept = default;

Result<HttpAnswer> HttpClient::send(const HttpRequest& request, const HttpSink& sink,
                                    const HttpHead& head) {
  CURL* curl = state_->curl.get();
  if (curl == nullptr) return Error{Code::internal, "curl could not be started"};
  const HttpClientOptions& options = state_->options;
  curl_easy_reset(curl);  // keeps the connection
  Exchange exchange{curl, sink, head};
  char detail[CURL_ERROR_SIZE] = "";
  HeaderList headers;
  headers.add("Expect:");  // no round trip before a body
  if (!options.token.empty()) headers.add("Authorization: Bearer " + options.token);
  for (const std::string& line : request.headers) headers.add(line);

  curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "glossator/" GLOSSATOR_VERSION);
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.items);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, detail);
  curl_easy_setopt(curl, CURLOPT_BUFFERSIZE, kReceiveBuffer);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT,
                   static_cast<long>(options.connect_timeout.count()));
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, static_cast<long>(options.silence.count()));
  if (!options.authorities.empty()) {
    curl_easy_setopt(curl, CURLOPT_CAINFO, options.authorities.c_str());
  }
  if (request.method != "GET") {
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.data());
  }
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &exchange);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &exchange);
  const CURLcode code = curl_easy_perform(curl);
  if (!exchange.outcome.ok()) return exchange.outcome.error();
  if (code != CURLE_OK) return error_of(code, detail);
  exchange.end_head();  // of an answer without a body
  if (!exchange.outcome.ok()) return exchange.outcome.error();
  return std::move(exchange.answer);
}

}  // namespace base
