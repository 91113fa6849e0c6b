#include "server/flow/import_when_ready.h"

#include "base/clock.h"
#include "corpus/event.h"
#include "server/flow/annotate.h"
#include "storage/prediction_table.h"
#include "tests/server/flow/one_project.h"

namespace server {
namespace {

class ImportWhenReady : public OneProject {
 protected:
  ImportWhenReady() { become(corpus::Role::predictor); }

  void become(corpus::Role role) {
    actor.access.roles = {role};
    TAKE(services->database->write([&](storage::Transaction& tx) {
      return storage::UserStore(tx).set_role(actor.project().id, actor.user(), role);
    }));
  }

  static std::string box_on(const std::string& file_name) {
    return R"({"file":")" + file_name +
           R"(","page":1,"annotations":[{"type":"box","label":"stamp","box":[1,1,9,9]}]})"
           "\n";
  }
  static ImportRequest request(const std::string& file) {
    ImportRequest request;
    request.format = dataset::find_import_format("jsonl");
    request.file = file;
    request.dry_run = false;
    request.origin = corpus::Origin{"finder", "1"};
    return request;
  }
  // Past the check of its form.
  void wait_for(const corpus::DocumentId& id, const std::string& file) {
    TAKE(services->database->write([&](storage::Transaction& tx) {
      return storage::PredictionTable(tx).put(actor.project().id,
                                              {actor.user(), "jsonl", "finder", "1", file},
                                              std::vector{id}, base::now_milliseconds(), 1000);
    }));
  }
  size_t proposals(const corpus::DocumentId& id) {
    const auto project = TAKE(services->catalog->open(actor.project()));
    return TAKE(read_annotations_of(*project, kMain, id, 1)).annotations.size();
  }
  // What the events say of imports, one after the other.
  std::vector<std::string> told() {
    std::vector<std::string> all;
    for (const storage::Event& event : TAKE(services->events->read({})).events) {
      if (event.type == corpus::event_type::kLabelsImported) all.push_back(event.data.print());
    }
    return all;
  }
  bool is_waiting(const corpus::DocumentId& id) {
    return TAKE(services->database->read([&](storage::Transaction& tx) {
      return storage::PredictionTable(tx).is_any_waiting(actor.project().id, std::vector{id});
    }));
  }
};

TEST_F(ImportWhenReady, ANameMeansTheDocumentThatCameWithTheFile) {
  const corpus::DocumentId earlier = upload("scan.png");
  const corpus::DocumentId sent = upload("today/scan.png", kPng + "another");
  bring_in_as_read(earlier);
  auto wanted = request(box_on("scan.png"));
  wanted.near = {sent};
  EXPECT_EQ(TAKE(import_when_ready(*services, actor, wanted)).waiting, std::set{sent});
  upload("scan.png", kPng + "a third");
  bring_in_as_read(sent);
  const auto project = TAKE(services->catalog->open(actor.project()));
  ASSERT_OK(import_waiting(*services, *project));
  EXPECT_EQ(proposals(sent), 1U);
  EXPECT_EQ(proposals(earlier), 0U);
  EXPECT_FALSE(is_waiting(sent));
}

TEST_F(ImportWhenReady, WhatPeopleBringIsTheirsAndNoProposal) {
  become(corpus::Role::admin);
  auto wanted = request(box_on("scan.png"));
  wanted.origin.reset();
  wanted.near = {upload("scan.png")};
  const corpus::DocumentId id = *wanted.near.begin();
  EXPECT_EQ(TAKE(import_when_ready(*services, actor, wanted)).waiting, std::set{id});
  bring_in_as_read(id);
  const auto project = TAKE(services->catalog->open(actor.project()));
  ASSERT_OK(import_waiting(*services, *project));
  const auto here = TAKE(read_annotations_of(*project, kMain, id, 1)).annotations;
  ASSERT_EQ(here.size(), 1U);
  EXPECT_FALSE(here[0].proposed);
  EXPECT_FALSE(here[0].origin);
  EXPECT_EQ(told(), std::vector<std::string>{
                        R"({"format":"jsonl","documents":1,"added":1,"changed":0,"unchanged":0,)"
                        R"("decided":0,"refused":0,"problems":0})"});
}

TEST_F(ImportWhenReady, WhoMayNoMoreLabelBringsNothing) {
  become(corpus::Role::admin);
  auto wanted = request(box_on("scan.png"));
  wanted.origin.reset();
  wanted.near = {upload("scan.png")};
  const corpus::DocumentId id = *wanted.near.begin();
  EXPECT_EQ(TAKE(import_when_ready(*services, actor, wanted)).waiting, std::set{id});
  become(corpus::Role::predictor);
  bring_in_as_read(id);
  const auto project = TAKE(services->catalog->open(actor.project()));
  ASSERT_OK(import_waiting(*services, *project));
  EXPECT_EQ(proposals(id), 0U);
  EXPECT_FALSE(is_waiting(id));
  EXPECT_EQ(told(),
            std::vector<std::string>{R"({"format":"jsonl","documents":1,"allowed":false})"});
}

TEST_F(ImportWhenReady, ADryRunTellsOfDocumentsThatWouldCome) {
  auto wanted = request(box_on("scan.png"));
  wanted.dry_run = true;
  wanted.coming = {"scan.png"};
  const ImportOutcome outcome = TAKE(import_when_ready(*services, actor, wanted));
  EXPECT_EQ(outcome.coming_pages, 1U);
  EXPECT_EQ(outcome.unknown_pages, 0U);
}

TEST_F(ImportWhenReady, ANameThatTwoOfTheSameFormHaveIsRefused) {
  auto wanted = request(box_on("scan.png"));
  wanted.near = {upload("a/scan.png"), upload("b/scan.png", kPng + "another")};
  const ImportOutcome outcome = TAKE(import_when_ready(*services, actor, wanted));
  EXPECT_TRUE(outcome.waiting.empty());
  EXPECT_EQ(outcome.refused.size(), 1U);
}

TEST_F(ImportWhenReady, AFileThatFailsHoldsUpNoOther) {
  const corpus::DocumentId id = upload("scan.png");
  wait_for(id, "{ broken");
  wait_for(id, box_on("scan.png"));
  bring_in_as_read(id);
  const auto project = TAKE(services->catalog->open(actor.project()));
  EXPECT_FALSE(import_waiting(*services, *project).ok());
  EXPECT_EQ(proposals(id), 1U);
  EXPECT_TRUE(is_waiting(id)) << "the broken one, until it is forgotten";
}

}  // namespace
}  // namespace server
