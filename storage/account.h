// People, organisations and projects as values, and the one question about them: may this one do
// that here? Rows are kept by UserStore (user_store.h).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "corpus/access.h"
#include "storage/ids.h"

namespace storage {

struct Organisation {
  OrganisationId id;
  std::string slug;
  std::string name;
  base::Milliseconds created_at = 0;
  bool operator==(const Organisation&) const = default;
};

struct Project {
  ProjectId id;
  OrganisationId organisation;
  std::string organisation_slug;
  std::string slug;
  std::string ulid;  // the id in glossator.json: survives renaming
  std::string name;
  corpus::ProjectPolicy policy;
  base::Json settings = base::Json::object();
  base::Milliseconds created_at = 0;

  std::string path() const { return organisation_slug + "/" + slug; }
  bool operator==(const Project&) const = default;
};

struct User {
  UserId id;
  std::string name;                    // as in git: "Display Name"
  std::vector<std::string> addresses;  // the first one is used for new commits
  bool disabled = false;
  bool has_password = false;
  bool owns_server = false;  // operates the server itself, which no organisation's role allows
  base::Milliseconds created_at = 0;
  bool operator==(const User&) const = default;
};

struct Member {
  UserId user;
  std::string name;
  std::string address;
  corpus::Role role = corpus::Role::annotator;
  bool through_organisation = false;
  bool operator==(const Member&) const = default;
};

// Who asks, as proved by a token or a browser session.
struct Principal {
  User user;
  TokenId token;                                          // none: a session
  std::optional<std::vector<corpus::Permission>> scopes;  // what the token is limited to
  ProjectId only_project;                                 // none: all of the user's
  base::Milliseconds token_expires_at = 0;                // 0: never
  std::string csrf;                                       // of the session
  bool token_use_unrecorded = false;                      // UserStore::note_token_use is due

  bool scope_allows(corpus::Permission permission) const;
  // What concerns the whole server, no organisation: its owners' alone.
  bool allows_on_server(corpus::Permission permission) const;
};

// A principal in front of a project. The only place where roles, token scopes and policy meet.
struct Access {
  Principal principal;
  Project project;
  std::vector<corpus::Role> roles;  // of the project and of the organisation; never empty

  bool allows(corpus::Permission permission) const;
};

// A principal in front of an organisation: creating projects, users, reading the audit log.
struct OrganisationAccess {
  Principal principal;
  Organisation organisation;
  std::vector<corpus::Role> roles;  // never empty

  bool allows(corpus::Permission permission) const;
};

}  // namespace storage
