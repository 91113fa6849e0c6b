#include "server/http/authorize.h"

#include "base/clock.h"
#include "server/http/auth.h"
#include "storage/user_store.h"

namespace server::http {
namespace {

using Answer = std::variant<Principal, Problem>;

constexpr char kBasicChallenge[] = "Basic realm=\"Glossator\", charset=\"UTF-8\"";

Problem unauthenticated(const Route& route) {
  const bool for_browsers = route.errors == ErrorStyle::problem;
  return Problem::unauthenticated("this needs a token or a session",
                                  for_browsers ? "Bearer" : kBasicChallenge);
}

Result<storage::Principal> look_up(Services& services, const Credentials& credentials) {
  const base::Milliseconds now = base::now_milliseconds();
  return services.database->read([&](storage::Transaction& tx) {
    storage::UserStore users(tx);
    return credentials.kind == Credentials::Kind::cookie
               ? users.authenticate_session(credentials.secret, now)
               : users.authenticate_token(credentials.secret, now);
  });
}

Principal describe(storage::Principal found, const Credentials& credentials) {
  Principal principal;
  const bool by_cookie = credentials.kind == Credentials::Kind::cookie;
  principal.via = by_cookie ? Principal::Via::session : Principal::Via::token;
  principal.user_id = std::to_string(found.user.id.value);
  principal.display_name = found.user.name;
  principal.addresses = found.user.addresses;
  principal.token_id = std::to_string(found.token.value);
  principal.csrf_token = found.csrf;
  if (found.scopes) principal.scopes = *found.scopes;
  principal.proof = std::make_shared<const storage::Principal>(std::move(found));
  return principal;
}

// The slug in a path parameter; git and DVC routes write the project with an ending.
std::string_view parameter(const PathParameters& path, std::string_view name) {
  const auto found = path.find(name);
  return found == path.end() ? std::string_view() : std::string_view(found->second);
}

std::string lacking_sentence(corpus::Permission permission) {
  return "this needs the permission " + std::string(corpus::name_of(permission));
}

Result<std::optional<Problem>> refuse(Services& services, const Route& route,
                                      const PathParameters& path, Principal& principal) {
  using Answer = std::optional<Problem>;
  const corpus::Permission permission = route.access.permission();
  const std::string lacking = lacking_sentence(permission);
  return services.database->read([&](storage::Transaction& tx) -> Result<Answer> {
    storage::UserStore users(tx);
    const std::string_view organisation = parameter(path, "org");
    if (const std::string_view project = parameter(path, "project"); !project.empty()) {
      const auto access = users.access_to(*principal.proof, organisation, project);
      if (!access.ok()) return Answer(Problem::not_found());
      principal.access = std::make_shared<const storage::Access>(*access);
      return access->allows(permission) ? Answer() : Answer(Problem::forbidden(lacking));
    }
    if (!organisation.empty()) {
      const auto access = users.access_to(*principal.proof, organisation);
      if (!access.ok()) return Answer(Problem::not_found());
      principal.organisation = std::make_shared<const storage::OrganisationAccess>(*access);
      return access->allows(permission) ? Answer() : Answer(Problem::forbidden(lacking));
    }
    const bool allowed = principal.proof->allows_on_server(permission);
    return allowed ? Answer() : Answer(Problem::forbidden(lacking));
  });
}

Result<void> note_use(Services& services, const Principal& principal) {
  if (!principal.proof->token_use_unrecorded) return {};
  return services.database->write([&](storage::Transaction& tx) {
    return storage::UserStore(tx).note_token_use(principal.proof->token, base::now_milliseconds());
  });
}

Answer authorize(Services& services, RateLimiter& failures, const Request& request,
                 const Route& route, const PathParameters& path) {
  const bool open = route.access.kind() == Access::Kind::everyone;
  const Credentials credentials =
      credentials_of(request, cookie_name(kSessionCookie, request.secure));
  if (credentials.kind == Credentials::Kind::none) {
    return open ? Answer(Principal{}) : Answer(unauthenticated(route));
  }
  const base::Milliseconds now = base::now_milliseconds();
  if (const auto wait = failures.check(request.peer, now)) {
    return Problem::too_many_requests(seconds_to_wait(*wait));
  }
  auto found = look_up(services, credentials);
  if (!found.ok()) {
    if (found.error().code != base::Code::denied) return Problem::of(found.error());
    if (credentials.kind == Credentials::Kind::cookie && open) return Principal{};
    (void)failures.take(request.peer, now);
    return unauthenticated(route);
  }
  Principal principal = describe(std::move(*found), credentials);
  if (principal.via == Principal::Via::session && !is_safe(request.method)) {
    if (auto forged = refuse_forged_request(request, principal.csrf_token)) return *forged;
  }
  if (route.access.kind() == Access::Kind::own &&
      !principal.proof->scope_allows(route.access.permission())) {
    return Problem::forbidden(lacking_sentence(route.access.permission()));
  }
  if (route.access.kind() == Access::Kind::permission) {
    auto refusal = refuse(services, route, path, principal);
    if (!refusal.ok()) return Problem::of(refusal.error());
    if (*refusal) return **refusal;
  }
  (void)note_use(services, principal);
  return principal;
}

}  // namespace

Authorizer make_authorizer(Services& services, RateLimiter& failures) {
  return [&](const Request& request, const Route& route, const PathParameters& path) {
    return authorize(services, failures, request, route, path);
  };
}

Actor actor_of(const Context& context) {
  return {*context.principal.access, context.request.peer, context.request_id()};
}

Caller caller_of(const Context& context) {
  Caller caller{.address = context.request.peer, .request_id = context.request_id()};
  const Principal& principal = context.principal;
  if (principal.proof) {
    caller.user = principal.proof->user.id;
    caller.token = principal.proof->token;
  }
  if (principal.access) caller.organisation = principal.access->project.organisation;
  if (principal.organisation) caller.organisation = principal.organisation->organisation.id;
  return caller;
}

const storage::Principal& principal_of(const Context& context) {
  return *context.principal.proof;
}

}  // namespace server::http
