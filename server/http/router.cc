#include "server/http/router.h"

#include <algorithm>
#include <cassert>
#include <set>

#include "base/text.h"
#include "server/http/auth.h"
#include "server/http/detail/declared.h"
#include "server/http/detail/path_pattern.h"

namespace server::http {
namespace {

using detail::Segment;

struct Entry {
  std::vector<Segment> pattern;
  size_t route;  // index into the table's routes
};

bool matches(const std::vector<Segment>& pattern, const std::vector<std::string_view>& pieces) {
  const bool open_ended = !pattern.empty() && pattern.back().kind == Segment::Kind::rest;
  if (open_ended ? pieces.size() < pattern.size() : pieces.size() != pattern.size()) return false;
  if (open_ended && pieces[pattern.size() - 1].empty()) return false;
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (!detail::takes(pattern[i], pieces[i])) return false;
  }
  return true;
}

// GET routes answer HEAD.
bool serves(Method route, Method asked) {
  return route == asked || (route == Method::get && asked == Method::head);
}

std::string allow_list(const std::set<Method>& methods) {
  std::set<Method> all = methods;
  if (all.count(Method::get)) all.insert(Method::head);
  all.insert(Method::options);
  std::string out;
  for (const Method method : all) {
    if (!out.empty()) out += ", ";
    out += name_of(method);
  }
  return out;
}

Problem method_not_allowed(const std::set<Method>& methods) {
  return Problem::make(405, "method_not_allowed", "This address does not take this method.")
      .with_header("Allow", allow_list(methods));
}

// Git LFS, "Response Errors" of its docs/api/batch.md. The second challenge is its own, which no
// browser asks people about.
Reply lfs_refusal(const Problem& problem, std::string_view request_id) {
  const base::Json body =
      base::Json::object({{"message", problem.told()}, {"request_id", request_id}});
  Reply reply = Reply::text(problem.status, body.print(), kLfsMediaType);
  if (const auto* challenge = problem.headers.find("WWW-Authenticate")) {
    reply.headers.set("LFS-Authenticate", *challenge);
  }
  return reply;
}

Reply plain_refusal(const Problem& problem, ErrorStyle style, std::string_view request_id) {
  switch (style) {
    case ErrorStyle::text:
      return Reply::text(problem.status, std::string(problem.told()) + "\n");
    case ErrorStyle::lfs:
      return lfs_refusal(problem, request_id);
    default:
      return Reply::empty(problem.status);
  }
}

Reply refusal(const Problem& problem, ErrorStyle style, std::string_view request_id) {
  if (style == ErrorStyle::problem) return Reply::problem(problem, request_id);
  Reply reply = plain_refusal(problem, style, request_id);
  for (const Header& header : problem.headers) reply.headers.set(header.name, header.value);
  if (problem.status >= 500) reply.failure = problem.detail;
  return reply;
}

}  // namespace

struct Router::Table {
  Authorizer authorizer;
  std::vector<Route> routes;
  std::vector<Entry> entries;  // the more specific pattern first
  std::vector<base::Error> errors;
  Route fallback{.access = Access::everyone(), .documented = false};

  struct Match {
    const Route* route = nullptr;
    const std::vector<Segment>* pattern = nullptr;
    std::set<Method> allowed;  // of routes whose path matches
  };
  Match find(Method method, const std::vector<std::string_view>& pieces) const;
  Reply run(const Match& match, const std::vector<std::string_view>& pieces,
            Request& request) const;
  Reply answer_unmatched(const Match& match, Request& request) const;
};

Router::Table::Match Router::Table::find(Method method,
                                         const std::vector<std::string_view>& pieces) const {
  Match match;
  for (const Entry& entry : entries) {
    if (!matches(entry.pattern, pieces)) continue;
    const Route& route = routes[entry.route];
    match.allowed.insert(route.method);
    // A HEAD route of its own would come in the same place as its GET; the first exact one wins.
    if (serves(route.method, method) && (!match.route || route.method == method)) {
      if (match.route && match.route->path != route.path) continue;
      match.route = &route;
      match.pattern = &entry.pattern;
    }
  }
  return match;
}

Reply Router::Table::answer_unmatched(const Match& match, Request& request) const {
  if (!match.allowed.empty() && request.method == Method::options) {
    return Reply::empty(204).with("Allow", allow_list(match.allowed));
  }
  if (!match.allowed.empty()) {
    return Reply::problem(method_not_allowed(match.allowed), request.id);
  }
  if (fallback.handler && (request.method == Method::get || request.method == Method::head)) {
    Context context{request, fallback, {}, {}};
    return fallback.handler(context);
  }
  return Reply::problem(Problem::not_found(), request.id);
}

Reply Router::Table::run(const Match& match, const std::vector<std::string_view>& pieces,
                         Request& request) const {
  const Route& route = *match.route;
  Context context{request, route, detail::parameters_of(*match.pattern, pieces), {}};
  auto decision = authorizer(request, route, context.path);
  if (const Problem* refused = std::get_if<Problem>(&decision)) return context.problem(*refused);
  context.principal = std::get<Principal>(std::move(decision));
  request.user_id = context.principal.user_id;
  if (context.principal.via == Principal::Via::session && !is_safe(request.method)) {
    if (const auto forged = refuse_forged_request(request, context.principal.csrf_token)) {
      return context.problem(*forged);
    }
  }
  if (const auto wrong = detail::refuse_undeclared(route, request)) return context.problem(*wrong);
  if (route.body) request.body_limit = route.body->limit;
  return route.handler(context);
}

const std::string& Context::parameter(std::string_view name) const {
  const auto found = path.find(name);
  assert(found != path.end());
  return found->second;
}

std::optional<std::string> Context::query(std::string_view name) const {
  const std::string* value = request.query.find(name);
  if (!value) return {};
  return *value;
}

int64_t Context::query_integer(std::string_view name, int64_t fallback) const {
  const std::string* value = request.query.find(name);
  return value ? base::parse_integer(*value).value_or(fallback) : fallback;
}

bool Context::query_flag(std::string_view name) const {
  const std::string* value = request.query.find(name);
  return value && (value->empty() || *value == "1" || *value == "true");
}

Reply Context::problem(const Problem& problem) const {
  return refusal(problem, route.errors, request.id);
}

Reply Context::problem(const base::Error& error) const {
  return problem(Problem::of(error));
}

Router::Router(Authorizer authorizer) : table_(std::make_unique<Table>()) {
  table_->authorizer = std::move(authorizer);
}
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

void Router::add(Route route) {
  auto pattern = detail::parse_pattern(route.path);
  if (!pattern.ok()) {
    table_->errors.push_back(pattern.error());
    return;
  }
  Entry entry{std::move(pattern).value(), table_->routes.size()};
  const auto place = std::upper_bound(
      table_->entries.begin(), table_->entries.end(), entry,
      [](const Entry& a, const Entry& b) { return detail::more_specific(a.pattern, b.pattern); });
  table_->entries.insert(place, std::move(entry));
  table_->routes.push_back(std::move(route));
}

void Router::set_fallback(RouteHandler handler) {
  table_->fallback.handler = std::move(handler);
}

base::Result<void> Router::check() const {
  if (!table_->errors.empty()) return table_->errors.front();
  std::set<std::string> ids;
  for (const Route& route : table_->routes) {
    const std::string what = std::string(name_of(route.method)) + ' ' + route.path;
    if (!route.handler) return base::Error{base::Code::invalid, what + " has no handler", {}};
    if (route.id.empty()) return base::Error{base::Code::invalid, what + " has no id", {}};
    if (!ids.insert(route.id).second) {
      return base::Error{base::Code::invalid, "two routes have the id " + route.id, {}};
    }
  }
  for (const Entry& a : table_->entries) {
    for (const Entry& b : table_->entries) {
      if (&a == &b || table_->routes[a.route].method != table_->routes[b.route].method) continue;
      if (detail::same_shape(a.pattern, b.pattern)) {
        return base::Error{
            base::Code::invalid, "two routes match " + table_->routes[a.route].path, {}};
      }
    }
  }
  return {};
}

Reply Router::handle(Request& request) const {
  const auto pieces = base::split(std::string_view(request.path).substr(1), '/');
  const Table::Match match = table_->find(request.method, pieces);
  if (!match.route) return table_->answer_unmatched(match, request);
  request.route = match.route->path;
  return table_->run(match, pieces, request);
}

const std::vector<Route>& Router::routes() const {
  return table_->routes;
}

}  // namespace server::http
