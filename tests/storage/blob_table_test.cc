#include "storage/blob_table.h"

#include "tests/storage/store_fixture.h"
#include "tests/support/md5_collision.h"

namespace storage {
namespace {

using base::Code;

class BlobTableTest : public StoreTest {
 protected:
  template <typename Action>
  auto with_table(Action action) {
    return db->write([&](Transaction& tx) {
      BlobTable blobs(tx);
      return action(blobs);
    });
  }
  static BlobRecord record_of(const std::string& content, const std::string& media_type = "") {
    const auto hashes = base::hashes_of(content);
    return {{hashes.md5}, hashes.sha256, hashes.size, media_type};
  }
  static BlobRecord directory_of(const std::string& content) {
    BlobRecord record = record_of(content);
    record.name.directory = true;
    return record;
  }
  void record(const Project& where, const BlobRecord& blob) {
    TAKE(with_table([&](BlobTable& t) { return t.record(where, blob); }));
  }
  Result<BlobRecord> find(const Project& where, const BlobName& name) {
    return with_table([&](BlobTable& t) { return t.find(where.id, name); });
  }
};

TEST_F(BlobTableTest, GivesBackWhatWasRecorded) {
  const BlobRecord blob = record_of("a", "image/png");
  record(project, blob);
  record(project, blob);
  EXPECT_EQ(TAKE(find(project, blob.name)), blob);
  EXPECT_EQ(
      TAKE(with_table([&](BlobTable& t) { return t.find_by_sha256(project.id, blob.sha256); })),
      blob);
}

TEST_F(BlobTableTest, AnotherProjectOfTheOrganisationDoesNotSeeIt) {
  const BlobRecord blob = record_of("a");
  const Project letters = other_project();
  record(project, blob);
  EXPECT_EQ(test::code_of(find(letters, blob.name)), Code::not_found);
  EXPECT_EQ(find(letters, blob.name).error().what,
            find(letters, record_of("never").name).error().what);
  EXPECT_FALSE(
      TAKE(with_table([&](BlobTable& t) { return t.find_by_sha256(letters.id, blob.sha256); })));
  record(letters, blob);
  EXPECT_OK(find(letters, blob.name));
}

TEST_F(BlobTableTest, AnotherOrganisationHasItsOwn) {
  const Project foreign = TAKE(write([](Transaction& tx) -> Result<Project> {
    const auto globex = TRY(UserStore(tx).create_organisation("globex", "", kNow));
    return UserStore(tx).create_project({.organisation = globex.id, .slug = "claims"}, kNow);
  }));
  record(project, record_of(test::kCollidingA));
  EXPECT_EQ(test::code_of(find(foreign, record_of(test::kCollidingA).name)), Code::not_found);
  record(foreign, record_of(test::kCollidingB));
  EXPECT_EQ(TAKE(find(foreign, record_of(test::kCollidingB).name)).sha256,
            base::sha256_of(test::kCollidingB));
}

TEST_F(BlobTableTest, RefusesAnotherContentWithTheSameMd5) {
  record(project, record_of(test::kCollidingA));
  EXPECT_EQ(test::code_of(with_table(
                [&](BlobTable& t) { return t.record(project, record_of(test::kCollidingB)); })),
            Code::conflict);
}

TEST_F(BlobTableTest, KeepsTheFirstMediaType) {
  record(project, record_of("a"));
  record(project, record_of("a", "image/png"));
  record(project, record_of("a", "text/plain"));
  EXPECT_EQ(TAKE(find(project, record_of("a").name)).media_type, "image/png");
}

TEST_F(BlobTableTest, TellsWhatIsMissing) {
  record(project, record_of("a"));
  const std::vector<BlobName> names = {record_of("a").name, record_of("b").name,
                                       record_of("b").name, directory_of("a").name};
  EXPECT_EQ(TAKE(with_table([&](BlobTable& t) { return t.missing(project.id, names); })),
            (std::vector<BlobName>{record_of("b").name, directory_of("a").name}));
}

TEST_F(BlobTableTest, TakesADirectoryOnlyWithAllItsChildren) {
  const std::vector<BlobName> children = {record_of("b").name, record_of("a").name,
                                          record_of("b").name};
  const auto put = [&] {
    return with_table(
        [&](BlobTable& t) { return t.record_directory(project, directory_of("[]"), children); });
  };
  record(project, record_of("a"));
  record(other_project(), record_of("b"));  // stored, but not for this project
  EXPECT_EQ(test::code_of(put()), Code::conflict);
  EXPECT_NE(put().error().what.find(record_of("b").name.text()), std::string::npos);
  EXPECT_EQ(test::code_of(find(project, directory_of("[]").name)), Code::not_found);
  record(project, record_of("b"));
  ASSERT_OK(put());
  ASSERT_OK(put());
  EXPECT_EQ(TAKE(with_table(
                [&](BlobTable& t) { return t.children(project.id, directory_of("[]").name); })),
            children);
}

// Of two directories with the same five hundred files but one.
class RunsOfChildrenTest : public BlobTableTest {
 protected:
  RunsOfChildrenTest() {
    for (int number = 0; number < 500; ++number) {
      const BlobRecord file = record_of("file " + std::to_string(number));
      record(project, file);
      first.push_back(file.name);
    }
    record(project, record_of("another"));
    second = first;
    second[250] = record_of("another").name;
  }

  Result<void> put(const Project& where, const std::string& text,
                   const std::vector<BlobName>& children) {
    return with_table(
        [&](BlobTable& t) { return t.record_directory(where, directory_of(text), children); });
  }
  std::vector<BlobName> children(const std::string& text) {
    return TAKE(
        with_table([&](BlobTable& t) { return t.children(project.id, directory_of(text).name); }));
  }
  void forget(const std::string& text) {
    TAKE(with_table([&](BlobTable& t) -> Result<void> {
      TRY(t.withdraw(project.id, directory_of(text).name));
      return t.forget(organisation.id, directory_of(text).name);
    }));
  }
  int64_t rows(const std::string& table) {
    return TAKE(
        read([&](Transaction& tx) { return tx.query_integer("SELECT count(*) FROM " + table); }));
  }

  std::vector<BlobName> first, second;
};

TEST_F(RunsOfChildrenTest, AreSharedByDirectoriesThatDifferInOneFile) {
  ASSERT_OK(put(project, "[1]", first));
  ASSERT_EQ(rows("run_children"), 500);
  ASSERT_OK(put(project, "[2]", second));
  EXPECT_LT(rows("run_children"), 1000);
  EXPECT_EQ(rows("blob_children"), 1000);
  EXPECT_EQ(children("[1]"), first);
  EXPECT_EQ(children("[2]"), second);
}

TEST_F(RunsOfChildrenTest, StayWhereAFileIsPutInOrTakenOut) {
  ASSERT_OK(put(project, "[1]", first));
  std::vector<BlobName> longer = first;
  longer.insert(longer.begin() + 3, record_of("another").name);
  ASSERT_OK(put(project, "[2]", longer));
  EXPECT_LT(rows("run_children"), 1000);
  EXPECT_EQ(children("[2]"), longer);
}

TEST_F(RunsOfChildrenTest, EndAlsoWhereNoNameSaysSo) {
  const std::vector<BlobName> same(3000, first.front());
  ASSERT_OK(put(project, "[1]", same));
  EXPECT_EQ(children("[1]"), same);
  EXPECT_LE(rows("run_children"), 2048);
}

TEST_F(RunsOfChildrenTest, GoWithTheLastDirectoryThatHasThem) {
  ASSERT_OK(put(project, "[1]", first));
  ASSERT_OK(put(project, "[2]", second));
  forget("[1]");
  EXPECT_EQ(children("[2]"), second);
  EXPECT_EQ(rows("run_children"), 500);
  forget("[2]");
  EXPECT_EQ(rows("run_children") + rows("blob_runs") + rows("directory_runs"), 0);
}

TEST_F(RunsOfChildrenTest, SayNothingToAProjectThatLacksTheFiles) {
  ASSERT_OK(put(project, "[1]", first));
  const Project letters = other_project();
  EXPECT_EQ(test::code_of(put(letters, "[1]", first)), Code::conflict);
  for (int number = 0; number < 500; ++number) {
    record(letters, record_of("file " + std::to_string(number)));
  }
  ASSERT_OK(put(letters, "[1]", first));
  EXPECT_EQ(rows("run_children"), 500);
}

TEST_F(BlobTableTest, KeepsChildrenWhileADirectoryNamesThem) {
  record(project, record_of("a"));
  TAKE(with_table([&](BlobTable& t) {
    return t.record_directory(project, directory_of("[]"), std::vector{record_of("a").name});
  }));
  const auto withdraw = [&](const BlobName& name) {
    return with_table([&](BlobTable& t) { return t.withdraw(project.id, name); });
  };
  EXPECT_EQ(test::code_of(withdraw(record_of("a").name)), Code::conflict);
  ASSERT_OK(withdraw(directory_of("[]").name));
  ASSERT_OK(withdraw(record_of("a").name));
  EXPECT_EQ(test::code_of(find(project, record_of("a").name)), Code::not_found);
}

TEST_F(BlobTableTest, FindsManyInTheirOrderOrNamesWhatIsMissing) {
  using Among = BlobTable::Among;
  const BlobRecord a = record_of("a"), b = record_of("b"), never = record_of("never");
  record(project, a);
  record(project, b);
  const auto find_all = [&](std::vector<BlobName> names, Among among) {
    return with_table([&](BlobTable& t) { return t.find_all(project.id, names, among); });
  };
  EXPECT_EQ(TAKE(find_all({b.name, a.name, b.name}, Among::visible)), (std::vector{b, a, b}));
  const auto missing = find_all({a.name, never.name}, Among::visible);
  EXPECT_EQ(test::code_of(missing), Code::not_found);
  EXPECT_NE(missing.error().what.find(never.name.text()), std::string::npos);
  EXPECT_EQ(missing.error().what.find(a.name.text()), std::string::npos);
  EXPECT_EQ(test::code_of(find_all({a.name}, Among::released)), Code::not_found);
  TAKE(with_table([&](BlobTable& t) { return t.release(project.id, std::vector{a.name}); }));
  EXPECT_EQ(TAKE(find_all({a.name}, Among::released)), std::vector{a});
}

TEST_F(BlobTableTest, WhatOnlyWithdrawnReleasesPointToIsNotAmongMany) {
  using Among = BlobTable::Among;
  using Standing = BlobTable::Standing;
  const BlobRecord list = record_of("a list"), other = record_of("b");
  record(project, list);
  record(project, other);
  const auto release = [&](Standing standing) {
    TAKE(with_table(
        [&](BlobTable& t) { return t.release(project.id, std::vector{list.name}, standing); }));
  };
  const auto find = [&](const BlobName& name, Among among) {
    return with_table(
        [&](BlobTable& t) { return t.find_all(project.id, std::vector{name}, among); });
  };
  release(Standing::withdrawn);
  EXPECT_EQ(test::code_of(find(list.name, Among::visible)), Code::not_found);
  EXPECT_EQ(test::code_of(find(list.name, Among::released)), Code::not_found);
  EXPECT_EQ(TAKE(find(other.name, Among::visible)), std::vector{other});
  release(Standing::stands);  // another release that has it too
  EXPECT_EQ(TAKE(find(list.name, Among::visible)), std::vector{list});
}

TEST_F(BlobTableTest, WalksAllOfAnOrganisationInPieces) {
  std::vector<BlobName> names;
  for (const char* content : {"a", "b", "c", "d", "e"}) {
    record(project, record_of(content));
    names.push_back(record_of(content).name);
  }
  std::sort(names.begin(), names.end());
  std::vector<BlobName> seen;
  std::optional<BlobName> last;
  while (true) {
    const auto records = TAKE(
        with_table([&](BlobTable& t) { return t.known_after(project.organisation, last, 2); }));
    if (records.empty()) break;
    EXPECT_LE(records.size(), 2u);
    for (const BlobRecord& blob : records) seen.push_back(blob.name);
    last = seen.back();
  }
  EXPECT_EQ(seen, names);
}

TEST_F(BlobTableTest, WhatWasSentInAdvanceIsALeftoverUntilSomebodyHasItOtherwise) {
  const std::string in_advance(BlobTable::kUntilPushed);
  const auto is_left = [&](const char* content) {
    return TAKE(with_table([&](BlobTable& t) {
      return t.is_leftover(project.organisation, record_of(content).name);
    }));
  };
  for (const char* content : {"pushed", "image", "sent"}) {
    record(project, record_of(content, in_advance));
    EXPECT_TRUE(is_left(content));
  }
  TAKE(with_table(
      [&](BlobTable& t) { return t.keep(project.organisation, record_of("pushed").name); }));
  record(project, record_of("image", "image/png"));
  record(project, record_of("sent"));
  for (const char* content : {"pushed", "image", "sent"}) EXPECT_FALSE(is_left(content)) << content;
  record(project, record_of("sent", in_advance));
  EXPECT_FALSE(is_left("sent")) << "it is somebody's for good";
}

TEST_F(BlobTableTest, ListsWhatReleasesLeftBehindAndNothingElse) {
  const auto left = [&] {
    std::vector<BlobName> names;
    for (const BlobRecord& blob :
         TAKE(with_table([&](BlobTable& t) { return t.leftovers(project.organisation); }))) {
      names.push_back(blob.name);
    }
    return names;
  };
  const BlobRecord text = record_of("words", "text/plain"), image = record_of("i", "image/png"),
                   sent = record_of("sent");
  BlobRecord directory = directory_of("[1]");
  directory.media_type = "application/json";
  for (const BlobRecord& blob : {text, image, sent}) record(project, blob);
  TAKE(with_table([&](BlobTable& t) {
    return t.record_directory(project, directory, std::vector{text.name});
  }));
  EXPECT_EQ(left(), (std::vector{directory.name, text.name}));
  const auto is_left = [&](const BlobRecord& blob) {
    return TAKE(
        with_table([&](BlobTable& t) { return t.is_leftover(project.organisation, blob.name); }));
  };
  EXPECT_TRUE(is_left(text) && is_left(directory));
  EXPECT_TRUE(BlobTable::may_be_leftover(text) && BlobTable::may_be_leftover(directory));
  EXPECT_FALSE(is_left(image) || is_left(sent) || is_left(record_of("never")));
  EXPECT_FALSE(BlobTable::may_be_leftover(image) || BlobTable::may_be_leftover(sent));
  EXPECT_EQ(TAKE(with_table(
                [&](BlobTable& t) { return t.directories_of(project.organisation, text.name); })),
            std::vector{directory.name});
  TAKE(
      with_table([&](BlobTable& t) { return t.release(project.id, std::vector{directory.name}); }));
  EXPECT_TRUE(left().empty());
}

TEST_F(BlobTableTest, ReleasesADirectoryWithItsChildrenAndNoMore) {
  const auto with_child = [&](const std::string& directory, const std::string& child) {
    record(project, record_of(child));
    TAKE(with_table([&](BlobTable& t) {
      return t.record_directory(project, directory_of(directory),
                                std::vector{record_of(child).name});
    }));
  };
  const auto released = [&](const Project& where, const BlobRecord& blob) {
    return with_table([&](BlobTable& t) { return t.find_released(where.id, blob.name); }).ok();
  };
  with_child("[1]", "a");
  with_child("[2]", "b");
  EXPECT_FALSE(released(project, directory_of("[1]")));
  const std::vector names = {directory_of("[1]").name, record_of("never").name};
  TAKE(with_table([&](BlobTable& t) { return t.release(project.id, names); }));
  EXPECT_TRUE(released(project, directory_of("[1]")));
  EXPECT_TRUE(released(project, record_of("a")));
  EXPECT_FALSE(released(project, directory_of("[2]")));
  EXPECT_FALSE(released(project, record_of("b")));
  EXPECT_FALSE(released(project, record_of("never")));
  TAKE(with_table([&](BlobTable& t) { return t.clear_released(project.id); }));
  EXPECT_FALSE(released(project, record_of("a")));
}

TEST_F(BlobTableTest, AReleaseOfOneProjectSaysNothingOfAnother) {
  const Project letters = other_project();
  for (const Project& where : {project, letters}) {
    record(where, record_of("a"));
    TAKE(with_table([&](BlobTable& t) {
      return t.record_directory(where, directory_of("[]"), std::vector{record_of("a").name});
    }));
  }
  TAKE(with_table(
      [&](BlobTable& t) { return t.release(project.id, std::vector{directory_of("[]").name}); }));
  const auto find_in = [&](const Project& where) {
    return with_table([&](BlobTable& t) { return t.find_released(where.id, record_of("a").name); });
  };
  EXPECT_OK(find_in(project));
  EXPECT_EQ(test::code_of(find_in(letters)), Code::not_found);
  EXPECT_EQ(find_in(letters).error().what, find(letters, record_of("never").name).error().what);
}

TEST_F(BlobTableTest, ForgetsWhatNobodySees) {
  record(project, record_of("a"));
  TAKE(with_table([&](BlobTable& t) {
    return t.record_directory(project, directory_of("[]"), std::vector{record_of("a").name});
  }));
  EXPECT_TRUE(TAKE(with_table([&](BlobTable& t) { return t.unseen(organisation.id, 9); })).empty());
  TAKE(with_table([&](BlobTable& t) -> Result<void> {
    TRY(t.withdraw(project.id, directory_of("[]").name));
    TRY(t.withdraw(project.id, record_of("a").name));
    for (const BlobName& name : TRY(t.unseen(organisation.id, 9))) {
      TRY(t.forget(organisation.id, name));
    }
    return {};
  }));
  EXPECT_FALSE(TAKE(with_table(
      [&](BlobTable& t) { return t.find_in_organisation(organisation.id, record_of("a").name); })));
}

TEST_F(BlobTableTest, RecordsManyOrNone) {
  record(project, record_of(test::kCollidingA));
  const std::vector<BlobRecord> blobs = {record_of("x"), record_of(test::kCollidingB)};
  EXPECT_FALSE(with_table([&](BlobTable& t) { return t.record_many(project, blobs); }).ok());
  EXPECT_EQ(test::code_of(find(project, record_of("x").name)), Code::not_found);
  const std::vector<BlobRecord> good = {record_of("x"), record_of("yy")};
  TAKE(with_table([&](BlobTable& t) { return t.record_many(project, good); }));
  EXPECT_EQ(TAKE(with_table([&](BlobTable& t) { return t.total_size(project.id); })), 128u + 1 + 2);
}

}  // namespace
}  // namespace storage
