#include "server/flow/clone_command.h"

#include "base/clock.h"

namespace server {
namespace {

constexpr size_t kPage = 500;
constexpr size_t kMonthBytes = 7;  // 2026-03

Result<void> check_month(std::string_view month) {
  if (month.empty() || base::from_rfc3339(std::string(month) + "-01T00:00:00Z").ok()) return {};
  return base::Error{base::Code::invalid, "a month is written like 2026-03"};
}

}  // namespace

Result<std::vector<corpus::DocumentId>> find_documents(storage::Database& database,
                                                       storage::DocumentQuery query,
                                                       std::string_view month) {
  TRY(check_month(month));
  std::vector<corpus::DocumentId> ids;
  query.limit = kPage;
  query.cursor.clear();
  do {
    const auto page = TRY(database.read(
        [&](storage::Transaction& tx) { return storage::DocumentTable(tx).list(query); }));
    for (const storage::DocumentRow& row : page.rows) {
      if (row.commit.empty()) continue;  // not in git yet
      const std::string received = base::to_rfc3339(row.received_at).substr(0, kMonthBytes);
      if (month.empty() || received == month) ids.push_back(row.id);
    }
    query.cursor = page.next_cursor;
  } while (!query.cursor.empty());
  return ids;
}

std::string clone_command(std::string_view url, std::string_view directory,
                          const corpus::FanOut& fan_out,
                          std::span<const corpus::DocumentId> documents, bool is_whole) {
  std::string out = "git clone --filter=blob:none ";
  if (!is_whole) out += "--sparse ";
  out += std::string(url) + " " + std::string(directory) + "\n";
  if (is_whole) return out;
  out += "git -C " + std::string(directory) + " sparse-checkout set --stdin <<'END'\nguidelines\n";
  for (const corpus::DocumentId& id : documents) {
    out += corpus::document_dir(fan_out, id) + "\n";
  }
  return out + "END\n";
}

}  // namespace server
