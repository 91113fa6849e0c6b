// Who did or read what: append-only, each entry chained to the one before by its hash, so that a
// changed, removed or inserted entry is found. The head, written elsewhere by the operator, also
// proves that the end was not cut off.
//
//   TRY(AuditLog(tx).append({.who = "user:7", .action = "document.read", .resource = path, ...}));
//   const AuditCheck check = TRY(AuditLog(tx).verify());      // check.broken_at == 0: whole
//
// hash = SHA-256(previous hash, 64 hex digits, LF, the entry as one line of canonical JSON).
// An AuditLog is a view of one transaction: a sensitive act and its entry are committed together.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/digest.h"
#include "base/json.h"
#include "storage/database.h"

namespace storage {

struct NewAuditEntry {
  base::Milliseconds at = 0;
  OrganisationId organisation = {};
  UserId user = {};           // none: nobody was authenticated, or the server itself
  TokenId token = {};         // none: by session or by the server
  std::string action = {};    // "document.read", "token.create", "git.push"
  std::string resource = {};  // "acme/claims/documents/0b3c..."
  std::string outcome = {};   // "ok", "denied", "failed"
  std::string address = {};   // of the client
  std::string request_id = {};
  base::Json detail = base::Json::object();  // digests and names, never document text
};

struct AuditEntry : NewAuditEntry {
  int64_t sequence = 0;
  base::Sha256 previous;
  base::Sha256 hash;
};

struct AuditHead {
  int64_t sequence = 0;  // 0: the log is empty
  base::Sha256 hash;
  bool operator==(const AuditHead&) const = default;
};

struct AuditCheck {
  int64_t entries = 0;    // read and found good
  int64_t broken_at = 0;  // the first bad sequence; 0: none
  std::string reason;
  AuditHead head;  // of the good part
};

struct AuditQuery {
  OrganisationId organisation = {};  // none: all
  UserId user = {};
  std::string action_prefix = {};
  std::string resource_prefix = {};
  int64_t after = 0;
  size_t limit = 100;
};

class AuditLog {
 public:
  explicit AuditLog(Transaction& tx) : tx_(tx) {}

  Result<AuditHead> append(const NewAuditEntry& entry);
  Result<std::vector<AuditEntry>> read(const AuditQuery& query);
  Result<AuditHead> head();
  Result<AuditCheck> verify();

 private:
  Transaction& tx_;
};

}  // namespace storage
