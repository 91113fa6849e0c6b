// One connection to an SQLite file, with its prepared statements. Belongs to one thread at a time.
#pragma once

#include <sqlite3.h>

#include <map>
#include <string>
#include <string_view>

#include "base/file.h"
#include "base/handle.h"
#include "base/result.h"
#include "storage/value.h"

namespace storage {

using base::Result;

using ConnectionHandle = base::Handle<sqlite3, sqlite3_close_v2>;
using StatementHandle = base::Handle<sqlite3_stmt, sqlite3_finalize>;

class SqliteConnection {
 public:
  enum class Use { writing, reading };
  static Result<SqliteConnection> open(const base::Path& path, Use use, int busy_milliseconds);

  Result<Rows> run(std::string_view sql, const Values& parameters = {});
  // A script of many statements, without parameters or rows.
  Result<void> run_script(std::string_view sql);
  int64_t changed_rows() const { return sqlite3_changes64(connection_.get()); }
  // Whether BEGIN was not followed by an end yet. SQLite ends a transaction by itself when the
  // disk is full.
  bool in_transaction() const { return sqlite3_get_autocommit(connection_.get()) == 0; }

 private:
  explicit SqliteConnection(ConnectionHandle connection) : connection_(std::move(connection)) {}
  Result<sqlite3_stmt*> prepared(std::string_view sql);
  Result<Rows> step_all(sqlite3_stmt* statement);
  base::Error error(std::string_view attempt) const;

  // In this order: statements go before their connection.
  ConnectionHandle connection_;
  std::map<std::string, StatementHandle, std::less<>> statements_;
};

}  // namespace storage
