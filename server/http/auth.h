// Reading who a request claims to be. Nothing here decides: the Authorizer that the router is given
// looks tokens and sessions up.
//
//   switch (const Credentials c = credentials_of(request, kSessionCookie); c.kind) { ... }
//
// Tokens come as `Authorization: Bearer TOKEN`, or as the password of Basic with any user name (git
// and dvc speak Basic), or as the session cookie of a browser. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "server/http/problem.h"
#include "server/http/request.h"

namespace server::http {

struct Credentials {
  enum class Kind { none, bearer, basic, cookie, malformed } kind = Kind::none;
  std::string user;    // of basic; may be empty
  std::string secret;  // the token, password or session id
  bool operator==(const Credentials&) const = default;
};

// "session" -> "__Host-session" over TLS; plain over HTTP, where browsers refuse the prefix.
std::string cookie_name(std::string_view base_name, bool secure);

// An Authorization header wins over a cookie; one that is there but unreadable is malformed, never
// none, so that a broken client is told and does not act as somebody else.
Credentials credentials_of(const Request& request, std::string_view session_cookie);
Credentials parse_authorization(std::string_view header);

// The value of the cookie of that name in a Cookie header.
std::optional<std::string> cookie_value(std::string_view header, std::string_view name);

struct Cookie {
  std::string name;
  std::string value;  // token characters only
  int max_age = 0;    // seconds; 0 deletes it
  bool secure = false;
  bool readable_by_scripts = false;  // only for the CSRF token
};
// A Set-Cookie value: Path=/, SameSite=Lax, HttpOnly unless scripts may read it.
std::string to_string(const Cookie& cookie);

// Whether a changing request that a cookie authenticated comes from our own pages: the header
// X-CSRF-Token equals the session's token, and Origin and Sec-Fetch-Site, where sent, agree.
std::optional<Problem> refuse_forged_request(const Request& request,
                                             std::string_view session_csrf_token);

}  // namespace server::http
