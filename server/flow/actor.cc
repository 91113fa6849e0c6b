#include "server/flow/actor.h"

#include "base/clock.h"
#include "storage/audit_log.h"

namespace server {

vcs::Signature signature_of(const Actor& actor) {
  return {actor.access.principal.user.name, actor.mail(), base::now_milliseconds() / 1000, 0};
}

vcs::Signature server_signature() {
  return {"Glossator", "glossator@localhost", base::now_milliseconds() / 1000, 0};
}

std::string document_subject(const storage::Project& project, const std::string& document) {
  return project.path() + "/documents/" + document;
}

Caller caller_of(const Actor& actor) {
  return {actor.user(), actor.access.principal.token, actor.project().organisation, actor.address,
          actor.request_id};
}

Result<void> audit(storage::Transaction& tx, const Actor& actor, std::string_view action,
                   std::string_view resource, base::Json detail) {
  return audit(tx, caller_of(actor), action, resource, std::move(detail));
}

Result<void> audit(storage::Transaction& tx, const Caller& caller, std::string_view action,
                   std::string_view resource, base::Json detail, std::string_view outcome) {
  TRY(storage::AuditLog(tx).append({.at = base::now_milliseconds(),
                                    .organisation = caller.organisation,
                                    .user = caller.user,
                                    .token = caller.token,
                                    .action = std::string(action),
                                    .resource = std::string(resource),
                                    .outcome = std::string(outcome),
                                    .address = caller.address,
                                    .request_id = caller.request_id,
                                    .detail = std::move(detail)}));
  return {};
}

}  // namespace server
