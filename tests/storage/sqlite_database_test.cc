#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "storage/database.h"
#include "storage/detail/migrations.h"
#include "tests/support/result_matchers.h"

namespace storage {
namespace {

class SqliteDatabase : public testing::Test {
 protected:
  base::TempDir dir = TAKE(base::TempDir::create());
  const base::Path path = dir.path() / "glossator.db";
};

Result<void> run(Database& db, const char* sql) {
  return db.write([&](Transaction& tx) -> Result<void> {
    TRY(tx.execute(sql));
    return {};
  });
}

int64_t count(Database& db, const std::string& table) {
  return TAKE(
      db.read([&](Transaction& tx) { return tx.query_integer("SELECT count(*) FROM " + table); }));
}

TEST_F(SqliteDatabase, ReachesTheLastMigrationFromNothing) {
  EXPECT_EQ(TAKE(open_sqlite(path))->schema_version(), migrations().back().number);
}

TEST_F(SqliteDatabase, HasNoTableThatItsPageDoesNotExplain) {
  const auto page =
      TAKE(base::read_file(base::Path(GLOSSATOR_SOURCE_DIR) / "docs/formats/data-directory.md"));
  const auto db = TAKE(open_sqlite(path));
  // page_texts_*: what the full-text index keeps for itself.
  const Rows tables = TAKE(db->read([](Transaction& tx) {
    return tx.query(
        "SELECT name FROM sqlite_schema WHERE type = 'table'"
        " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        " AND name NOT LIKE 'page\\_texts\\_%' ESCAPE '\\'");
  }));
  EXPECT_GT(tables.size(), 20u);
  for (const Row& table : tables) {
    EXPECT_NE(page.find('`' + table.text(0) + '`'), std::string::npos) << table.text(0);
  }
}

TEST_F(SqliteDatabase, UpgradesFromEachEarlierSchema) {
  for (int from = 1; from < migrations().back().number; ++from) {
    const base::Path old = dir.path() / ("from-" + std::to_string(from));
    {
      const auto db = TAKE(open_sqlite(old, {.migrate_to = from}));
      ASSERT_EQ(db->schema_version(), from);
      ASSERT_OK(
          run(*db, "INSERT INTO organisations (slug, name, created_at) VALUES ('a', 'A', 1)"));
    }
    const auto db = TAKE(open_sqlite(old));
    EXPECT_EQ(db->schema_version(), migrations().back().number);
    EXPECT_EQ(count(*db, "organisations"), 1);
    EXPECT_EQ(count(*db, "migrations"), migrations().back().number);
    EXPECT_OK(db->check());
  }
}

TEST_F(SqliteDatabase, KeepsChildrenFromBeforeThereWereRuns) {
  {
    const auto db = TAKE(open_sqlite(path, {.migrate_to = 21}));
    for (const char* sql :
         {"INSERT INTO organisations (id, slug, name, created_at) VALUES (1, 'a', 'A', 1)",
          "INSERT INTO blobs VALUES (1, 1, x'01', 1, x'11', 2, ''), (2, 1, x'02', 1, x'12', 2, '')",
          "INSERT INTO blobs VALUES (3, 1, x'03', 0, x'13', 2, ''), (4, 1, x'04', 0, x'14', 2, '')",
          "INSERT INTO blob_children VALUES (1, 0, 4), (1, 1, 3), (1, 2, 4), (2, 0, 3)"}) {
      ASSERT_OK(run(*db, sql));
    }
  }
  std::string children;
  for (const Row& row : TAKE(TAKE(open_sqlite(path))->read([](Transaction& tx) {
         return tx.query(
             "SELECT directory_id, child_id FROM blob_children ORDER BY directory_id, run, "
             "position");
       }))) {
    children += std::to_string(row.integer(0)) + ":" + std::to_string(row.integer(1)) + " ";
  }
  EXPECT_EQ(children, "1:4 1:3 1:4 2:3 ");
}

TEST_F(SqliteDatabase, UpgradedAndNewSchemasAreEqual) {
  const auto schema_of = [](Database& db) {
    std::string all;
    for (const Row& row : TAKE(db.read([](Transaction& tx) {
           return tx.query("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name");
         }))) {
      all += row.text(0) + "\n";
    }
    return all;
  };
  const std::string fresh = schema_of(*TAKE(open_sqlite(path)));
  const base::Path old = dir.path() / "old.db";
  (void)TAKE(open_sqlite(old, {.migrate_to = 1}));
  EXPECT_EQ(schema_of(*TAKE(open_sqlite(old))), fresh);
}

TEST_F(SqliteDatabase, RefusesANewerSchemaAndLeavesItAlone) {
  {
    const auto db = TAKE(open_sqlite(path));
    ASSERT_OK(run(*db, "INSERT INTO migrations VALUES (999, 'future', 1)"));
  }
  const std::string before = TAKE(base::read_file(path));
  const auto refused = open_sqlite(path);
  EXPECT_EQ(test::code_of(refused), base::Code::invalid);
  EXPECT_NE(refused.error().what.find("made by a newer Glossator"), std::string::npos);
  EXPECT_EQ(TAKE(base::read_file(path)), before);
}

TEST_F(SqliteDatabase, RefusesWhatIsNoDatabase) {
  ASSERT_OK(base::write_file_durably(path, std::string(8192, 'x')));
  EXPECT_EQ(test::code_of(open_sqlite(path)), base::Code::invalid);
}

TEST_F(SqliteDatabase, RefusesTheDatabaseOfAnotherProgram) {
  {
    const auto db = TAKE(open_sqlite(path));
    ASSERT_OK(db->copy_to(dir.path() / "copy.db"));
  }
  const base::Path copy = dir.path() / "copy.db";
  std::string bytes = TAKE(base::read_file(copy));
  bytes.replace(68, 4, "ELSE");  // the application id in the header of the file
  ASSERT_OK(base::write_file_durably(copy, bytes));
  EXPECT_EQ(test::code_of(open_sqlite(copy)), base::Code::invalid);
}

TEST_F(SqliteDatabase, IsBusyWhileAnotherProcessHoldsTheLock) {
  const auto first = TAKE(open_sqlite(path));
  const auto second = TAKE(open_sqlite(path, {.busy_milliseconds = 1}));
  ASSERT_OK(first->write([&](Transaction&) -> Result<void> {
    EXPECT_EQ(test::code_of(run(*second, "DELETE FROM settings")), base::Code::busy);
    return {};
  }));
  EXPECT_OK(run(*second, "DELETE FROM settings"));
}

TEST_F(SqliteDatabase, AFullDiskLosesNothing) {
  const auto db = TAKE(open_sqlite(path));
  ASSERT_OK(run(*db, "INSERT INTO settings VALUES ('a', 'kept')"));
  ASSERT_OK(db->write([](Transaction& tx) -> Result<void> {
    const int64_t pages = TRY(tx.query_integer("PRAGMA page_count"));
    TRY(tx.query("PRAGMA max_page_count = " + std::to_string(pages + 4)));
    return {};
  }));
  const auto full = db->write([](Transaction& tx) -> Result<void> {
    TRY(tx.execute("INSERT INTO settings VALUES ('b', ?)", {std::string(1 << 20, 'x')}));
    return {};
  });
  EXPECT_EQ(test::code_of(full), base::Code::no_space);
  EXPECT_EQ(count(*db, "settings"), 1);
  EXPECT_OK(run(*db, "INSERT INTO settings VALUES ('c', 'small')"));
}

// A child that writes and reports each acknowledged row, until it is killed.
[[noreturn]] void write_until_killed(const base::Path& path, int report) {
  const auto db = open_sqlite(path);
  for (int i = 0; db.ok(); ++i) {
    const auto written = (*db)->write([&](Transaction& tx) -> Result<void> {
      TRY(tx.execute("INSERT INTO settings VALUES (?, 'x')", {std::to_string(i)}));
      return {};
    });
    if (!written.ok() || ::write(report, "+", 1) != 1) break;
  }
  ::_exit(1);
}

TEST_F(SqliteDatabase, KeepsWhatItAcknowledgedWhenItIsKilled) {
  int64_t acknowledged = 0;
  for (int round = 0; round < 3; ++round) {
    int pipe_ends[2];
    ASSERT_EQ(::pipe(pipe_ends), 0);
    const base::Path file = dir.path() / std::to_string(round);
    const pid_t child = ::fork();
    if (child == 0) write_until_killed(file, pipe_ends[1]);
    ::close(pipe_ends[1]);
    base::UniqueFd reports(pipe_ends[0]);
    char byte;
    for (acknowledged = 0; acknowledged < 20 + 7 * round; ++acknowledged) {
      ASSERT_EQ(::read(reports.get(), &byte, 1), 1);
    }
    ::kill(child, SIGKILL);
    while (::read(reports.get(), &byte, 1) == 1) ++acknowledged;
    ::waitpid(child, nullptr, 0);
    const auto db = TAKE(open_sqlite(file));
    EXPECT_GE(count(*db, "settings"), acknowledged);
    EXPECT_OK(db->check());
  }
}

}  // namespace
}  // namespace storage
