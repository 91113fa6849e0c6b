// Errors on the wire: problem+json (RFC 9457) with a stable `code`.
//
//   return Problem::of(error);                                  // from a base::Error
//   return Problem::make(428, "precondition_required", "name the version that you edited")
//       .with("current", etag);
//
// A 500 or 507 never says why to the client: the words go to the log under the request id. Plain
// values.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "server/http/headers.h"

namespace server::http {

struct Problem {
  int status = 500;
  std::string code;          // stable, lower_case: clients branch on it
  std::string detail;        // a sentence for people
  base::Json::Object extra;  // further members, e.g. errors:[{pointer,detail}]
  Headers headers;           // e.g. WWW-Authenticate, Retry-After, Allow

  static Problem make(int status, std::string code, std::string detail);
  // not_found 404, conflict 409, invalid 400, denied 403, limit 413, busy 503, io 500, internal
  // 500, no_space 507. A place in a text becomes errors:[{line, column, detail}].
  static Problem of(const base::Error& error);

  static Problem not_found();
  // 401; `challenge` such as `Bearer` or `Basic realm="Glossator", charset="UTF-8"`.
  static Problem unauthenticated(std::string detail, std::string challenge = "Bearer");
  static Problem forbidden(std::string detail);
  static Problem too_many_requests(int retry_after_seconds);

  // The sentence that the client reads.
  std::string_view told() const;

  Problem with(std::string member, base::Json value) &&;
  Problem with_header(std::string name, std::string value) &&;
};

// The standard phrase: "Not Found".
std::string_view reason_of(int status);

// {"type","title","status","code","detail","request_id", extra...}; 5xx details are withheld.
base::Json to_json(const Problem& problem, std::string_view request_id);

}  // namespace server::http
