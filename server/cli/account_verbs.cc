// user add, token create: on the data directory, whether the server runs or not.
#include <cstdio>
#include <iostream>

#include "base/clock.h"
#include "base/secret.h"
#include "base/text.h"
#include "server/cli/verbs.h"
#include "server/flow/services.h"
#include "storage/user_store.h"

namespace server::cli {
namespace {

using base::Result;

struct UserOptions {
  std::string data;
  std::string name;
  std::string address;
  std::string role;
  std::string project;
  std::string organisation;
  bool password = false;
};

Result<std::unique_ptr<storage::Database>> open_database(const std::string& data) {
  return storage::open_sqlite(base::Path(data) / "glossator.db");
}

Result<void> give_role(storage::UserStore& users, const UserOptions& options,
                       storage::UserId user) {
  if (options.role.empty()) return {};
  const auto role = corpus::parse_role(options.role);
  if (!role) return base::Error{base::Code::invalid, "there is no role " + options.role};
  if (!options.organisation.empty()) {
    return users.set_role(TRY(users.find_organisation(options.organisation)).id, user, *role);
  }
  const auto parts = base::split(options.project, '/');
  if (parts.size() != 2) {
    return base::Error{base::Code::invalid, "name the project as organisation/project"};
  }
  return users.set_role(TRY(users.find_project(parts[0], parts[1])).id, user, *role);
}

// The user of that address, made if there is none.
Result<storage::UserId> find_or_create(storage::UserStore& users, const UserOptions& options,
                                       const std::string& password_hash) {
  const auto known = users.find_user_by_address(options.address);
  if (!known.ok()) {
    return TRY(users.create_user({options.name, {options.address}, password_hash},
                                 base::now_milliseconds()))
        .id;
  }
  if (!password_hash.empty()) TRY(users.set_password_hash(known->id, password_hash));
  return known->id;
}

Result<void> add_user(const UserOptions& options) {
  std::string hash;
  if (options.password) {
    std::string password;
    std::getline(std::cin, password);
    hash = TRY(base::hash_password(password));
  }
  const auto database = TRY(open_database(options.data));
  return database->write([&](storage::Transaction& tx) -> Result<void> {
    storage::UserStore users(tx);
    return give_role(users, options, TRY(find_or_create(users, options, hash)));
  });
}

struct TokenOptions {
  std::string data;
  std::string address;
  std::string name = "command line";
  std::vector<std::string> scopes;
};

Result<std::string> create_token(const TokenOptions& options) {
  const auto database = TRY(open_database(options.data));
  std::optional<std::vector<corpus::Permission>> scopes;
  for (const std::string& name : options.scopes) {
    const auto scope = corpus::parse_permission(name);
    if (!scope) return base::Error{base::Code::invalid, "there is no permission " + name};
    if (!scopes) scopes.emplace();
    scopes->push_back(*scope);
  }
  const auto made =
      TRY(database->write([&](storage::Transaction& tx) -> Result<storage::MadeToken> {
        storage::UserStore users(tx);
        const auto user = TRY(users.find_user_by_address(options.address));
        return users.create_token({.user = user.id, .name = options.name, .scopes = scopes},
                                  base::now_milliseconds());
      }));
  return made.secret;
}

}  // namespace

Verb user_add_verb() {
  auto o = std::make_shared<UserOptions>();
  return {"user add", "add a user, or give a known one another role or password",
          [o](Options& options) {
            options.text("--data", o->data, "the data directory").required();
            options.text("--name", o->name, "display name, as in git").required();
            options.text("--address", o->address, "e-mail address").required();
            options.text("--role", o->role,
                         "owner, admin, manager, reviewer, annotator, "
                         "scientist, uploader, trainer, ...");
            options.text("--project", o->project, "organisation/project where the role holds");
            options.text("--organisation", o->organisation, "organisation where the role holds");
            options.flag("--password-stdin", o->password, "read a password from standard input");
          },
          [o] {
            const auto added = add_user(*o);
            return added.ok() ? kDone : fail(added.error());
          }};
}

Verb token_create_verb() {
  auto o = std::make_shared<TokenOptions>();
  return {"token create", "make a token for a user; prints it once",
          [o](Options& options) {
            options.text("--data", o->data, "the data directory").required();
            options.text("--user", o->address, "the user's e-mail address").required();
            options.text("--name", o->name, "what it is for");
            options.texts("--scope", o->scopes, "limit it to this permission; may be repeated");
          },
          [o] {
            const auto token = create_token(*o);
            if (!token.ok()) return fail(token.error());
            std::printf("%s\n", token->c_str());
            return kDone;
          }};
}

}  // namespace server::cli
