#include "storage/audit_log.h"

#include "base/text.h"

namespace storage {
namespace {

constexpr const char* kSelect = "SELECT sequence, entry, previous, hash FROM audit ";
constexpr int64_t kBatch = 1000;

std::string canonical(int64_t sequence, const NewAuditEntry& entry) {
  return base::Json::object({{"sequence", sequence},
                             {"at", entry.at},
                             {"organisation", entry.organisation.value},
                             {"user", entry.user.value},
                             {"token", entry.token.value},
                             {"action", entry.action},
                             {"resource", entry.resource},
                             {"outcome", entry.outcome},
                             {"address", entry.address},
                             {"request_id", entry.request_id},
                             {"detail", entry.detail}})
      .print();
}

base::Sha256 chained(const base::Sha256& previous, const std::string& entry) {
  return base::sha256_of(previous.hex() + "\n" + entry);
}

Result<AuditEntry> entry_of(const Row& row) {
  const base::Json json = TRY(base::parse_json(row.text(1)));
  AuditEntry entry;
  entry.sequence = row.integer(0);
  entry.at = json.integer_or("at", 0);
  entry.organisation = {json.integer_or("organisation", 0)};
  entry.user = {json.integer_or("user", 0)};
  entry.token = {json.integer_or("token", 0)};
  entry.action = json.string_or("action", "");
  entry.resource = json.string_or("resource", "");
  entry.outcome = json.string_or("outcome", "");
  entry.address = json.string_or("address", "");
  entry.request_id = json.string_or("request_id", "");
  if (const base::Json* detail = json.find("detail")) entry.detail = *detail;
  entry.previous = row.hash<base::Sha256>(2);
  entry.hash = row.hash<base::Sha256>(3);
  return entry;
}

// Empty: the row continues the chain. The columns to filter by must say what the entry says.
std::string fault_of(const Row& row, const AuditHead& head) {
  if (row.integer(0) != head.sequence + 1) return "an entry is missing before it";
  if (row.hash<base::Sha256>(2) != head.hash) return "it does not continue the entry before it";
  if (row.hash<base::Sha256>(3) != chained(head.hash, row.text(1)))
    return "its content was changed";
  const auto entry = entry_of(row);
  if (!entry.ok() || canonical(entry->sequence, *entry) != row.text(1)) return "it is malformed";
  const bool columns_agree = entry->sequence == row.integer(0) &&
                             entry->organisation.value == row.integer(4) &&
                             entry->user.value == row.integer(5) && entry->action == row.text(6) &&
                             entry->resource == row.text(7);
  return columns_agree ? "" : "its columns were changed";
}

}  // namespace

Result<AuditHead> AuditLog::head() {
  const auto row =
      TRY(tx_.query_first("SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1"));
  if (!row) return AuditHead{};
  return AuditHead{row->integer(0), row->hash<base::Sha256>(1)};
}

Result<AuditHead> AuditLog::append(const NewAuditEntry& entry) {
  const AuditHead last = TRY(head());
  const std::string text = canonical(last.sequence + 1, entry);
  const AuditHead next{last.sequence + 1, chained(last.hash, text)};
  TRY(
      tx_.execute("INSERT INTO audit (sequence, entry, previous, hash, organisation_id, user_id,"
                  " action, resource) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                  {next.sequence, text, last.hash, next.hash, entry.organisation, entry.user,
                   entry.action, entry.resource}));
  return next;
}

Result<std::vector<AuditEntry>> AuditLog::read(const AuditQuery& query) {
  std::vector<AuditEntry> entries;
  for (const Row& row : TRY(tx_.query(
           std::string(kSelect) + "WHERE sequence > ? AND (? IS NULL OR organisation_id = ?)"
                                  " AND (? IS NULL OR user_id = ?) AND substr(action, 1, ?) = ?"
                                  " AND substr(resource, 1, ?) = ? ORDER BY sequence LIMIT ?",
           {query.after, query.organisation, query.organisation, query.user, query.user,
            base::count_code_points(query.action_prefix), query.action_prefix,
            base::count_code_points(query.resource_prefix), query.resource_prefix, query.limit}))) {
    entries.push_back(TRY(entry_of(row)));
  }
  return entries;
}

Result<AuditCheck> AuditLog::verify() {
  AuditCheck check;
  while (true) {
    const Rows rows =
        TRY(tx_.query("SELECT sequence, entry, previous, hash, organisation_id, user_id, action,"
                      " resource FROM audit WHERE sequence > ? ORDER BY sequence LIMIT ?",
                      {check.head.sequence, kBatch}));
    for (const Row& row : rows) {
      check.reason = fault_of(row, check.head);
      if (!check.reason.empty()) {
        check.broken_at = row.integer(0);
        return check;
      }
      check.head = {row.integer(0), row.hash<base::Sha256>(3)};
      ++check.entries;
    }
    if (rows.size() < kBatch) return check;
  }
}

}  // namespace storage
