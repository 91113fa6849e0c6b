// On whose behalf a flow runs, and how that is written down: the git signature of a change, the
// audit entry, the event.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "storage/account.h"
#include "storage/database.h"
#include "vcs/commit.h"

namespace server {

using base::Result;

// A person or program in front of one project. The router has checked the route's permission; a
// flow that needs a further one asks `access.allows`.
struct Actor {
  storage::Access access;
  std::string address;  // of the client
  std::string request_id;

  const storage::Project& project() const { return access.project; }
  storage::UserId user() const { return access.principal.user.id; }
  bool may(corpus::Permission permission) const { return access.allows(permission); }
  // The address under which the person signs commits.
  const std::string& mail() const { return access.principal.user.addresses.front(); }
};

// Whoever stands at the server itself or at an organisation, in front of no project: for the audit
// log. Empty ids: nobody was authenticated, or the command line.
struct Caller {
  storage::UserId user = {};
  storage::TokenId token = {};
  storage::OrganisationId organisation = {};
  std::string address = {};
  std::string request_id = {};
};
Caller caller_of(const Actor& actor);

// The signature of a change that the actor makes now.
vcs::Signature signature_of(const Actor& actor);
// The server's own: it brings documents in and publishes releases.
vcs::Signature server_signature();

// "acme/claims/documents/0f3a...": the subject of events and the resource of audit entries.
std::string document_subject(const storage::Project& project, const std::string& document);

// Appends to the audit log, in the transaction of what it tells of.
Result<void> audit(storage::Transaction& tx, const Actor& actor, std::string_view action,
                   std::string_view resource, base::Json detail = base::Json::object());
Result<void> audit(storage::Transaction& tx, const Caller& caller, std::string_view action,
                   std::string_view resource, base::Json detail = base::Json::object(),
                   std::string_view outcome = "ok");

}  // namespace server
