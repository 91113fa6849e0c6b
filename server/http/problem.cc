#include "server/http/problem.h"

#include <algorithm>
#include <array>

namespace server::http {
namespace {

struct Reason {
  int status;
  std::string_view words;
};
constexpr std::array kReasons = {
    Reason{100, "Continue"},
    Reason{200, "OK"},
    Reason{201, "Created"},
    Reason{202, "Accepted"},
    Reason{204, "No Content"},
    Reason{206, "Partial Content"},
    Reason{301, "Moved Permanently"},
    Reason{302, "Found"},
    Reason{303, "See Other"},
    Reason{304, "Not Modified"},
    Reason{307, "Temporary Redirect"},
    Reason{308, "Permanent Redirect"},
    Reason{400, "Bad Request"},
    Reason{401, "Unauthorized"},
    Reason{403, "Forbidden"},
    Reason{404, "Not Found"},
    Reason{405, "Method Not Allowed"},
    Reason{406, "Not Acceptable"},
    Reason{408, "Request Timeout"},
    Reason{409, "Conflict"},
    Reason{410, "Gone"},
    Reason{411, "Length Required"},
    Reason{412, "Precondition Failed"},
    Reason{413, "Content Too Large"},
    Reason{414, "URI Too Long"},
    Reason{415, "Unsupported Media Type"},
    Reason{416, "Range Not Satisfiable"},
    Reason{417, "Expectation Failed"},
    Reason{422, "Unprocessable Content"},
    Reason{428, "Precondition Required"},
    Reason{429, "Too Many Requests"},
    Reason{431, "Request Header Fields Too Large"},
    Reason{460, "Checksum Mismatch"},
    Reason{500, "Internal Server Error"},
    Reason{501, "Not Implemented"},
    Reason{502, "Bad Gateway"},
    Reason{503, "Service Unavailable"},
    Reason{504, "Gateway Timeout"},
    Reason{505, "HTTP Version Not Supported"},
    Reason{507, "Insufficient Storage"},
};

int status_of(base::Code code) {
  switch (code) {
    case base::Code::not_found:
      return 404;
    case base::Code::conflict:
      return 409;
    case base::Code::invalid:
      return 400;
    case base::Code::denied:
      return 403;
    case base::Code::limit:
      return 413;
    case base::Code::busy:
      return 503;
    case base::Code::no_space:
      return 507;
    case base::Code::io:
    case base::Code::internal:
      break;
  }
  return 500;
}

base::Json place_of(const base::Error& error) {
  return base::Json::object(
      {{"line", error.at.line}, {"column", error.at.column}, {"detail", error.what}});
}

// What the client reads in the place of our own troubles, whose words may name files of the server.
// Empty: the problem's own words.
std::string_view cover_of(int status) {
  if (status == 500) return "The server failed; its log has the reason under this request id.";
  if (status == 507) {
    return "The server's disk is full. Nothing was changed; try again when there is room.";
  }
  return {};
}

}  // namespace

std::string_view reason_of(int status) {
  const auto* found = std::find_if(kReasons.begin(), kReasons.end(),
                                   [&](const Reason& reason) { return reason.status == status; });
  return found == kReasons.end() ? "Unknown" : found->words;
}

Problem Problem::make(int status, std::string code, std::string detail) {
  Problem problem;
  problem.status = status;
  problem.code = std::move(code);
  problem.detail = std::move(detail);
  return problem;
}

Problem Problem::of(const base::Error& error) {
  Problem problem = make(status_of(error.code), base::name_of(error.code), error.what);
  if (error.at.line > 0) {
    return std::move(problem).with("errors", base::Json::array({place_of(error)}));
  }
  return problem;
}

Problem Problem::not_found() {
  return make(404, "not_found", "There is nothing here, or it is not yours to see.");
}

Problem Problem::unauthenticated(std::string detail, std::string challenge) {
  return make(401, "unauthenticated", std::move(detail))
      .with_header("WWW-Authenticate", std::move(challenge));
}

Problem Problem::forbidden(std::string detail) {
  return make(403, "denied", std::move(detail));
}

Problem Problem::too_many_requests(int retry_after_seconds) {
  const std::string seconds = std::to_string(retry_after_seconds);
  return make(429, "too_many_requests", "Too many requests; try again in " + seconds + " seconds.")
      .with_header("Retry-After", seconds);
}

Problem Problem::with(std::string member, base::Json value) && {
  extra.push_back({std::move(member), std::move(value), {}});
  return std::move(*this);
}

Problem Problem::with_header(std::string name, std::string value) && {
  headers.set(std::move(name), std::move(value));
  return std::move(*this);
}

std::string_view Problem::told() const {
  const std::string_view cover = cover_of(status);
  return cover.empty() ? detail : cover;
}

base::Json to_json(const Problem& problem, std::string_view request_id) {
  base::Json json = base::Json::object({
      {"type", "about:blank"},
      {"title", reason_of(problem.status)},
      {"status", problem.status},
      {"code", problem.code},
      {"detail", problem.told()},
      {"request_id", request_id},
  });
  if (!cover_of(problem.status).empty()) return json;
  for (const auto& member : problem.extra) json.set(member.key, member.value);
  return json;
}

}  // namespace server::http
