// The database: SQL statements in transactions. A seam: SQLite now, PostgreSQL by the same contract
// (tests/storage/database_contract.h). Nothing outside storage/ writes SQL; flows combine the
// tables of this module in one transaction:
//
//   auto db = TRY(open_sqlite(data / "glossator.db"));
//   TRY(db->write([&](Transaction& tx) -> Result<void> {
//     TRY(DocumentTable(tx).add(row));
//     TRY(jobs.put(tx, {.kind = "process", .payload = payload}));
//     return {};
//   }));                                          // committed and durable, or nothing happened
//   const auto row = TRY(db->read([&](Transaction& tx) { return DocumentTable(tx).find(p, id); }));
//
// Writers run one after the other. All that wait at a moment share one commit (one fsync): each
// runs in a savepoint of its own, so a failing one takes nothing of the others with it. A write
// returns when its commit is on disk. The function may run on another waiting writer's thread; it
// must not call write() again (that stops the program) and should not wait for anything slow.
// Readers run in parallel on a snapshot and never wait for writers.
//
// Errors: a violated UNIQUE, CHECK or FOREIGN KEY is conflict, a full disk is no_space, a database
// that stays locked by another process is busy, a broken file is internal; the rest is io.
// A Database may be used from any thread; a Transaction only inside its function.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <type_traits>

#include "base/file.h"
#include "base/result.h"
#include "storage/value.h"

namespace storage {

using base::Result;

class Transaction {
 public:
  virtual ~Transaction() = default;

  // One statement with `?` for each parameter. Statements are prepared once per connection: vary
  // the parameters, not the text.
  virtual Result<Rows> query(std::string_view sql, const Values& parameters = {}) = 0;
  // The number of rows that the statement changed.
  virtual Result<int64_t> execute(std::string_view sql, const Values& parameters = {}) = 0;

  // The first row, or nothing.
  Result<std::optional<Row>> query_first(std::string_view sql, const Values& parameters = {});
  // The first column of the first row of a query that always has one, such as count(*).
  Result<int64_t> query_integer(std::string_view sql, const Values& parameters = {});

  // Runs after the commit is durable, not at all if it fails: to wake those who wait for it.
  virtual void after_commit(std::function<void()> action) = 0;
};

class Database {
 public:
  virtual ~Database() = default;

  // `action` takes Transaction& and returns a Result; what it returns is returned. An error rolls
  // back.
  template <typename Action>
  auto write(Action&& action) -> std::invoke_result_t<Action, Transaction&> {
    return run<Action>(action, [this](const Step& step) { return run_write(step); });
  }
  // A consistent snapshot; statements that write are refused.
  template <typename Action>
  auto read(Action&& action) -> std::invoke_result_t<Action, Transaction&> {
    return run<Action>(action, [this](const Step& step) { return run_read(step); });
  }

  // The number of the last migration that was applied.
  virtual int schema_version() const = 0;
  // A consistent copy in one file, while others read and write. The target must not exist.
  virtual Result<void> copy_to(const base::Path& target) = 0;
  // Checks the file's own structure, for scrub and doctor; internal with the first finding.
  virtual Result<void> check() = 0;

 protected:
  using Step = std::function<Result<void>(Transaction&)>;
  virtual Result<void> run_write(const Step& step) = 0;
  virtual Result<void> run_read(const Step& step) = 0;

 private:
  template <typename Action, typename Runner>
  static auto run(Action& action, const Runner& runner)
      -> std::invoke_result_t<Action, Transaction&> {
    using Answer = std::invoke_result_t<Action, Transaction&>;
    std::optional<Answer> answer;
    const Result<void> outcome = runner([&](Transaction& tx) -> Result<void> {
      answer.emplace(action(tx));
      if (!answer->ok()) return answer->error();
      return {};
    });
    if (!outcome.ok()) return outcome.error();
    return std::move(*answer);
  }
};

struct SqliteOptions {
  size_t readers = 4;              // connections kept for reading; more readers wait
  int busy_milliseconds = 10'000;  // how long another process may hold the lock
  int migrate_to = 0;              // the last migration to apply; 0: all
};

// Opens or makes the file (WAL, synchronous=FULL, foreign keys on) and applies missing migrations,
// each in one transaction. A file of a newer version is refused (invalid) and left untouched.
Result<std::unique_ptr<Database>> open_sqlite(const base::Path& path,
                                              const SqliteOptions& options = {});

}  // namespace storage
