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

Result<void> audit(storage::Transaction& tx, const Actor& actor, std::string_view action,
                   std::string_view resource, base::Json detail) {
  TRY(storage::AuditLog(tx).append({.at = base::now_milliseconds(),
                                    .organisation = actor.project().organisation,
                                    .user = actor.user(),
                                    .token = actor.access.principal.token,
                                    .action = std::string(action),
                                    .resource = std::string(resource),
                                    .outcome = "ok",
                                    .address = actor.address,
                                    .request_id = actor.request_id,
                                    .detail = std::move(detail)}));
  return {};
}

}  // namespace server
