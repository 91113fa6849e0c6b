// SQLite behind the Database seam: one writing connection shared by group commit, a pool of reading
// ones.
#include <fcntl.h>

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <span>
#include <vector>

#include "base/batch_line.h"
#include "storage/database.h"
#include "storage/database_copy.h"
#include "storage/detail/migrations.h"
#include "storage/detail/schema.h"
#include "storage/detail/sqlite_connection.h"

namespace storage {
namespace {

using Hooks = std::vector<std::function<void()>>;

class SqliteTransaction final : public Transaction {
 public:
  SqliteTransaction(SqliteConnection& connection, Hooks& hooks)
      : connection_(connection), hooks_(hooks) {}

  Result<Rows> query(std::string_view sql, const Values& parameters) override {
    return connection_.run(sql, parameters);
  }
  Result<int64_t> execute(std::string_view sql, const Values& parameters) override {
    TRY(connection_.run(sql, parameters));
    return connection_.changed_rows();
  }
  void after_commit(std::function<void()> action) override { hooks_.push_back(std::move(action)); }

 private:
  SqliteConnection& connection_;
  Hooks& hooks_;
};

using Step = std::function<Result<void>(Transaction&)>;

// The project's code throws nothing, but a step that did would leave the other waiting writers
// without their answer.
Result<void> run_guarded(const Step& step, Transaction& tx) {
  try {
    return step(tx);
  } catch (const std::exception& thrown) {
    return base::Error{base::Code::internal, std::string("database step: ") + thrown.what()};
  }
}

struct WriteRequest {
  const Step* step;
  Result<void> outcome = {};
  Hooks hooks = {};
};
using Group = std::span<WriteRequest* const>;

// Group commit: all that wait run in one transaction, each in a savepoint, while the next group
// gathers.
class Writer {
 public:
  explicit Writer(SqliteConnection connection) : connection_(std::move(connection)) {}

  Result<void> run(const Step& step) {
    if (line_.is_led_here()) {
      base::stop_on_bug(base::Error{base::Code::internal, "Database::write inside a write"});
    }
    WriteRequest request{&step};
    line_.pass(request, SIZE_MAX, [this](Group group) { run_group(group); });
    if (!request.outcome.ok()) return request.outcome.error();
    for (const auto& hook : request.hooks) hook();
    return {};
  }

 private:
  void run_group(Group group) {
    const Result<void> outcome = try_group(group);
    if (outcome.ok()) return;
    if (connection_.in_transaction()) (void)connection_.run("ROLLBACK");
    for (WriteRequest* member : group) {
      if (member->outcome.ok()) member->outcome = outcome;
    }
  }

  // An error is the group's: nothing of it was committed.
  Result<void> try_group(Group group) {
    TRY(connection_.run("BEGIN IMMEDIATE"));
    for (WriteRequest* member : group) TRY(run_member(*member));
    TRY(connection_.run("COMMIT"));
    return {};
  }

  Result<void> run_member(WriteRequest& member) {
    TRY(connection_.run("SAVEPOINT member"));
    SqliteTransaction tx(connection_, member.hooks);
    member.outcome = run_guarded(*member.step, tx);
    if (!connection_.in_transaction()) {
      return member.outcome.ok() ? base::Error{base::Code::io, "database: the transaction ended"}
                                 : member.outcome.error();
    }
    if (!member.outcome.ok()) TRY(connection_.run("ROLLBACK TO member"));
    TRY(connection_.run("RELEASE member"));
    return {};
  }

  SqliteConnection connection_;  // of whoever leads the line
  base::BatchLine<WriteRequest> line_;
};

Result<void> copy_file(const base::Path& source, const base::Path& target, int busy_milliseconds) {
  if (std::filesystem::exists(target)) {
    return base::Error{base::Code::conflict, target.string() + " exists already"};
  }
  SqliteConnection connection =
      TRY(SqliteConnection::open(source, SqliteConnection::Use::writing, busy_milliseconds));
  TRY(connection.run("VACUUM INTO ?", {target.string()}));
  const base::UniqueFd fd = TRY(base::open_file(target, O_RDONLY));
  TRY(base::sync_file(fd.get()));
  return base::sync_directory(target.parent_path());
}

class SqliteDatabase final : public Database {
 public:
  SqliteDatabase(base::Path path, SqliteOptions options, SqliteConnection writer, int version)
      : path_(std::move(path)), options_(options), version_(version), writer_(std::move(writer)) {}

  int schema_version() const override { return version_; }
  Result<void> copy_to(const base::Path& target) override;
  Result<void> check() override;

 protected:
  Result<void> run_write(const Step& step) override { return writer_.run(step); }
  Result<void> run_read(const Step& step) override;

 private:
  Result<SqliteConnection> take_reader();
  void give_back(SqliteConnection reader);
  void forget_reader();

  const base::Path path_;
  const SqliteOptions options_;
  const int version_;
  Writer writer_;

  std::mutex mutex_;
  std::condition_variable free_;
  std::vector<SqliteConnection> idle_;
  size_t open_readers_ = 0;
};

Result<SqliteConnection> SqliteDatabase::take_reader() {
  std::unique_lock lock(mutex_);
  free_.wait(lock, [&] { return !idle_.empty() || open_readers_ < options_.readers; });
  if (!idle_.empty()) {
    SqliteConnection reader = std::move(idle_.back());
    idle_.pop_back();
    return reader;
  }
  ++open_readers_;
  lock.unlock();
  auto reader =
      SqliteConnection::open(path_, SqliteConnection::Use::reading, options_.busy_milliseconds);
  if (!reader.ok()) forget_reader();
  return reader;
}

void SqliteDatabase::forget_reader() {
  const std::lock_guard lock(mutex_);
  --open_readers_;
  free_.notify_one();
}

void SqliteDatabase::give_back(SqliteConnection reader) {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(reader));
  free_.notify_one();
}

Result<void> SqliteDatabase::run_read(const Step& step) {
  SqliteConnection reader = TRY(take_reader());
  Hooks none;
  Result<void> outcome = [&]() -> Result<void> {
    TRY(reader.run("BEGIN"));
    SqliteTransaction tx(reader, none);
    return run_guarded(step, tx);
  }();
  if (reader.in_transaction()) (void)reader.run("ROLLBACK");
  give_back(std::move(reader));
  return outcome;
}

Result<void> SqliteDatabase::copy_to(const base::Path& target) {
  return copy_file(path_, target, options_.busy_milliseconds);
}

Result<void> SqliteDatabase::check() {
  return run_read([](Transaction& tx) -> Result<void> {
    const Rows rows = TRY(tx.query("PRAGMA integrity_check(1)"));
    if (rows.size() == 1 && rows.front().text(0) == "ok") return {};
    return base::Error{base::Code::internal,
                       "the database file is damaged: " + rows.front().text(0)};
  });
}

}  // namespace

Result<void> copy_sqlite(const base::Path& source, const base::Path& target) {
  if (!std::filesystem::exists(source)) {
    return base::Error{base::Code::not_found, "there is no database " + source.string()};
  }
  return copy_file(source, target, SqliteOptions{}.busy_milliseconds);
}

Result<void> update_blob_rights(const base::Path& source, const base::Path& copy) {
  SqliteConnection connection = TRY(SqliteConnection::open(copy, SqliteConnection::Use::writing,
                                                           SqliteOptions{}.busy_milliseconds));
  TRY(connection.run("ATTACH ? AS live", {source.string()}));
  TRY(connection.run("BEGIN IMMEDIATE"));
  for (const std::string_view statement :
       {"INSERT OR IGNORE INTO blobs SELECT * FROM live.blobs WHERE organisation_id IN"
        " (SELECT id FROM main.organisations)",
        "INSERT OR IGNORE INTO blob_runs SELECT * FROM live.blob_runs WHERE organisation_id IN"
        " (SELECT id FROM main.organisations)",
        "INSERT OR IGNORE INTO run_children SELECT * FROM live.run_children WHERE run_id IN"
        " (SELECT id FROM main.blob_runs) AND child_id IN (SELECT id FROM main.blobs)",
        "INSERT OR IGNORE INTO directory_runs SELECT * FROM live.directory_runs WHERE directory_id "
        "IN"
        " (SELECT id FROM main.blobs) AND run_id IN (SELECT id FROM main.blob_runs)",
        "INSERT OR IGNORE INTO project_blobs SELECT * FROM live.project_blobs WHERE project_id IN"
        " (SELECT id FROM main.projects) AND blob_id IN (SELECT id FROM main.blobs)"}) {
    TRY(connection.run(statement));
  }
  TRY(connection.run("COMMIT"));
  return {};
}

Result<std::unique_ptr<Database>> open_sqlite(const base::Path& path,
                                              const SqliteOptions& options) {
  SqliteConnection writer =
      TRY(SqliteConnection::open(path, SqliteConnection::Use::writing, options.busy_milliseconds));
  const int last = options.migrate_to > 0 ? options.migrate_to : migrations().back().number;
  auto version = migrate(writer, last);
  if (!version.ok()) return version.error().within(path.string());
  TRY(base::sync_directory(path.parent_path()));
  return std::unique_ptr<Database>(
      std::make_unique<SqliteDatabase>(path, options, std::move(writer), *version));
}

}  // namespace storage
