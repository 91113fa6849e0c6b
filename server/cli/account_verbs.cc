// user add, user remove-role, user disable, token create: on the data directory, whether the server
// runs or not.
#include <cstdio>
#include <iostream>

#include "base/clock.h"
#include "base/text.h"
#include "server/cli/verbs.h"
#include "server/flow/members.h"
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
  std::string public_url = "http://127.0.0.1:8080";
  bool password = false;
};

Result<std::unique_ptr<storage::Database>> open_database(const std::string& data) {
  return storage::open_sqlite(base::Path(data) / "glossator.db");
}

// Acts of the command line in the audit log: nobody is signed in there.
Result<void> note(storage::Transaction& tx, std::string_view action, const std::string& address,
                  base::Json detail = base::Json::object()) {
  return audit(tx, Caller{.address = "command line"}, action, "users/" + address,
               std::move(detail));
}

struct RolePlace {
  storage::OrganisationId organisation;  // one of the two
  storage::ProjectId project;
};

Result<RolePlace> find_place(storage::UserStore& users, const UserOptions& options) {
  if (!options.organisation.empty()) {
    const auto organisation = TRY(users.find_organisation(options.organisation));
    return RolePlace{organisation.id, {}};
  }
  const auto parts = base::split(options.project, '/');
  if (parts.size() != 2) {
    return base::Error{base::Code::invalid, "name the project as organisation/project"};
  }
  const auto project = TRY(users.find_project(parts[0], parts[1]));
  return RolePlace{{}, project.id};
}

Result<void> give_role(storage::UserStore& users, const UserOptions& options,
                       storage::UserId user) {
  if (options.role.empty()) return {};
  const auto role = corpus::parse_role(options.role);
  if (!role) return base::Error{base::Code::invalid, "there is no role " + options.role};
  const RolePlace place = TRY(find_place(users, options));
  return place.project ? users.set_role(place.project, user, *role)
                       : users.set_role(place.organisation, user, *role);
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

// The secret of a link that sets a password, for who has none.
Result<std::string> add_user(const UserOptions& options) {
  std::string hash;
  if (options.password) {
    std::string password;
    std::getline(std::cin, password);
    hash = TRY(storage::hash_new_password(password));
  }
  const auto database = TRY(open_database(options.data));
  return database->write([&](storage::Transaction& tx) -> Result<std::string> {
    storage::UserStore users(tx);
    const storage::UserId id = TRY(find_or_create(users, options, hash));
    TRY(give_role(users, options, id));
    TRY(note(tx, "user.add", options.address, base::Json::object({{"role", options.role}})));
    const storage::User user = TRY(users.find_user(id));
    return user.has_password ? std::string() : create_password_link(users, id);
  });
}

void tell_added(const UserOptions& options, const std::string& link) {
  std::printf("%s signs in as %s\n", options.name.c_str(), options.address.c_str());
  if (link.empty()) return;
  std::printf("once a password is chosen; this works once, for a day:\n  %s/#link=%s\n",
              options.public_url.c_str(), link.c_str());
}

Result<void> remove_role(const UserOptions& options) {
  const auto database = TRY(open_database(options.data));
  return database->write([&](storage::Transaction& tx) -> Result<void> {
    storage::UserStore users(tx);
    const RolePlace place = TRY(find_place(users, options));
    const storage::User user = TRY(users.find_user_by_address(options.address));
    TRY(place.project ? users.remove_role(place.project, user.id)
                      : users.remove_role(place.organisation, user.id));
    return note(tx, "member.remove", options.address);
  });
}

Result<void> disable_user(const UserOptions& options) {
  const auto database = TRY(open_database(options.data));
  return database->write([&](storage::Transaction& tx) -> Result<void> {
    storage::UserStore users(tx);
    const storage::User user = TRY(users.find_user_by_address(options.address));
    TRY(users.set_disabled(user.id, true));
    return note(tx, "user.disable", options.address);
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
        TRY(note(tx, "token.create", options.address));
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
            options.text("--public-url", o->public_url, "the server's address, for the link")
                .environment("GLOSSATOR_PUBLIC_URL");
          },
          [o] {
            const auto added = add_user(*o);
            if (!added.ok()) return fail(added.error());
            tell_added(*o, *added);
            return kDone;
          }};
}

Verb user_remove_role_verb() {
  auto o = std::make_shared<UserOptions>();
  return {"user remove-role", "take away a user's role in a project or an organisation",
          [o](Options& options) {
            options.text("--data", o->data, "the data directory").required();
            options.text("--address", o->address, "e-mail address").required();
            options.text("--project", o->project, "organisation/project where the role holds");
            options.text("--organisation", o->organisation, "organisation where the role holds");
          },
          [o] {
            const auto removed = remove_role(*o);
            if (!removed.ok()) return fail(removed.error());
            std::printf("%s has that role no more\n", o->address.c_str());
            return kDone;
          }};
}

Verb user_disable_verb() {
  auto o = std::make_shared<UserOptions>();
  return {"user disable", "end a user's sessions and tokens, and let them in no more",
          [o](Options& options) {
            options.text("--data", o->data, "the data directory").required();
            options.text("--address", o->address, "e-mail address").required();
          },
          [o] {
            const auto disabled = disable_user(*o);
            if (!disabled.ok()) return fail(disabled.error());
            std::printf("%s is disabled\n", o->address.c_str());
            return kDone;
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
