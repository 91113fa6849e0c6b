// What every Database promises. Another one joins by a line at the end.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "storage/database.h"
#include "tests/support/result_matchers.h"

namespace storage {
namespace {

struct Backend {
  const char* name;
  std::function<Result<std::unique_ptr<Database>>(const base::Path& directory)> open;
};

class DatabaseContract : public testing::TestWithParam<Backend> {
 protected:
  DatabaseContract() {
    db = TAKE(GetParam().open(dir.path()));
    TAKE(db->write([](Transaction& tx) -> Result<void> {
      TRY(tx.execute("CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT UNIQUE, bytes BLOB)"));
      return {};
    }));
  }

  Result<void> insert(const char* name) {
    return db->write([&](Transaction& tx) -> Result<void> {
      TRY(tx.execute("INSERT INTO things (name) VALUES (?)", {name}));
      return {};
    });
  }
  int64_t count() {
    return TAKE(
        db->read([](Transaction& tx) { return tx.query_integer("SELECT count(*) FROM things"); }));
  }

  base::TempDir dir = TAKE(base::TempDir::create());
  std::unique_ptr<Database> db;
};

TEST_P(DatabaseContract, ReturnsWhatTheActionReturns) {
  EXPECT_EQ(TAKE(db->write([](Transaction&) { return Result<int>(7); })), 7);
  EXPECT_EQ(TAKE(db->read([](Transaction&) { return Result<std::string>("x"); })), "x");
}

TEST_P(DatabaseContract, KeepsEveryKindOfValue) {
  const Values values = {nullptr, int64_t{INT64_MIN}, std::string("a\0é", 4),
                         "",      Blob{""},           Blob{std::string("\0\xff", 2)}};
  const Rows rows =
      TAKE(db->read([&](Transaction& tx) { return tx.query("SELECT ?, ?, ?, ?, ?, ?", values); }));
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].values(), values);
}

TEST_P(DatabaseContract, TakesNothingOfAFailedWrite) {
  const auto failed = db->write([](Transaction& tx) -> Result<void> {
    TRY(tx.execute("INSERT INTO things (name) VALUES ('a')"));
    return base::Error{base::Code::denied, "no"};
  });
  EXPECT_EQ(test::code_of(failed), base::Code::denied);
  EXPECT_EQ(count(), 0);
}

TEST_P(DatabaseContract, CallsAViolatedConstraintAConflict) {
  ASSERT_OK(insert("a"));
  EXPECT_EQ(test::code_of(insert("a")), base::Code::conflict);
  EXPECT_EQ(count(), 1);
}

TEST_P(DatabaseContract, KeepsForeignKeys) {
  const auto orphan = db->write([](Transaction& tx) -> Result<void> {
    TRY(tx.execute("INSERT INTO project_members (project_id, user_id, role) VALUES (1, 1, 'x')"));
    return {};
  });
  EXPECT_EQ(test::code_of(orphan), base::Code::conflict);
}

TEST_P(DatabaseContract, RefusesToWriteInARead) {
  const auto written = db->read(
      [](Transaction& tx) { return tx.execute("INSERT INTO things (name) VALUES ('a')"); });
  EXPECT_FALSE(written.ok());
  EXPECT_EQ(count(), 0);
}

TEST_P(DatabaseContract, RefusesTheWrongNumberOfParameters) {
  const auto result = db->read([](Transaction& tx) { return tx.query("SELECT ?", {1, 2}); });
  EXPECT_EQ(test::code_of(result), base::Code::internal);
}

TEST_P(DatabaseContract, SaysWhatIsWrongWithAStatement) {
  const auto result = db->read([](Transaction& tx) { return tx.query("SELEKT"); });
  EXPECT_EQ(test::code_of(result), base::Code::internal);
  EXPECT_NE(result.error().what.find("SELEKT"), std::string::npos);
}

TEST_P(DatabaseContract, ReadsASnapshot) {
  TAKE(db->read([&](Transaction& tx) -> Result<void> {
    EXPECT_EQ(TRY(tx.query_integer("SELECT count(*) FROM things")), 0);
    TRY(insert("later"));
    EXPECT_EQ(TRY(tx.query_integer("SELECT count(*) FROM things")), 0);
    return {};
  }));
  EXPECT_EQ(count(), 1);
}

TEST_P(DatabaseContract, RunsHooksAfterTheCommitOnly) {
  std::vector<int64_t> seen;
  TAKE(db->write([&](Transaction& tx) -> Result<void> {
    TRY(tx.execute("INSERT INTO things (name) VALUES ('a')"));
    tx.after_commit([&] { seen.push_back(count()); });
    EXPECT_TRUE(seen.empty());
    return {};
  }));
  (void)db->write([&](Transaction& tx) -> Result<void> {
    tx.after_commit([&] { seen.push_back(-1); });
    return base::Error{base::Code::denied, "no"};
  });
  EXPECT_EQ(seen, std::vector<int64_t>{1});
}

TEST_P(DatabaseContract, AFailingWriterTakesNothingOfTheOthers) {
  constexpr int kThreads = 8;
  constexpr int kEach = 20;
  std::atomic<int> refused = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        const std::string name = std::to_string(t) + "/" + std::to_string(i);
        if (!insert(name.c_str()).ok()) ADD_FAILURE() << name;
        if (test::code_of(insert(name.c_str())) == base::Code::conflict) ++refused;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(count(), kThreads * kEach);
  EXPECT_EQ(refused, kThreads * kEach);
}

TEST_P(DatabaseContract, ServesMoreReadersThanItHasConnections) {
  ASSERT_OK(insert("a"));
  std::atomic<int64_t> sum = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 12; ++t) threads.emplace_back([&] { sum += count(); });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(sum, 12);
}

TEST_P(DatabaseContract, SurvivesAnActionThatThrows) {
  const auto thrown = db->write([](Transaction& tx) -> Result<void> {
    TRY(tx.execute("INSERT INTO things (name) VALUES ('a')"));
    throw std::runtime_error("oops");
  });
  EXPECT_EQ(test::code_of(thrown), base::Code::internal);
  EXPECT_EQ(count(), 0);
}

TEST_P(DatabaseContract, CopiesItself) {
  ASSERT_OK(insert("a"));
  const base::Path copy_dir = dir.path() / "copy";
  ASSERT_OK(base::make_directories(copy_dir));
  const base::Path copy = copy_dir / "glossator.db";
  ASSERT_OK(db->copy_to(copy));
  ASSERT_OK(insert("b"));
  EXPECT_EQ(test::code_of(db->copy_to(copy)), base::Code::conflict);
  const auto other = TAKE(GetParam().open(copy_dir));
  EXPECT_EQ(TAKE(other->read(
                [](Transaction& tx) { return tx.query_integer("SELECT count(*) FROM things"); })),
            1);
}

TEST_P(DatabaseContract, FindsItselfWhole) {
  EXPECT_OK(db->check());
}

INSTANTIATE_TEST_SUITE_P(Sqlite, DatabaseContract,
                         testing::Values(Backend{"Sqlite",
                                                 [](const base::Path& directory) {
                                                   return open_sqlite(directory / "glossator.db");
                                                 }}),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace storage
