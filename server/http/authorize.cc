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

Result<storage::Principal> look_up(storage::UserStore& users, const Credentials& credentials,
                                   base::Milliseconds now) {
  return credentials.kind == Credentials::Kind::cookie
             ? users.authenticate_session(credentials.secret, now)
             : users.authenticate_token(credentials.secret, now);
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

std::optional<Problem> refuse(storage::UserStore& users, const Route& route,
                              const PathParameters& path, Principal& principal) {
  const corpus::Permission permission = route.access.permission();
  const auto unless = [&](bool allowed) {
    return allowed ? std::optional<Problem>() : Problem::forbidden(lacking_sentence(permission));
  };
  const std::string_view organisation = parameter(path, "org");
  if (const std::string_view project = parameter(path, "project"); !project.empty()) {
    const auto access = users.access_to(*principal.proof, organisation, project);
    if (!access.ok()) return Problem::not_found();
    principal.access = std::make_shared<const storage::Access>(*access);
    return unless(access->allows(permission));
  }
  if (!organisation.empty()) {
    const auto access = users.access_to(*principal.proof, organisation);
    if (!access.ok()) return Problem::not_found();
    principal.organisation = std::make_shared<const storage::OrganisationAccess>(*access);
    return unless(access->allows(permission));
  }
  return unless(principal.proof->allows_on_server(permission));
}

// Of what was found in the database, and what may be done there: one look at it.
Result<Answer> judge(storage::UserStore& users, const Credentials& credentials,
                     const Request& request, const Route& route, const PathParameters& path,
                     base::Milliseconds now) {
  Principal principal = describe(TRY(look_up(users, credentials, now)), credentials);
  if (principal.via == Principal::Via::session && !is_safe(request.method)) {
    if (auto forged = refuse_forged_request(request, principal.csrf_token)) return Answer(*forged);
  }
  if (route.access.kind() == Access::Kind::own &&
      !principal.proof->scope_allows(route.access.permission())) {
    return Answer(Problem::forbidden(lacking_sentence(route.access.permission())));
  }
  if (route.access.kind() == Access::Kind::permission) {
    if (auto refused = refuse(users, route, path, principal)) return Answer(std::move(*refused));
  }
  return Answer(std::move(principal));
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
  auto answer = services.database->read([&](storage::Transaction& tx) {
    storage::UserStore users(tx);
    return judge(users, credentials, request, route, path, now);
  });
  if (!answer.ok()) {
    if (answer.error().code != base::Code::denied) return Problem::of(answer.error());
    if (credentials.kind == Credentials::Kind::cookie && open) return Principal{};
    (void)failures.take(request.peer, now);
    return unauthenticated(route);
  }
  if (const Principal* principal = std::get_if<Principal>(&*answer)) {
    (void)note_use(services, *principal);
  }
  return std::move(*answer);
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
