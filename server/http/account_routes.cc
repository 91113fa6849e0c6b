// Signing in and out, who one is, tokens, users.
#include <algorithm>

#include "base/clock.h"
#include "base/text.h"
#include "server/flow/members.h"
#include "server/http/auth.h"
#include "server/http/authorize.h"
#include "server/http/body_fields.h"
#include "server/http/routes.h"
#include "storage/user_store.h"

namespace server::http {
namespace {

using base::Json;
using base::Result;

constexpr base::Milliseconds kSessionLifetime = 12 * 3'600'000;

Json user_json(const storage::User& user) {
  Json addresses = Json::array();
  for (const std::string& address : user.addresses) addresses.push(address);
  return Json::object(
      {{"id", user.id.value}, {"name", user.name}, {"addresses", std::move(addresses)}});
}

Reply with_session(Reply reply, const storage::MadeSession& session, bool secure, int max_age) {
  Cookie cookie{cookie_name(kSessionCookie, secure), session.cookie, max_age, secure, false};
  Cookie csrf{cookie_name(kCsrfCookie, secure), session.csrf, max_age, secure, true};
  return std::move(reply).set_cookie(to_string(cookie)).set_cookie(to_string(csrf));
}

Result<Reply> begin_session(Services& services, Context& context, const storage::User& user) {
  Caller caller = caller_of(context);
  caller.user = user.id;
  const auto session =
      TRY(services.database->write([&](storage::Transaction& tx) -> Result<storage::MadeSession> {
        TRY(audit(tx, caller, "session.create", "users/" + user.addresses.front()));
        return storage::UserStore(tx).create_session(user.id, base::now_milliseconds(),
                                                     kSessionLifetime);
      }));
  Json reply = user_json(user);
  reply.set("csrf_token", session.csrf);
  return with_session(Reply::json(201, reply), session, context.request.secure,
                      static_cast<int>(kSessionLifetime / 1000));
}

// Only names that exist are written down: in the field of the name, people also type passwords.
Result<void> note_refused_sign_in(Services& services, Caller caller, const std::string& address) {
  return services.database->write([&](storage::Transaction& tx) -> Result<void> {
    const auto user = storage::UserStore(tx).find_user_by_address(address);
    if (user.ok()) caller.user = user->id;
    return audit(tx, caller, "session.create",
                 user.ok() ? "users/" + user->addresses.front() : "users", Json::object(),
                 "denied");
  });
}

// Guessing passwords: ten tries from one address, then one every ten seconds.
constexpr RateLimiter::Rate kSignInRate = {.per_second = 0.1, .burst = 10};

Result<Reply> sign_in(Services& services, RateLimiter& failures, Context& context) {
  const base::Milliseconds now = base::now_milliseconds();
  if (const auto wait = failures.check(context.request.peer, now)) {
    return context.problem(Problem::too_many_requests(seconds_to_wait(*wait)));
  }
  const BodyFields body = TRY(read_fields(context.request, {"name", "password"}));
  const std::string address = TRY(body.text("name"));
  const std::string password = TRY(body.secret("password"));
  const auto user = storage::authenticate_password(*services.database, address, password);
  if (!user.ok()) {
    if (user.error().code != base::Code::denied) return user.error();
    (void)failures.take(context.request.peer, now);
    TRY(note_refused_sign_in(services, caller_of(context), address));
    return context.problem(Problem::make(401, "denied", "the name or the password is wrong"));
  }
  return begin_session(services, context, *user);
}

// A link that works once: of a new server's owner, of a user without a password, an invitation.
Result<Reply> redeem(Services& services, RateLimiter& failures, Context& context) {
  const base::Milliseconds now = base::now_milliseconds();
  if (const auto wait = failures.check(context.request.peer, now)) {
    return context.problem(Problem::too_many_requests(seconds_to_wait(*wait)));
  }
  const BodyFields body = TRY(read_fields(context.request, {"link", "password"}));
  const std::string secret = TRY(body.secret("link"));
  const std::string password = TRY(body.secret("password"));
  const auto user = redeem_link(services, caller_of(context), secret, password);
  if (!user.ok()) {
    if (user.error().code == base::Code::denied) (void)failures.take(context.request.peer, now);
    return user.error();
  }
  return begin_session(services, context, *user);
}

Result<Reply> sign_out(Services& services, Context& context) {
  const auto cookie = context.request.cookie(cookie_name(kSessionCookie, context.request.secure));
  if (cookie) {
    TRY(services.database->write(
        [&](storage::Transaction& tx) { return storage::UserStore(tx).end_session(*cookie); }));
  }
  return with_session(Reply::empty(204), {}, context.request.secure, 0);
}

Json roles_json(const std::vector<corpus::Role>& roles) {
  Json out = Json::array();
  for (const corpus::Role role : roles) out.push(corpus::name_of(role));
  return out;
}

// Those in which the person has a role of the whole organisation. A token for one project sees
// none.
Result<Json> organisations_of(Services& services, const storage::Principal& who) {
  Json out = Json::array();
  if (who.only_project) return out;
  TRY(services.database->read([&](storage::Transaction& tx) -> Result<void> {
    storage::UserStore users(tx);
    for (const storage::Organisation& organisation : TRY(users.organisations())) {
      const auto roles = TRY(users.roles_of(who.user.id, organisation.id));
      if (roles.empty()) continue;
      out.push(Json::object({{"organisation", organisation.slug},
                             {"name", organisation.name},
                             {"roles", roles_json(roles)}}));
    }
    return {};
  }));
  return out;
}

Result<Reply> show_me(Services& services, Context& context) {
  const storage::Principal& who = principal_of(context);
  Json reply = user_json(who.user);
  reply.set("csrf_token", who.csrf);
  Json projects = Json::array();
  TRY(services.database->read([&](storage::Transaction& tx) -> Result<void> {
    storage::UserStore users(tx);
    for (const storage::Project& project : TRY(users.projects_of(who))) {
      projects.push(
          Json::object({{"project", project.path()},
                        {"roles", roles_json(TRY(users.roles_of(who.user.id, project.id)))}}));
    }
    return {};
  }));
  reply.set("projects", std::move(projects));
  reply.set("organisations", TRY(organisations_of(services, who)));
  reply.set("owns_server", who.user.owns_server);
  return Reply::json(200, reply);
}

Json token_json(const storage::Token& token) {
  Json out = Json::object({{"id", token.id.value},
                           {"name", token.name},
                           {"prefix", token.prefix},
                           {"created_at", base::to_rfc3339(token.created_at)}});
  if (token.expires_at != 0) out.set("expires_at", base::to_rfc3339(token.expires_at));
  if (token.scopes) {
    Json scopes = Json::array();
    for (const corpus::Permission scope : *token.scopes) scopes.push(corpus::name_of(scope));
    out.set("scopes", std::move(scopes));
  }
  return out;
}

Result<Reply> list_tokens(Services& services, Context& context) {
  Json items = Json::array();
  const auto tokens = TRY(services.database->read([&](storage::Transaction& tx) {
    return storage::UserStore(tx).tokens(principal_of(context).user.id);
  }));
  for (const storage::Token& token : tokens) items.push(token_json(token));
  return Reply::json(200, Json::object({{"items", std::move(items)}}));
}

using Scopes = std::optional<std::vector<corpus::Permission>>;

Result<Scopes> scopes_in(const BodyFields& body) {
  const auto names = TRY(body.optional_texts("scopes"));
  if (!names) return Scopes();
  std::vector<corpus::Permission> scopes;
  for (const std::string& name : *names) {
    const auto scope = corpus::parse_permission(name);
    if (!scope) return body.error("scopes", "names a permission that does not exist");
    scopes.push_back(*scope);
  }
  return Scopes(std::move(scopes));
}

// Whether a token with these limits can do nothing that the caller, maybe a token too, cannot.
bool covers(const storage::Principal& who, const Scopes& scopes, storage::ProjectId project) {
  if (who.only_project && who.only_project != project) return false;
  if (!who.scopes) return true;
  return scopes && std::all_of(scopes->begin(), scopes->end(),
                               [&](corpus::Permission scope) { return who.scope_allows(scope); });
}

// The end that was asked for, or the caller's own; never past that.
Result<base::Milliseconds> expiry_in(const BodyFields& body, const storage::Principal& who) {
  const auto wanted = TRY(body.optional_time("expires_at"));
  if (!wanted) return who.token_expires_at;
  if (*wanted <= base::now_milliseconds()) return body.error("expires_at", "is in the past");
  if (who.token_expires_at != 0 && *wanted > who.token_expires_at) {
    return body.error("expires_at", "is later than the end of the token that you use");
  }
  return *wanted;
}

std::string token_resource(const storage::Principal& who, storage::TokenId token) {
  return "users/" + who.user.addresses.front() + "/tokens/" + std::to_string(token.value);
}

Result<Reply> create_token(Services& services, Context& context) {
  const BodyFields body = TRY(read_fields(context.request, {"name", "scopes", "expires_at"}));
  const storage::Principal& who = principal_of(context);
  storage::NewToken token;
  token.user = who.user.id;
  token.name = TRY(body.text("name"));
  token.scopes = TRY(scopes_in(body));
  token.only_project = who.only_project;
  token.expires_at = TRY(expiry_in(body, who));
  if (!covers(who, token.scopes, token.only_project)) {
    return context.problem(Problem::forbidden("a limited token makes no token that may do more"));
  }
  const auto made =
      TRY(services.database->write([&](storage::Transaction& tx) -> Result<storage::MadeToken> {
        auto created = storage::UserStore(tx).create_token(token, base::now_milliseconds());
        if (created.ok()) {
          TRY(audit(tx, caller_of(context), "token.create", token_resource(who, created->id)));
        }
        return created;
      }));
  return Reply::json(201, Json::object({{"id", made.id.value}, {"token", made.secret}}))
      .cache("no-store");
}

Result<storage::Token> own_token(storage::UserStore& users, const storage::Principal& who,
                                 int64_t id) {
  for (const storage::Token& token : TRY(users.tokens(who.user.id))) {
    if (token.id.value == id) return token;
  }
  return base::Error{base::Code::not_found, "no such token"};
}

Result<Reply> revoke_token(Services& services, Context& context) {
  const auto id = base::parse_integer(context.parameter("id")).value_or(0);
  const storage::Principal& who = principal_of(context);
  TRY(services.database->write([&](storage::Transaction& tx) -> Result<void> {
    storage::UserStore users(tx);
    const storage::Token token = TRY(own_token(users, who, id));
    if (!covers(who, token.scopes, token.only_project)) {
      return base::Error{base::Code::denied, "a limited token revokes no token that may do more"};
    }
    TRY(users.revoke_token(who.user.id, token.id));
    return audit(tx, caller_of(context), "token.revoke", token_resource(who, token.id));
  }));
  return Reply::empty(204);
}

// For any address, so only by who operates the server; organisations invite.
Result<Reply> create_user(Services& services, Context& context) {
  const BodyFields body = TRY(read_fields(context.request, {"name", "address", "password"}));
  storage::NewUser user;
  user.name = TRY(body.text("name"));
  user.addresses = {TRY(body.text("address"))};
  if (const auto password = TRY(body.optional_secret("password"))) {
    user.password_hash = TRY(storage::hash_new_password(*password));
  }
  std::string link;
  const auto made =
      TRY(services.database->write([&](storage::Transaction& tx) -> Result<storage::User> {
        storage::UserStore users(tx);
        const storage::User created = TRY(users.create_user(user, base::now_milliseconds()));
        if (!created.has_password) link = TRY(create_password_link(users, created.id));
        TRY(audit(tx, caller_of(context), "user.create", "users/" + user.addresses.front()));
        return created;
      }));
  Json reply = user_json(made);
  if (!link.empty()) reply.set("link", link);
  return Reply::json(201, reply).cache("no-store");
}

Json credentials_schema(const char* first, const char* second) {
  return Json::object(
      {{"type", "object"},
       {"required", Json::array({first, second})},
       {"properties", Json::object({{first, Json::object({{"type", "string"}})},
                                    {second, Json::object({{"type", "string"}})}})}});
}

}  // namespace

void add_account_routes(Router& router, Services& services) {
  const auto failures = std::make_shared<RateLimiter>(kSignInRate);
  router.add(
      {.method = Method::post,
       .path = "/api/v1/session",
       .access = Access::everyone(),
       .handler = handled([&, failures](Context& c) { return sign_in(services, *failures, c); }),
       .id = "sign_in",
       .summary = "Sign in with address and password",
       .tag = "accounts",
       .body = json_body(credentials_schema("name", "password")),
       .responses = {json_response(201, "signed in; the session is in a cookie")}});
  router.add(
      {.method = Method::post,
       .path = "/api/v1/session/link",
       .access = Access::everyone(),
       .handler = handled([&, failures](Context& c) { return redeem(services, *failures, c); }),
       .id = "redeem_link",
       .summary = "Use a one-time link: set a password, or accept an invitation; and sign in",
       .tag = "accounts",
       .body = json_body(credentials_schema("link", "password")),
       .responses = {json_response(201, "signed in")}});
  router.add({.method = Method::delete_,
              .path = "/api/v1/session",
              .access = Access::signed_in(),
              .handler = handled([&](Context& c) { return sign_out(services, c); }),
              .id = "sign_out",
              .summary = "Sign out",
              .tag = "accounts",
              .responses = {{204, "signed out", "", {}, {}}}});
  router.add({.method = Method::get,
              .path = "/api/v1/me",
              .access = Access::signed_in(),
              .handler = handled([&](Context& c) { return show_me(services, c); }),
              .id = "show_me",
              .summary = "Who you are, and your roles",
              .tag = "accounts",
              .responses = {json_response(200, "the user")}});
  router.add({.method = Method::get,
              .path = "/api/v1/tokens",
              .access = Access::own(corpus::Permission::token_manage),
              .handler = handled([&](Context& c) { return list_tokens(services, c); }),
              .id = "list_tokens",
              .summary = "Your tokens, without their secrets",
              .tag = "accounts",
              .responses = {json_response(200, "the tokens")}});
  router.add(
      {.method = Method::post,
       .path = "/api/v1/tokens",
       .access = Access::own(corpus::Permission::token_manage),
       .handler = handled([&](Context& c) { return create_token(services, c); }),
       .id = "create_token",
       .summary = "Make a token for a program; the secret is shown once",
       .tag = "accounts",
       .body = json_body(Json::object({{"type", "object"}, {"required", Json::array({"name"})}}),
                         Json::object({{"name", "nightly upload"},
                                       {"scopes", Json::array({"document:upload"})}})),
       .responses = {json_response(201, "the token")}});
  router.add({.method = Method::delete_,
              .path = "/api/v1/tokens/{id}",
              .access = Access::own(corpus::Permission::token_manage),
              .handler = handled([&](Context& c) { return revoke_token(services, c); }),
              .id = "revoke_token",
              .summary = "Revoke one of your tokens",
              .tag = "accounts",
              .responses = {{204, "revoked", "", {}, {}}}});
  router.add(
      {.method = Method::post,
       .path = "/api/v1/users",
       .access = Access::needs(corpus::Permission::operate),
       .handler = handled([&](Context& c) { return create_user(services, c); }),
       .id = "create_user",
       .summary = "Add a user of any address to the server, as its owner",
       .description = "Without a password the answer has the secret of a link that sets one.",
       .tag = "accounts",
       .body = json_body(credentials_schema("name", "address")),
       .responses = {json_response(201, "the user")}});
}

}  // namespace server::http
