#include "server/http/auth.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/text.h"

namespace server::http {
namespace {

Credentials malformed() {
  return {Credentials::Kind::malformed, {}, {}};
}

bool is_visible(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

Credentials parse_basic(std::string_view encoded) {
  const auto decoded = base::from_base64(encoded);
  if (!decoded.ok()) return malformed();
  const std::string_view pair = base::as_text(*decoded);
  const size_t colon = pair.find(':');
  if (colon == pair.npos || pair.find('\0') != pair.npos || !base::is_utf8(pair)) {
    return malformed();
  }
  return {Credentials::Kind::basic, std::string(pair.substr(0, colon)),
          std::string(pair.substr(colon + 1))};
}

Problem forged(std::string detail) {
  return Problem::make(403, "csrf", std::move(detail));
}

}  // namespace

std::string cookie_name(std::string_view base_name, bool secure) {
  return (secure ? "__Host-" : "") + std::string(base_name);
}

Credentials parse_authorization(std::string_view header) {
  const std::string_view value = base::trim(header);
  const size_t blank = value.find(' ');
  if (blank == value.npos) return malformed();
  const std::string_view scheme = value.substr(0, blank);
  const std::string_view rest = base::trim(value.substr(blank + 1));
  if (equal_ignoring_case(scheme, "basic")) return parse_basic(rest);
  if (!equal_ignoring_case(scheme, "bearer") || rest.empty() || !is_visible(rest)) {
    return malformed();
  }
  return {Credentials::Kind::bearer, {}, std::string(rest)};
}

Credentials credentials_of(const Request& request, std::string_view session_cookie) {
  if (request.headers.count("authorization") > 1) return malformed();
  if (const std::string* header = request.headers.find("authorization")) {
    return parse_authorization(*header);
  }
  if (auto session = request.cookie(cookie_name(session_cookie, request.secure))) {
    if (!session->empty()) return {Credentials::Kind::cookie, {}, std::move(*session)};
  }
  return {};
}

std::optional<std::string> cookie_value(std::string_view header, std::string_view name) {
  for (const std::string_view pair : base::split(header, ';')) {
    const std::string_view cookie = base::trim(pair);
    const size_t equals = cookie.find('=');
    if (equals == cookie.npos || cookie.substr(0, equals) != name) continue;
    std::string_view value = cookie.substr(equals + 1);
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
      value = value.substr(1, value.size() - 2);
    }
    return std::string(value);
  }
  return {};
}

std::string to_string(const Cookie& cookie) {
  std::string out = cookie.name + '=' + cookie.value +
                    "; Path=/; SameSite=Lax; Max-Age=" + std::to_string(cookie.max_age);
  if (cookie.secure) out += "; Secure";
  if (!cookie.readable_by_scripts) out += "; HttpOnly";
  return out;
}

std::optional<Problem> refuse_forged_request(const Request& request,
                                             std::string_view session_csrf_token) {
  const std::string* site = request.headers.find("sec-fetch-site");
  if (site && *site != "same-origin" && *site != "none") {
    return forged("The request comes from another site.");
  }
  const std::string* origin = request.headers.find("origin");
  if (origin && *origin != request.base_url()) {
    return forged("The request's Origin is not this server.");
  }
  const std::string* token = request.headers.find("x-csrf-token");
  if (session_csrf_token.empty() || !token ||
      !base::equal_in_constant_time(*token, session_csrf_token)) {
    return forged("The X-CSRF-Token header is missing or not the session's.");
  }
  return {};
}

}  // namespace server::http
