// Tokens, browser sessions and one-time links: a part of UserStore. Each secret has 256 random
// bits, so its plain SHA-256 is kept and looked up.
#include "base/random.h"
#include "base/secret.h"
#include "storage/detail/account_rows.h"
#include "storage/user_store.h"

namespace storage {
namespace {

constexpr base::Milliseconds kCoarse = 3'600'000;
constexpr size_t kShownPrefix = 9;  // "glo_" and five digits

base::Error not_authentic() {
  return base::Error{base::Code::denied, "the credentials are not valid"};
}

base::Error link_is_over() {
  return base::Error{base::Code::denied, "the link is not valid any more"};
}

Token token_of(const Row& row) {
  Token token;
  token.id = row.id<TokenId>(0);
  token.user = row.id<UserId>(1);
  token.name = row.text(2);
  token.prefix = row.text(3);
  token.scopes = scopes_of(row, 4);
  token.only_project = row.id<ProjectId>(5);
  token.created_at = row.integer(6);
  token.expires_at = row.integer(7);
  token.last_used_at = row.integer(8);
  return token;
}

}  // namespace

Result<MadeToken> UserStore::create_token(const NewToken& token, base::Milliseconds now) {
  const std::string secret = base::new_token();
  const Rows rows = TRY(tx_.query(
      "INSERT INTO tokens (hash, user_id, name, prefix, scopes, project_id, created_at, expires_at)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
      {base::hash_token(secret), token.user, token.name, secret.substr(0, kShownPrefix),
       scopes_value(token.scopes), token.only_project, now, token.expires_at}));
  return MadeToken{rows.front().id<TokenId>(0), secret};
}

Result<std::vector<Token>> UserStore::tokens(UserId user) {
  std::vector<Token> all;
  for (const Row& row :
       TRY(tx_.query("SELECT id, user_id, name, prefix, scopes, project_id, created_at, expires_at,"
                     " last_used_at FROM tokens WHERE user_id = ? ORDER BY id",
                     {user}))) {
    all.push_back(token_of(row));
  }
  return all;
}

Result<void> UserStore::revoke_token(UserId user, TokenId token) {
  return require_row(
      TRY(tx_.execute("DELETE FROM tokens WHERE id = ? AND user_id = ?", {token, user})), "token");
}

Result<Principal> UserStore::authenticate_token(std::string_view secret, base::Milliseconds now) {
  const auto row = TRY(tx_.query_first(
      "SELECT t.id, t.scopes, t.project_id, t.last_used_at, t.expires_at, " +
          std::string(kUserColumns) +
          " FROM tokens t JOIN users u ON u.id = t.user_id"
          " WHERE t.hash = ? AND u.disabled = 0 AND (t.expires_at = 0 OR t.expires_at > ?)",
      {base::hash_token(secret), now}));
  if (!row) return not_authentic();
  Principal principal;
  principal.user = user_of(*row, 5);
  principal.user.addresses = TRY(addresses_of(tx_, principal.user.id));
  principal.token = row->id<TokenId>(0);
  principal.scopes = scopes_of(*row, 1);
  principal.only_project = row->id<ProjectId>(2);
  principal.token_expires_at = row->integer(4);
  principal.token_use_unrecorded = row->integer(3) + kCoarse <= now;
  return principal;
}

Result<void> UserStore::note_token_use(TokenId token, base::Milliseconds now) {
  TRY(tx_.execute("UPDATE tokens SET last_used_at = ? WHERE id = ?", {now - now % kCoarse, token}));
  return {};
}

Result<MadeSession> UserStore::create_session(UserId user, base::Milliseconds now,
                                              base::Milliseconds lifetime) {
  const MadeSession made{base::to_base64url(base::random_bytes(32)),
                         base::to_base64url(base::random_bytes(32))};
  TRY(tx_.execute(
      "INSERT INTO sessions (hash, user_id, csrf, created_at, expires_at) VALUES (?, ?, ?, ?, ?)",
      {base::hash_token(made.cookie), user, made.csrf, now, now + lifetime}));
  return made;
}

Result<Principal> UserStore::authenticate_session(std::string_view cookie, base::Milliseconds now) {
  const auto row =
      TRY(tx_.query_first("SELECT s.csrf, " + std::string(kUserColumns) +
                              " FROM sessions s JOIN users u ON u.id = s.user_id"
                              " WHERE s.hash = ? AND u.disabled = 0 AND s.expires_at > ?",
                          {base::hash_token(cookie), now}));
  if (!row) return not_authentic();
  Principal principal;
  principal.user = user_of(*row, 1);
  principal.user.addresses = TRY(addresses_of(tx_, principal.user.id));
  principal.csrf = row->text(0);
  return principal;
}

Result<void> UserStore::end_session(std::string_view cookie) {
  TRY(tx_.execute("DELETE FROM sessions WHERE hash = ?", {base::hash_token(cookie)}));
  return {};
}

Result<void> UserStore::end_access(UserId user) {
  TRY(tx_.execute("DELETE FROM sessions WHERE user_id = ?", {user}));
  TRY(tx_.execute("DELETE FROM tokens WHERE user_id = ?", {user}));
  return {};
}

Result<int64_t> UserStore::forget_expired_sessions(base::Milliseconds now) {
  TRY(tx_.execute("DELETE FROM links WHERE expires_at <= ?", {now}));
  return tx_.execute("DELETE FROM sessions WHERE expires_at <= ?", {now});
}

Result<std::string> UserStore::create_link(std::string_view purpose, const base::Json& payload,
                                           base::Milliseconds expires_at) {
  const std::string secret = base::to_base64url(base::random_bytes(32));
  TRY(tx_.execute("INSERT INTO links (hash, purpose, payload, expires_at) VALUES (?, ?, ?, ?)",
                  {base::hash_token(secret), purpose, payload.print(), expires_at}));
  return secret;
}

Result<Link> UserStore::find_link(std::string_view secret, base::Milliseconds now) {
  const auto row =
      TRY(tx_.query_first("SELECT purpose, payload FROM links WHERE hash = ? AND expires_at > ?",
                          {base::hash_token(secret), now}));
  if (!row) return link_is_over();
  base::Json payload = TRY(base::parse_json(row->text(1)));
  return Link{row->text(0), std::move(payload)};
}

// Of the secret's digest: enough to tell links apart, and the digest itself opens nothing.
constexpr char kLinkId[] = "lower(hex(substr(hash, 1, 12)))";

Result<std::vector<OpenLink>> UserStore::open_links(std::string_view purpose,
                                                    base::Milliseconds now) {
  std::vector<OpenLink> links;
  for (const Row& row :
       TRY(tx_.query("SELECT " + std::string(kLinkId) +
                         ", payload, expires_at FROM links WHERE purpose = ? AND expires_at > ?"
                         " ORDER BY expires_at, hash",
                     {purpose, now}))) {
    links.push_back({row.text(0), TRY(base::parse_json(row.text(1))), row.integer(2)});
  }
  return links;
}

Result<void> UserStore::revoke_link(std::string_view purpose, std::string_view id,
                                    base::Milliseconds now) {
  const int64_t gone = TRY(tx_.execute(
      "DELETE FROM links WHERE purpose = ? AND expires_at > ? AND " + std::string(kLinkId) + " = ?",
      {purpose, now, id}));
  if (gone == 0) return base::Error{base::Code::not_found, "there is no such link any more"};
  return {};
}

Result<base::Json> UserStore::redeem_link(std::string_view secret, std::string_view purpose,
                                          base::Milliseconds now) {
  const Rows rows = TRY(tx_.query(
      "DELETE FROM links WHERE hash = ? AND purpose = ? AND expires_at > ? RETURNING payload",
      {base::hash_token(secret), purpose, now}));
  if (rows.empty()) return link_is_over();
  return base::parse_json(rows.front().text(0));
}

}  // namespace storage
