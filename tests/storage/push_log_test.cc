#include "storage/push_log.h"

#include "storage/settings_table.h"
#include "tests/storage/store_fixture.h"

namespace storage {
namespace {

class PushLogTest : public StoreTest {
 protected:
  RefUpdate append(const char* ref, const char* from, const char* to) {
    const RefUpdate update{project.id, ref, from, to, user.id, {}, kNow};
    TAKE(write([&](Transaction& tx) { return PushLog(tx).append(update); }));
    return update;
  }
};

TEST_F(PushLogTest, ListsTheNewestFirst) {
  const RefUpdate first = append("refs/heads/main", "", "a"),
                  second = append("refs/heads/main", "a", "b"),
                  tag = append("refs/tags/x", "", "a");
  const auto list = [&](std::string_view ref) {
    return TAKE(read([&](Transaction& tx) { return PushLog(tx).list(project.id, ref); }));
  };
  EXPECT_EQ(list(""), (std::vector<RefUpdate>{tag, second, first}));
  EXPECT_EQ(list("refs/heads/main"), (std::vector<RefUpdate>{second, first}));
}

TEST_F(PushLogTest, TellsWhoBroughtACommit) {
  const RefUpdate update = append("refs/heads/main", "a", "b");
  const auto find = [&](const char* commit) {
    return read([&](Transaction& tx) { return PushLog(tx).find(project.id, commit); });
  };
  EXPECT_EQ(TAKE(find("b")), update);
  EXPECT_EQ(test::code_of(find("a")), base::Code::not_found);
}

TEST_F(PushLogTest, KeepsProjectsApart) {
  append("refs/heads/main", "", "a");
  const Project letters = other_project();
  EXPECT_TRUE(TAKE(read([&](Transaction& tx) { return PushLog(tx).list(letters.id); })).empty());
}

class SettingsTableTest : public StoreTest {};

TEST_F(SettingsTableTest, MakesAValueOnce) {
  int made = 0;
  const auto get = [&] {
    return TAKE(write([&](Transaction& tx) {
      return SettingsTable(tx).find_or_make("key", [&] { return std::to_string(++made); });
    }));
  };
  EXPECT_EQ(get(), "1");
  EXPECT_EQ(get(), "1");
}

TEST_F(SettingsTableTest, Replaces) {
  TAKE(write([](Transaction& tx) -> Result<void> {
    TRY(SettingsTable(tx).set("a", "1"));
    return SettingsTable(tx).set("a", "2");
  }));
  const auto find = [&](const char* name) {
    return TAKE(read([&](Transaction& tx) { return SettingsTable(tx).find(name); }));
  };
  EXPECT_EQ(find("a"), "2");
  EXPECT_EQ(find("b"), std::nullopt);
}

}  // namespace
}  // namespace storage
