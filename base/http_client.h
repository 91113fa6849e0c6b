// Outgoing HTTP: what the program asks of another server. libcurl lives behind this header.
//
//   HttpClient client({.token = secret});
//   const HttpAnswer answer = TRY(client.send({.url = "https://host/api/v1/me"}));
//   TRY(client.send({.url = url, .headers = {"Range: bytes=4096-"}}, [&](std::string_view chunk) {
//     return write_all(fd, chunk);                       // only the body of a 2xx comes here
//   }));
//
// A client keeps its connection between requests and belongs to one thread at a time. Redirects are
// not followed: a token goes to the server that it was given for and to no other. Nothing is
// decompressed. TLS is checked against the system's authorities, or those of `authorities`.
//
// Errors: busy where the network or the server failed and trying again may help, denied for a
// certificate that is not trusted, invalid for an address that is none; what the sink returns stops
// the transfer and is returned. An answer of any status is an answer, not an error.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/result.h"

namespace base {

struct HttpClientOptions {
  std::string token = {};  // sent as Authorization: Bearer; empty: none
  Path authorities = {};   // PEM file of the authorities to trust; empty: the system's
  std::chrono::seconds connect_timeout{30};
  std::chrono::seconds silence{60};  // without a byte, either way, and the transfer is given up
};

struct HttpRequest {
  std::string method = "GET";
  std::string url = {};
  std::vector<std::string> headers = {};  // "Name: value"
  std::string body = {};
};

struct HttpAnswer {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;                            // empty if it went to the sink

  bool ok() const { return status >= 200 && status < 300; }
  std::string header(const std::string& name) const;  // empty if it is not there
};

// Called with the answer's head, before the body comes: where a body goes may depend on it.
using HttpHead = std::function<Result<void>(const HttpAnswer&)>;
using HttpSink = std::function<Result<void>(std::string_view chunk)>;

class HttpClient {
 public:
  explicit HttpClient(HttpClientOptions options);
  ~HttpClient();
  HttpClient(HttpClient&&) noexcept;

  // Without a sink the body is collected, up to 64 MiB; so is that of an answer that is no 2xx.
  Result<HttpAnswer> send(const HttpRequest& request, const HttpSink& sink = {},
                          const HttpHead& head = {});

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace base
