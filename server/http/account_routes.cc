// Signing in and out, who one is, tokens, users.
#include "base/clock.h"
#include "base/secret.h"
#include "base/text.h"
#include "server/http/auth.h"
#include "server/http/authorize.h"
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

Result<std::string> text_member(const Json& body, std::string_view key) {
  const std::string* text = body.find_string(key);
  if (text == nullptr || text->empty()) {
    return base::Error{base::Code::invalid, "\"" + std::string(key) + "\" is missing", body.at()};
  }
  return *text;
}

Reply with_session(Reply reply, const storage::MadeSession& session, bool secure, int max_age) {
  Cookie cookie{cookie_name(kSessionCookie, secure), session.cookie, max_age, secure, false};
  Cookie csrf{cookie_name(kCsrfCookie, secure), session.csrf, max_age, secure, true};
  return std::move(reply).set_cookie(to_string(cookie)).set_cookie(to_string(csrf));
}

// Guessing passwords: ten tries from one address, then one every ten seconds.
constexpr RateLimiter::Rate kSignInRate = {.per_second = 0.1, .burst = 10};

Result<Reply> sign_in(Services& services, RateLimiter& failures, Context& context) {
  const base::Milliseconds now = base::now_milliseconds();
  if (const auto wait = failures.check(context.request.peer, now)) {
    return context.problem(Problem::too_many_requests(seconds_to_wait(*wait)));
  }
  const Json body = TRY(context.request.read_json());
  const std::string address = TRY(text_member(body, "name"));
  const std::string password = TRY(text_member(body, "password"));
  const auto user = storage::authenticate_password(*services.database, address, password);
  if (!user.ok()) {
    if (user.error().code != base::Code::denied) return user.error();
    (void)failures.take(context.request.peer, now);
    return context.problem(Problem::make(401, "denied", "the name or the password is wrong"));
  }
  const auto session = TRY(services.database->write([&](storage::Transaction& tx) {
    return storage::UserStore(tx).create_session(user->id, base::now_milliseconds(),
                                                 kSessionLifetime);
  }));
  Json reply = user_json(*user);
  reply.set("csrf_token", session.csrf);
  return with_session(Reply::json(201, reply), session, context.request.secure,
                      static_cast<int>(kSessionLifetime / 1000));
}

// The one-time link of a new server: sets the owner's password and signs in.
Result<Reply> redeem_owner_link(Services& services, Context& context) {
  const Json body = TRY(context.request.read_json());
  const std::string secret = TRY(text_member(body, "link"));
  const std::string password = TRY(text_member(body, "password"));
  if (password.size() < 10) {
    return base::Error{base::Code::invalid, "a password needs at least 10 characters"};
  }
  const std::string hash = TRY(base::hash_password(password));
  const base::Milliseconds now = base::now_milliseconds();
  storage::User user;
  const auto session =
      TRY(services.database->write([&](storage::Transaction& tx) -> Result<storage::MadeSession> {
        storage::UserStore users(tx);
        const Json payload = TRY(users.redeem_link(secret, "password", now));
        user = TRY(users.find_user(storage::UserId{payload.integer_or("user", 0)}));
        TRY(users.set_password_hash(user.id, hash));
        return users.create_session(user.id, now, kSessionLifetime);
      }));
  Json reply = user_json(user);
  reply.set("csrf_token", session.csrf);
  return with_session(Reply::json(201, reply), session, context.request.secure,
                      static_cast<int>(kSessionLifetime / 1000));
}

Result<Reply> sign_out(Services& services, Context& context) {
  const auto cookie = context.request.cookie(cookie_name(kSessionCookie, context.request.secure));
  if (cookie) {
    TRY(services.database->write(
        [&](storage::Transaction& tx) { return storage::UserStore(tx).end_session(*cookie); }));
  }
  return with_session(Reply::empty(204), {}, context.request.secure, 0);
}

Result<Reply> show_me(Services& services, Context& context) {
  const storage::Principal& who = principal_of(context);
  Json reply = user_json(who.user);
  reply.set("csrf_token", who.csrf);
  Json projects = Json::array();
  TRY(services.database->read([&](storage::Transaction& tx) -> Result<void> {
    storage::UserStore users(tx);
    for (const storage::Project& project : TRY(users.projects_of(who))) {
      Json roles = Json::array();
      for (const corpus::Role role : TRY(users.roles_of(who.user.id, project.id))) {
        roles.push(corpus::name_of(role));
      }
      projects.push(Json::object({{"project", project.path()}, {"roles", std::move(roles)}}));
    }
    return {};
  }));
  reply.set("projects", std::move(projects));
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

Result<std::vector<corpus::Permission>> parse_scopes(const Json::Array& list) {
  std::vector<corpus::Permission> scopes;
  for (const Json& item : list) {
    const auto scope = corpus::parse_permission(item.is_string() ? *item.as_string() : "");
    if (!scope) return base::Error{base::Code::invalid, "unknown scope", item.at()};
    scopes.push_back(*scope);
  }
  return scopes;
}

Result<Reply> create_token(Services& services, Context& context) {
  const Json body = TRY(context.request.read_json());
  const storage::Principal& who = principal_of(context);
  if (who.scopes) {
    return context.problem(Problem::forbidden("a limited token can't make tokens"));
  }
  storage::NewToken token;
  token.user = who.user.id;
  token.name = TRY(text_member(body, "name"));
  if (const auto* scopes = body.find_array("scopes")) token.scopes = TRY(parse_scopes(*scopes));
  if (const std::string* until = body.find_string("expires_at")) {
    token.expires_at = TRY(base::from_rfc3339(*until));
  }
  const auto made = TRY(services.database->write([&](storage::Transaction& tx) {
    return storage::UserStore(tx).create_token(token, base::now_milliseconds());
  }));
  return Reply::json(201, Json::object({{"id", made.id.value}, {"token", made.secret}}))
      .cache("no-store");
}

Result<Reply> revoke_token(Services& services, Context& context) {
  const auto id = base::parse_integer(context.parameter("id")).value_or(0);
  TRY(services.database->write([&](storage::Transaction& tx) {
    return storage::UserStore(tx).revoke_token(principal_of(context).user.id, storage::TokenId{id});
  }));
  return Reply::empty(204);
}

Result<Reply> create_user(Services& services, Context& context) {
  const Json body = TRY(context.request.read_json());
  storage::NewUser user;
  user.name = TRY(text_member(body, "name"));
  user.addresses = {TRY(text_member(body, "address"))};
  if (const std::string* password = body.find_string("password")) {
    user.password_hash = TRY(base::hash_password(*password));
  }
  const auto made = TRY(services.database->write([&](storage::Transaction& tx) {
    return storage::UserStore(tx).create_user(user, base::now_milliseconds());
  }));
  return Reply::json(201, user_json(made));
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
  router.add({.method = Method::post,
              .path = "/api/v1/session/link",
              .access = Access::everyone(),
              .handler = handled([&](Context& c) { return redeem_owner_link(services, c); }),
              .id = "redeem_link",
              .summary = "Set a password with a one-time link and sign in",
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
              .access = Access::signed_in(),
              .handler = handled([&](Context& c) { return list_tokens(services, c); }),
              .id = "list_tokens",
              .summary = "Your tokens, without their secrets",
              .tag = "accounts",
              .responses = {json_response(200, "the tokens")}});
  router.add(
      {.method = Method::post,
       .path = "/api/v1/tokens",
       .access = Access::signed_in(),
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
              .access = Access::signed_in(),
              .handler = handled([&](Context& c) { return revoke_token(services, c); }),
              .id = "revoke_token",
              .summary = "Revoke one of your tokens",
              .tag = "accounts",
              .responses = {{204, "revoked", "", {}, {}}}});
  router.add({.method = Method::post,
              .path = "/api/v1/users",
              .access = Access::needs(corpus::Permission::user_manage),
              .handler = handled([&](Context& c) { return create_user(services, c); }),
              .id = "create_user",
              .summary = "Add a user to the server",
              .tag = "accounts",
              .body = json_body(credentials_schema("name", "address")),
              .responses = {json_response(201, "the user")}});
}

}  // namespace server::http
