// The route table and what it does with a request. The table is the only source: matching, rights,
// OpenAPI (server/http/openapi.h) and the log's route names come from it.
//
//   Router router(authorizer);
//   router.add({.method = Method::get,
//               .path = "/api/v1/projects/{org}/{project}/documents/{id}",
//               .access = Access::needs(corpus::Permission::document_read),
//               .handler = [&](Context& context) { return show_document(flows, context); },
//               .id = "show_document", .summary = "One document", .tag = "documents",
//               .responses = {{200, "the document", "application/json", document_schema()}}});
//   MUST(router.check());
//   HttpServer::start(options, [&](Request& request) { return router.handle(request); });
//
// Fill it, check it, then serve: adding while serving is not safe; handle() is, from any thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "corpus/access.h"
#include "server/http/reply.h"
#include "server/http/request.h"
#include "storage/account.h"

namespace server::http {

// Who acts. Made by the Authorizer; the router and the handlers only carry it.
struct Principal {
  enum class Via { nobody, token, session };
  Via via = Via::nobody;
  std::string user_id;  // empty for nobody
  std::string display_name;
  std::vector<std::string> addresses;  // the user's own e-mail addresses, the first is the main one
  std::string token_id;                // or the session's id
  std::string csrf_token;              // of a session
  std::vector<corpus::Permission> scopes;  // of a token: what it is limited to
  bool signed_in() const { return via != Via::nobody; }

  // What the authorizer found, for the flows: of any authenticated route, of one below a project.
  std::shared_ptr<const storage::Principal> proof;
  std::shared_ptr<const storage::Access> access;
  std::shared_ptr<const storage::OrganisationAccess> organisation;  // of one below an organisation
};

// What a route asks of the caller. Every route says one.
class Access {
 public:
  enum class Kind { everyone, signed_in, own, permission };
  static Access everyone() { return Access(Kind::everyone, {}); }
  // Any authenticated user, by whatever token: for who one is, and for routes that ask for more.
  static Access signed_in() { return Access(Kind::signed_in, {}); }
  // What belongs to the user, such as their own tokens: whatever their roles are, but by a limited
  // token only if it holds the permission.
  static Access own(corpus::Permission permission) { return Access(Kind::own, permission); }
  static Access needs(corpus::Permission permission) {
    return Access(Kind::permission, permission);
  }
  Kind kind() const { return kind_; }
  // Only of Kind::own and Kind::permission.
  corpus::Permission permission() const { return *permission_; }
  bool operator==(const Access&) const = default;

 private:
  Access(Kind kind, std::optional<corpus::Permission> permission)
      : kind_(kind), permission_(permission) {}
  Kind kind_;
  std::optional<corpus::Permission> permission_;
};

using PathParameters = std::map<std::string, std::string, std::less<>>;

struct Route;

// What a handler gets. Lives until the reply is sent, its streamed body included.
struct Context {
  Request& request;
  const Route& route;
  PathParameters path;
  Principal principal;

  // The path parameter of that name, which the route's pattern declares.
  const std::string& parameter(std::string_view name) const;
  const std::string& request_id() const { return request.id; }
  // A declared query parameter; the router has checked its type and bounds.
  std::optional<std::string> query(std::string_view name) const;
  int64_t query_integer(std::string_view name, int64_t fallback) const;
  bool query_flag(std::string_view name) const;  // "1", "true" or present without a value
  // A refusal in the route's own ErrorStyle, with this request's id.
  Reply problem(const Problem& problem) const;
  Reply problem(const base::Error& error) const;
};

using RouteHandler = std::function<Reply(Context&)>;

struct Parameter {
  std::string name = {};
  std::string description = {};
  enum class Type { string, integer, flag } type = Type::string;
  bool required = false;
  std::optional<int64_t> least = {};
  std::optional<int64_t> most = {};
  std::vector<std::string> one_of = {};  // closed list of strings, if not empty
};

struct RequestBody {
  // Accepted media types; anything else is 415. "*/*" takes everything.
  std::vector<std::string> media_types = {};
  base::Json schema = {};  // JSON Schema 2020-12; null when not JSON
  base::Json example = {};
  uint64_t limit = uint64_t{1} << 20;  // bytes; 413 beyond
  bool required = true;                // an absent or empty body is 400
};

struct Response {
  int status = 200;
  std::string description = {};
  std::string media_type = {};  // empty: no body
  base::Json schema = {};
  base::Json example = {};
};

// How refusals look that the router itself gives: for people and API clients, or for git, dvc and
// Git LFS, whose clients want plain text, nothing, or a message of their own, and a Basic
// challenge.
enum class ErrorStyle { problem, text, empty, lfs };
inline constexpr char kLfsMediaType[] = "application/vnd.git-lfs+json";

struct Route {
  Method method = Method::get;
  // Segments are words, `{name}`, a word around one parameter (`{project}.git`), or, as the last
  // one, `{name...}` for one or more further segments. A word wins over a parameter.
  std::string path = {};
  Access access;
  RouteHandler handler = {};
  std::string id = {};       // operationId, unique: show_document
  std::string summary = {};  // a short line
  std::string description = {};
  std::string tag = {};
  std::vector<Parameter> query = {};
  std::vector<Parameter> headers = {};
  std::optional<RequestBody> body = {};  // none: a body is refused on unsafe methods (400)
  std::vector<Response> responses = {};
  ErrorStyle errors = ErrorStyle::problem;
  bool documented = true;  // part of the OpenAPI document
};

// Decides who the caller is and whether the route is theirs. A Problem refuses: 401 for nobody or
// a bad token, 404 for what the caller may not know of, 403 for a known thing without the right.
// For Access::everyone it may answer a Principal of nobody.
using Authorizer = std::function<std::variant<Principal, Problem>(
    const Request& request, const Route& route, const PathParameters& path)>;

class Router {
 public:
  explicit Router(Authorizer authorizer);
  ~Router();
  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;

  void add(Route route);
  // Answers GET (and HEAD) of paths that no route matches: the browser UI.
  void set_fallback(RouteHandler handler);

  // Code::invalid for a malformed pattern, two routes that match alike, equal or missing ids, an
  // unnamed parameter: wrong tables are found at start and in a test, not in production.
  base::Result<void> check() const;

  // Finds the route, asks the authorizer, checks what the table declares, calls the handler. Sets
  // request.route and request.user_id for the log. HEAD is answered by the GET route, OPTIONS by
  // the router unless the table has its own.
  Reply handle(Request& request) const;

  const std::vector<Route>& routes() const;

 private:
  struct Table;
  std::unique_ptr<Table> table_;
};

}  // namespace server::http
