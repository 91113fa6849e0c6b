#include "storage/database.h"

namespace storage {

Result<std::optional<Row>> Transaction::query_first(std::string_view sql,
                                                    const Values& parameters) {
  Rows rows = TRY(query(sql, parameters));
  if (rows.empty()) return std::optional<Row>();
  return std::optional<Row>(std::move(rows.front()));
}

Result<int64_t> Transaction::query_integer(std::string_view sql, const Values& parameters) {
  const Rows rows = TRY(query(sql, parameters));
  if (rows.empty()) return base::Error{base::Code::internal, "database: a query gave no row"};
  return rows.front().integer(0);
}

}  // namespace storage
