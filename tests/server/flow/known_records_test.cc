#include "server/flow/known_records.h"

#include "storage/settings_table.h"
#include "tests/server/flow/one_project.h"

namespace server {
namespace {

class KnownRecordsTest : public OneProject {
 protected:
  KnownRecordsTest() {
    release.project = actor.project().id;
    release.tag_oid = std::string(40, 'a');
    memory.choice = "all";
    memory.is_settled = true;
    memory.unreadable = 2;
    memory.figures.labels = {{"total", {{"train", 4}, {"", 1}}}};
    memory.figures.pages = {{"train", {1, 2, 3, 4, 5}}};
    memory.figures.confidence[9] = 100;
    memory.figures.agreement[3] = 1;
  }

  void set(const std::string& text) {
    MUST(services->database->write([&](storage::Transaction& tx) {
      return storage::SettingsTable(tx).set("release-memory:" + release.tag_oid, text);
    }));
  }
  std::optional<ReleaseMemory> remembered() { return TAKE(memory_of(*services, release)); }
  std::string stored() {
    return *TAKE(services->database->read([&](storage::Transaction& tx) {
      return storage::SettingsTable(tx).find("release-memory:" + release.tag_oid);
    }));
  }
  std::shared_ptr<OpenProject> project() { return TAKE(services->catalog->open(actor.project())); }
  vcs::ObjectId tip() { return TAKE(project()->tip_id()); }

  storage::ReleaseRow release;
  ReleaseMemory memory;
};

TEST_F(KnownRecordsTest, AReleaseRemembersForTheNext) {
  EXPECT_FALSE(remembered());
  MUST(services->database->write(
      [&](storage::Transaction& tx) { return remember_for_the_next(tx, release, memory); }));
  EXPECT_EQ(remembered(), memory);
}

TEST_F(KnownRecordsTest, WhatAnotherEditionRemembersIsOfNoUse) {
  MUST(services->database->write(
      [&](storage::Transaction& tx) { return remember_for_the_next(tx, release, memory); }));
  const std::string text = stored();
  set("{\"edition\":\"0\"" + text.substr(text.find(',')));
  EXPECT_FALSE(remembered());
  for (const char* less : {"{}", "{\"edition\":\"2\"}", "{\"edition\":\"2\",\"figures\":{}}"}) {
    set(less);
    EXPECT_FALSE(remembered()) << less;
  }
}

TEST_F(KnownRecordsTest, ADeltaTellsDocumentsThatCameFromThoseThatChanged) {
  const vcs::ObjectId before = tip();
  const corpus::DocumentId id = upload("a.png");
  bring_in_as_read(id);
  NamedSplit split{"default", {}};
  split.rule.group_by = {"claim"};
  const auto came = TAKE(delta_between(*project(), before, tip(), &split));
  EXPECT_EQ(came.documents, std::set{id});
  EXPECT_EQ(came.added, std::vector{id});
  EXPECT_TRUE(came.removed.empty());
  EXPECT_FALSE(came.regroups);
  const auto went = TAKE(delta_between(*project(), tip(), before, &split));
  EXPECT_EQ(went.removed, std::vector{id});
  EXPECT_TRUE(went.added.empty());
}

TEST_F(KnownRecordsTest, ADeltaTellsWhenTheSplitItselfHasChanged) {
  const vcs::ObjectId before = tip();
  MUST(project()->commits->commit(
      {.author = server_signature(),
       .committer = server_signature(),
       .message = "Place\n",
       .make = [](const vcs::Snapshot&) -> Result<std::vector<vcs::Edit>> {
         return std::vector<vcs::Edit>{{"splits/default/0f.tsv", "x\n"}};
       }}));
  const NamedSplit split{"default", {}}, other{"other", {}};
  EXPECT_TRUE(TAKE(delta_between(*project(), before, tip(), &split)).regroups);
  EXPECT_FALSE(TAKE(delta_between(*project(), before, tip(), &other)).regroups);
}

}  // namespace
}  // namespace server
