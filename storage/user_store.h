// Users, organisations, projects, memberships, tokens and browser sessions.
//
//   const Principal who = TRY(db.read([&](auto& tx) {
//     return UserStore(tx).authenticate_token(secret, now); }));
//   const Access access = TRY(db.read([&](auto& tx) {
//     return UserStore(tx).access_to(who, "acme", "claims"); }));
//   if (!access.allows(Permission::document_read)) return denied;
//
// A UserStore is a view of one transaction and lives as long. Secrets are kept as hashes only: a
// token or cookie is shown once, when it is made. Failing to authenticate is `denied` with one and
// the same sentence, whatever the reason; what a principal may not see is `not_found`, in the words
// of what does not exist, after the same look-ups.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/account.h"
#include "storage/database.h"

namespace storage {

struct NewUser {
  std::string name = {};
  std::vector<std::string> addresses =
      {};                          // at least one; compared without case, unique on the server
  std::string password_hash = {};  // base::hash_password; empty: cannot log in by password
};

struct NewProject {
  OrganisationId organisation = {};
  std::string slug = {};
  std::string name = {};
  corpus::ProjectPolicy policy = {};
  base::Json settings = base::Json::object();
};

struct NewToken {
  UserId user = {};
  std::string name = {};                                       // for people
  std::optional<std::vector<corpus::Permission>> scopes = {};  // none: all that the user may
  ProjectId only_project = {};
  base::Milliseconds expires_at = 0;  // 0: never
};

struct Token {
  TokenId id;
  UserId user;
  std::string name;
  std::string prefix;  // the first characters, to recognise it by
  std::optional<std::vector<corpus::Permission>> scopes;
  ProjectId only_project;
  base::Milliseconds created_at = 0;
  base::Milliseconds expires_at = 0;
  base::Milliseconds last_used_at = 0;  // to the hour
};

struct MadeToken {
  TokenId id;
  std::string secret;  // shown once
};

struct MadeSession {
  std::string cookie;  // the secret, shown once
  std::string csrf;    // to be sent back in a header with every change
};

struct Link {
  std::string purpose;
  base::Json payload;
};

// One that still works, without its secret.
struct OpenLink {
  std::string id;  // tells it from others, and opens nothing
  base::Json payload;
  base::Milliseconds expires_at = 0;
};

class UserStore {
 public:
  explicit UserStore(Transaction& tx) : tx_(tx) {}

  // Slugs as corpus::parse_slug takes them. Taken ones are conflict.
  Result<Organisation> create_organisation(std::string_view slug, std::string_view name,
                                           base::Milliseconds now);
  Result<Organisation> find_organisation(std::string_view slug);
  Result<Organisation> find_organisation(OrganisationId id);
  Result<std::vector<Organisation>> organisations();

  Result<User> create_user(const NewUser& user, base::Milliseconds now);
  Result<User> find_user(UserId id);
  Result<User> find_user_by_address(std::string_view address);
  Result<std::vector<User>> users();
  Result<void> add_address(UserId user, std::string_view address);
  // A password change ends the user's sessions.
  Result<void> set_password_hash(UserId user, std::string_view hash);
  // Disabled users authenticate by nothing, and their sessions and tokens end; their commits and
  // rows stay.
  Result<void> set_disabled(UserId user, bool disabled);
  // Who operates the server itself (User::owns_server).
  Result<void> set_server_owner(UserId user, bool owns);
  Result<std::vector<User>> server_owners();

  Result<Project> create_project(const NewProject& project, base::Milliseconds now);
  Result<Project> find_project(std::string_view organisation, std::string_view slug);
  Result<Project> find_project(ProjectId id);
  Result<std::vector<Project>> projects();
  // Those that the principal has any role in.
  Result<std::vector<Project>> projects_of(const Principal& principal);
  Result<void> set_policy(ProjectId project, const corpus::ProjectPolicy& policy);
  Result<void> set_settings(ProjectId project, const base::Json& settings);

  // One role per user and place; setting replaces.
  Result<void> set_role(ProjectId project, UserId user, corpus::Role role);
  Result<void> set_role(OrganisationId organisation, UserId user, corpus::Role role);
  // Tokens that were limited to the project end with the role there; with the last role of all, all
  // the user's sessions and tokens. not_found if there is no role to take away.
  Result<void> remove_role(ProjectId project, UserId user);
  Result<void> remove_role(OrganisationId organisation, UserId user);
  // The role that was given in this very place.
  Result<std::optional<corpus::Role>> role_in(ProjectId project, UserId user);
  Result<std::optional<corpus::Role>> role_in(OrganisationId organisation, UserId user);
  // Whether the user has a role in the organisation or in any of its projects.
  Result<bool> belongs_to(OrganisationId organisation, UserId user);
  Result<std::vector<Member>> members(ProjectId project);  // with those of its organisation
  Result<std::vector<Member>> members(OrganisationId organisation);
  // The project's role first, then the organisation's; empty: a stranger.
  Result<std::vector<corpus::Role>> roles_of(UserId user, ProjectId project);
  Result<std::vector<corpus::Role>> roles_of(UserId user, OrganisationId organisation);

  // not_found for strangers as for missing projects.
  Result<Access> access_to(const Principal& principal, std::string_view organisation,
                           std::string_view project);
  Result<OrganisationAccess> access_to(const Principal& principal, std::string_view organisation);

  Result<MadeToken> create_token(const NewToken& token, base::Milliseconds now);
  Result<std::vector<Token>> tokens(UserId user);
  Result<void> revoke_token(UserId user, TokenId token);  // not_found if it is not the user's
  Result<Principal> authenticate_token(std::string_view secret, base::Milliseconds now);
  // In a write, when Principal::token_use_unrecorded says so (about once an hour).
  Result<void> note_token_use(TokenId token, base::Milliseconds now);

  Result<MadeSession> create_session(UserId user, base::Milliseconds now,
                                     base::Milliseconds lifetime);
  Result<Principal> authenticate_session(std::string_view cookie, base::Milliseconds now);
  Result<void> end_session(std::string_view cookie);
  Result<void> end_access(UserId user);  // all sessions and tokens
  Result<int64_t> forget_expired_sessions(base::Milliseconds now);

  // A secret that works once: the owner link of a new server, invitations, password resets.
  Result<std::string> create_link(std::string_view purpose, const base::Json& payload,
                                  base::Milliseconds expires_at);
  // What it is for, without using it up. denied if unknown, used or expired.
  Result<Link> find_link(std::string_view secret, base::Milliseconds now);
  // denied if unknown, used, expired or made for another purpose.
  Result<base::Json> redeem_link(std::string_view secret, std::string_view purpose,
                                 base::Milliseconds now);
  // Of this purpose, those that end first at the top.
  Result<std::vector<OpenLink>> open_links(std::string_view purpose, base::Milliseconds now);
  // From now on it opens nothing. not_found if it did not before.
  Result<void> revoke_link(std::string_view purpose, std::string_view id, base::Milliseconds now);

 private:
  Result<void> end_access_of_strangers(UserId user);

  Transaction& tx_;
};

// What a name and a mail address must be like: what git can carry, and people can read.
Result<void> check_new_user(std::string_view name, std::string_view address);

inline constexpr size_t kLeastPassword = 10;  // characters

// The one rule for new passwords, and base::hash_password. Takes as long as authenticating.
Result<std::string> hash_new_password(std::string_view password);

// Takes tens of milliseconds (Argon2id, outside of any transaction), for unknown addresses too.
Result<User> authenticate_password(Database& database, std::string_view address,
                                   std::string_view password);

}  // namespace storage
