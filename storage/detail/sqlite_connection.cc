#include "storage/detail/sqlite_connection.h"

#include <cerrno>

namespace storage {
namespace {

// More texts than this means that someone builds them from data; start over rather than grow.
constexpr size_t kMostStatements = 500;

bool is_full(int code, int system_error) {
  return code == SQLITE_FULL ||
         (code == SQLITE_IOERR &&
          (system_error == ENOSPC || system_error == EDQUOT || system_error == EFBIG));
}

base::Code code_of(int code, int system_error) {
  if (is_full(code, system_error)) return base::Code::no_space;
  switch (code) {
    case SQLITE_CONSTRAINT:
      return base::Code::conflict;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return base::Code::busy;
    case SQLITE_NOTADB:
      return base::Code::invalid;
    case SQLITE_CORRUPT:
    case SQLITE_ERROR:
    case SQLITE_MISUSE:
    case SQLITE_READONLY:
      return base::Code::internal;
    default:
      return base::Code::io;
  }
}

struct Binder {
  sqlite3_stmt* statement;
  int at;

  int operator()(const Value& value) const {
    if (const int64_t* number = value.as_integer())
      return sqlite3_bind_int64(statement, at, *number);
    if (const std::string* text = value.as_text()) {
      return sqlite3_bind_text64(statement, at, text->data(), text->size(), SQLITE_STATIC,
                                 SQLITE_UTF8);
    }
    if (const Blob* blob = value.as_blob()) {
      // A null pointer would bind null.
      const char* data = blob->bytes.empty() ? "" : blob->bytes.data();
      return sqlite3_bind_blob64(statement, at, data, blob->bytes.size(), SQLITE_STATIC);
    }
    return sqlite3_bind_null(statement, at);
  }
};

std::string bytes_of(sqlite3_stmt* statement, int column) {
  const void* data = sqlite3_column_blob(statement, column);
  const int size = sqlite3_column_bytes(statement, column);
  return std::string(static_cast<const char*>(data), static_cast<size_t>(size));
}

Value value_of(sqlite3_stmt* statement, int column) {
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER:
      return Value(static_cast<int64_t>(sqlite3_column_int64(statement, column)));
    case SQLITE_NULL:
      return Value();
    case SQLITE_BLOB:
      return Value(Blob{bytes_of(statement, column)});
    default:
      return Value(bytes_of(statement, column));
  }
}

Row row_of(sqlite3_stmt* statement) {
  const int count = sqlite3_column_count(statement);
  Values values;
  values.reserve(static_cast<size_t>(count));
  for (int column = 0; column < count; ++column) values.push_back(value_of(statement, column));
  return Row(std::move(values));
}

// Makes a cached statement usable again and lets go of the parameters.
struct Reset {
  sqlite3_stmt* statement;
  ~Reset() {
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
  }
};

}  // namespace

Result<SqliteConnection> SqliteConnection::open(const base::Path& path, Use use,
                                                int busy_milliseconds) {
  ConnectionHandle handle;
  const int flags = SQLITE_OPEN_READWRITE | (use == Use::writing ? SQLITE_OPEN_CREATE : 0) |
                    SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE;
  const int code = sqlite3_open_v2(path.c_str(), handle.out(), flags, nullptr);
  SqliteConnection connection(std::move(handle));
  if (code != SQLITE_OK) return connection.error("open " + path.string());
  sqlite3_busy_timeout(connection.connection_.get(), busy_milliseconds);
  TRY(
      connection.run_script("PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;"
                            "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16000;"));
  if (use == Use::reading) TRY(connection.run_script("PRAGMA query_only = ON"));
  return connection;
}

base::Error SqliteConnection::error(std::string_view attempt) const {
  sqlite3* db = connection_.get();
  if (db == nullptr) return base::Error{base::Code::limit, "database: out of memory"};
  const int code = sqlite3_extended_errcode(db) & 0xff;
  return base::Error{code_of(code, sqlite3_system_errno(db)),
                     "database: " + std::string(attempt) + ": " + sqlite3_errmsg(db)};
}

Result<sqlite3_stmt*> SqliteConnection::prepared(std::string_view sql) {
  const auto known = statements_.find(sql);
  if (known != statements_.end()) return known->second.get();
  StatementHandle statement;
  const char* rest = nullptr;
  if (sqlite3_prepare_v3(connection_.get(), sql.data(), static_cast<int>(sql.size()),
                         SQLITE_PREPARE_PERSISTENT, statement.out(), &rest) != SQLITE_OK) {
    return error("prepare");
  }
  if (statements_.size() >= kMostStatements) statements_.clear();
  sqlite3_stmt* raw = statement.get();
  statements_.emplace(std::string(sql), std::move(statement));
  return raw;
}

Result<Rows> SqliteConnection::step_all(sqlite3_stmt* statement) {
  Rows rows;
  while (true) {
    const int code = sqlite3_step(statement);
    if (code == SQLITE_DONE) return rows;
    if (code != SQLITE_ROW) return error("run");
    rows.push_back(row_of(statement));
  }
}

Result<Rows> SqliteConnection::run(std::string_view sql, const Values& parameters) {
  sqlite3_stmt* statement = TRY(prepared(sql));
  const Reset reset{statement};
  if (sqlite3_bind_parameter_count(statement) != static_cast<int>(parameters.size())) {
    return base::Error{base::Code::internal, "database: wrong number of parameters"};
  }
  for (size_t i = 0; i < parameters.size(); ++i) {
    if (Binder{statement, static_cast<int>(i) + 1}(parameters[i]) != SQLITE_OK) {
      return error("bind");
    }
  }
  return step_all(statement);
}

Result<void> SqliteConnection::run_script(std::string_view sql) {
  if (sqlite3_exec(connection_.get(), std::string(sql).c_str(), nullptr, nullptr, nullptr) !=
      SQLITE_OK) {
    return error("run");
  }
  return {};
}

}  // namespace storage
