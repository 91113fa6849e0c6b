#include "server/http/detail/head_check.h"

#include <algorithm>

#include "base/text.h"

namespace server::http::detail {
namespace {

Problem bad(std::string detail) {
  return Problem::make(400, "bad_request", std::move(detail));
}

bool is_digits(std::string_view text) {
  return !text.empty() && text.size() <= 18 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_host(std::string_view text) {
  return !text.empty() && text.size() <= 255 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == ':' || c == '[' || c == ']' || c == '_';
  });
}

std::optional<Problem> refuse_framing(const Headers& headers) {
  const size_t lengths = headers.count("content-length");
  const size_t codings = headers.count("transfer-encoding");
  if (lengths > 0 && codings > 0) {
    return bad("The request has both Content-Length and Transfer-Encoding.");
  }
  if (lengths > 1 || codings > 1) return bad("The request says its length twice.");
  if (lengths == 1 && !is_digits(*headers.find("content-length"))) {
    return bad("The Content-Length is not a number.");
  }
  if (codings == 1 && !equal_ignoring_case(*headers.find("transfer-encoding"), "chunked")) {
    return Problem::make(501, "not_implemented", "Only the chunked transfer coding is known.");
  }
  return {};
}

std::optional<Problem> refuse_host(std::string_view version, const Headers& headers) {
  const size_t hosts = headers.count("host");
  if (hosts == 0 && version == "1.0") return {};
  if (hosts != 1) return bad("The request needs exactly one Host header.");
  if (!is_host(*headers.find("host"))) return bad("The Host header is malformed.");
  return {};
}

std::optional<Problem> refuse_size(const Head& head, const ServerLimits& limits) {
  if (head.target.size() > limits.target_bytes) {
    return Problem::make(414, "uri_too_long", "The address is too long.");
  }
  size_t bytes = head.method.size() + head.target.size() + 12;
  for (const Header& header : head.headers) bytes += header.name.size() + header.value.size() + 4;
  if (bytes > limits.head_bytes || head.headers.size() > limits.header_count) {
    return Problem::make(431, "headers_too_large", "The request's headers are too large.");
  }
  return {};
}

}  // namespace

std::optional<Problem> refuse_head(const Head& head, const ServerLimits& limits) {
  if (head.version != "1.1" && head.version != "1.0") {
    return Problem::make(505, "http_version", "Only HTTP/1.1 and 1.0 are spoken here.");
  }
  if (auto refused = refuse_size(head, limits)) return refused;
  if (!head.complete) return bad("A header line is malformed.");
  if (auto refused = refuse_framing(head.headers)) return refused;
  if (auto refused = refuse_host(head.version, head.headers)) return refused;
  const std::string* expect = head.headers.find("expect");
  if (expect && !equal_ignoring_case(*expect, "100-continue")) {
    return Problem::make(417, "expectation_failed", "Only Expect: 100-continue is known.");
  }
  if (!parse_method(head.method)) {
    return Problem::make(501, "not_implemented", "The method is not known.");
  }
  return {};
}

bool wants_keep_alive(std::string_view version, const Headers& headers) {
  // An Upgrade is not taken up, and the library gives such a connection no second request.
  if (headers.has("upgrade")) return false;
  if (headers.has("connection")) return headers.lists("connection", "keep-alive");
  return version == "1.1";
}

}  // namespace server::http::detail
