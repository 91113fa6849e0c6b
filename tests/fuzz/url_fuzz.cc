// Request targets and query strings, as strangers send them.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/text.h"
#include "server/http/auth.h"
#include "server/http/headers.h"
#include "server/http/reply.h"
#include "server/http/url.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void check_path(std::string_view text) {
  const auto path = server::http::decode_path(text);
  if (!path.ok()) return;
  require(base::is_utf8(*path) && path->find('\0') == std::string::npos);
  for (const auto segment : base::split(*path, '/')) require(segment != "." && segment != "..");
}

void check_query(std::string_view text) {
  const auto query = server::http::parse_query(text);
  if (!query.ok()) return;
  const auto again = server::http::parse_query(server::http::to_string(*query));
  require(again.ok() && *again == *query);
}

void check_range(std::string_view text) {
  const auto answer = server::http::parse_range(text, 1000);
  if (answer.kind != server::http::RangeAnswer::Kind::part) return;
  require(answer.range.length > 0 && answer.range.first + answer.range.length <= 1000);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_path(text);
  check_query(text);
  check_range(text);
  server::http::parse_authorization(text);
  server::http::cookie_value(text, "session");
  server::http::parameter_of(text, "boundary");
  server::http::etag_matches(text, "\"a\"");
  return 0;
}
