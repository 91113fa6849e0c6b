#include "storage/detail/schema.h"

#include "base/clock.h"
#include "storage/detail/migrations.h"

namespace storage {
namespace {

// "GLOS", in the header of the file: `file` and we recognise it by that.
constexpr int64_t kApplicationId = 0x474c4f53;

Result<int64_t> integer_of(SqliteConnection& connection, std::string_view sql) {
  const Rows rows = TRY(connection.run(sql));
  return rows.empty() ? int64_t{0} : rows.front().integer(0);
}

// 0 for an empty file.
Result<int> version_of(SqliteConnection& connection) {
  if (TRY(integer_of(connection, "SELECT count(*) FROM sqlite_schema")) == 0) return 0;
  if (TRY(integer_of(connection, "PRAGMA application_id")) != kApplicationId) {
    return base::Error{base::Code::invalid, "the file is a database of another program"};
  }
  return static_cast<int>(TRY(integer_of(connection, "SELECT max(number) FROM migrations")));
}

Result<void> refuse_newer(int version) {
  const int known = migrations().back().number;
  if (version <= known) return {};
  return base::Error{base::Code::invalid,
                     "the database has schema " + std::to_string(version) +
                         ", this program knows schemas up to " + std::to_string(known) +
                         ": it was made by a newer Glossator; start that one, or restore a backup"};
}

Result<void> begin_file(SqliteConnection& connection) {
  return connection.run_script("PRAGMA application_id = " + std::to_string(kApplicationId) +
                               "; CREATE TABLE migrations ("
                               " number INTEGER PRIMARY KEY,"
                               " name TEXT NOT NULL,"
                               " applied_at INTEGER NOT NULL) STRICT");
}

Result<void> apply(SqliteConnection& connection, const Migration& migration) {
  if (migration.number == 1) TRY(begin_file(connection));
  const auto applied = connection.run_script(migration.sql);
  if (!applied.ok()) {
    return applied.error().within("migration " + std::to_string(migration.number) + " (" +
                                  std::string(migration.name) + ")");
  }
  TRY(connection.run("INSERT INTO migrations (number, name, applied_at) VALUES (?, ?, ?)",
                     {migration.number, migration.name, base::now_milliseconds()}));
  return {};
}

// The next migration in one transaction. Looks at the version again inside: another process may
// have been faster. Returns the version reached.
Result<int> apply_next(SqliteConnection& connection) {
  TRY(connection.run("BEGIN IMMEDIATE"));
  base::ScopeExit rollback([&] { (void)connection.run("ROLLBACK"); });
  const int version = TRY(version_of(connection));
  TRY(refuse_newer(version));
  const auto all = migrations();
  if (version == all.back().number) return version;
  TRY(apply(connection, all[static_cast<size_t>(version)]));
  TRY(connection.run("COMMIT"));
  rollback.cancel();
  return version + 1;
}

}  // namespace

Result<int> migrate(SqliteConnection& connection, int last) {
  int version = TRY(version_of(connection));
  TRY(refuse_newer(version));
  TRY(connection.run("PRAGMA journal_mode = WAL"));
  TRY(connection.run_script("PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864"));
  while (version < last) version = TRY(apply_next(connection));
  return version;
}

}  // namespace storage
