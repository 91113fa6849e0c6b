#include "server/flow/schema.h"

#include "corpus/layout.h"
#include "tests/server/flow/one_project.h"

namespace server {
namespace {

class SchemaTest : public OneProject {
 protected:
  SchemaTest() { project = TAKE(services->catalog->open(actor.project())); }

  vcs::ObjectId version() const {
    return TAKE(TAKE(project->tip()).entry(corpus::kSchemaPath))->id;
  }
  SchemaOutcome change(const char* schema, std::vector<SchemaRename> renames = {},
                       bool dry_run = false) {
    return TAKE(try_change(schema, version(), std::move(renames), dry_run));
  }
  Result<SchemaOutcome> try_change(const char* schema, const vcs::ObjectId& base,
                                   std::vector<SchemaRename> renames = {}, bool dry_run = false) {
    SchemaChange change{.schema = TAKE(base::parse_json(schema)), .base = base};
    change.renames = std::move(renames);
    change.dry_run = dry_run;
    return change_schema(*services, actor, change);
  }

  std::shared_ptr<OpenProject> project;
};

constexpr char kTotal[] = R"({"labels":[{"name":"total"}]})";

TEST_F(SchemaTest, IsOneCommitByWhoeverChangedIt) {
  const SchemaOutcome outcome = change(kTotal);
  EXPECT_EQ(outcome.kind, SchemaOutcome::Kind::done);
  EXPECT_EQ(outcome.version, version());
  EXPECT_EQ(outcome.commit, TAKE(project->tip_id()).hex());
  const std::string text = TAKE(TAKE(project->tip()).read(corpus::kSchemaPath));
  EXPECT_EQ(TAKE(corpus::parse_schema(text)).labels.front().name, "total");
}

TEST_F(SchemaTest, ADryRunChangesNothing) {
  const auto tip = TAKE(project->tip_id());
  EXPECT_EQ(change(kTotal, {}, true).kind, SchemaOutcome::Kind::done);
  EXPECT_EQ(TAKE(project->tip_id()), tip);
}

TEST_F(SchemaTest, WhatIsNoSchemaSaysWhy) {
  const SchemaOutcome outcome = change(R"({"labels":[{"name":"two words"}]})");
  EXPECT_EQ(outcome.kind, SchemaOutcome::Kind::invalid);
  EXPECT_FALSE(outcome.problems.empty());
}

TEST_F(SchemaTest, AnOldVersionIsNotWrittenOver) {
  const auto old = version();
  change(kTotal);
  const SchemaOutcome late = TAKE(try_change(R"({"labels":[]})", old));
  EXPECT_EQ(late.kind, SchemaOutcome::Kind::clash);
  EXPECT_EQ(late.version, version());
}

TEST_F(SchemaTest, ARenameNeedsTheOldNameTodayAndTheNewOneTomorrow) {
  change(kTotal);
  const char* both = R"({"labels":[{"name":"total"},{"name":"amount"}]})";
  const char* amount = R"({"labels":[{"name":"amount"}]})";
  const auto refused = [&](const char* schema, SchemaRename rename) {
    const auto outcome = try_change(schema, version(), {std::move(rename)});
    return !outcome.ok() && outcome.error().code == base::Code::invalid;
  };
  EXPECT_TRUE(refused(both, {"labels", "total", "amount"}));
  EXPECT_TRUE(refused(amount, {"labels", "sum", "amount"}));
  EXPECT_TRUE(refused(amount, {"labels", "total", "price"}));
  EXPECT_TRUE(refused(amount, {"colours", "total", "amount"}));
  EXPECT_EQ(change(amount, {{"labels", "total", "amount"}}).kind, SchemaOutcome::Kind::done);
}

}  // namespace
}  // namespace server
