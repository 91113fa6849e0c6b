#include "server/flow/near_pages.h"

#include <gtest/gtest.h>

#include "corpus/layout.h"
#include "corpus/review.h"
#include "server/flow/index.h"
#include "server/flow/leakage.h"
#include "server/flow/split.h"
#include "storage/audit_log.h"
#include "tests/server/flow/one_project.h"

namespace server {
namespace {

// Documents of one page each, without words, known by their looks alone.
class NearPages : public OneProject {
 protected:
  void SetUp() override { project = TAKE(services->catalog->open(actor.project())); }

  // The look of some page, in which so many bits of the sheet differ.
  static corpus::PageLook look(int page, int differing = 0) {
    corpus::PageLook out;
    out.sheet.bytes = base::sha256_of("sheet " + std::to_string(page)).bytes;
    out.content.bytes = base::sha256_of("content " + std::to_string(page)).bytes;
    for (int bit = 0; bit < differing; ++bit) {
      const int place = bit * 7 % 256;
      out.sheet.bytes[static_cast<size_t>(place) / 8] ^= static_cast<uint8_t>(1u << place % 8);
    }
    return out;
  }

  corpus::DocumentId add(const std::string& content, const corpus::PageLook& seen) {
    corpus::Document document;
    const base::ContentHashes hashes = base::hashes_of(content);
    document.source = {hashes.md5, hashes.sha256, hashes.size, "image/png"};
    document.id = corpus::DocumentId::of(hashes.sha256);
    document.sources.emplace_back();
    document.sources.back().received_at = 1;
    corpus::Page page;
    page.width = page.height = 100;
    page.image = document.source;
    page.quality.emplace();
    page.quality->look = seen;
    document.pages.push_back(page);
    document.pipeline.settings = base::Json::object();
    const std::string directory = corpus::document_dir(project->fan_out, document.id);
    commit({{corpus::document_path(directory), TAKE(corpus::write_document(document))},
            {corpus::words_path(directory, 1), corpus::print_words({})}});
    return document.id;
  }

  void commit(std::vector<vcs::Edit> edits) {
    vcs::CommitRequest request;
    request.author = request.committer = server_signature();
    request.message = "Add\n";
    request.make = [&](const vcs::Snapshot&) { return Result<std::vector<vcs::Edit>>(edits); };
    TAKE(project->commits->commit(std::move(request)));
    ASSERT_OK(catch_up(*services, *project));
  }

  corpus::Split rule(bool near) const {
    corpus::Split split;
    split.salt = "s";
    split.parts = {{"train", 50}, {"test", 50}};
    split.locks = {"test"};
    if (near) split.rule.group_by = {kNearDuplicateKey};
    return split;
  }

  std::shared_ptr<OpenProject> project;
};

TEST_F(NearPages, AreFoundAsDocumentsComeIn) {
  const auto first = add("first", look(1));
  add("other", look(2));
  const auto again = add("again", look(1, 20));
  const auto pairs = TAKE(near_pages_of(*services, actor.project().id));
  ASSERT_EQ(pairs.size(), 1u);
  EXPECT_TRUE(pairs[0].how.by_look);
  EXPECT_EQ((std::set{pairs[0].a, pairs[0].b}), (std::set{first, again}));
  const auto mine = TAKE(near_pages_of(*services, actor.project().id, again));
  ASSERT_EQ(mine.size(), 1u);
  EXPECT_EQ(mine[0].b, first);
}

TEST_F(NearPages, AreFoundAgainByARebuild) {
  add("first", look(1));
  add("again", look(1, 20));
  ASSERT_OK(rebuild_index(*services, *project));
  EXPECT_EQ(TAKE(near_pages_of(*services, actor.project().id)).size(), 1u);
}

TEST_F(NearPages, StayTogetherInASplitAndLeakWithoutOne) {
  for (int i = 0; i < 12; ++i) {
    add("first " + std::to_string(i), look(i));
    add("again " + std::to_string(i), look(i, 10));
  }
  ASSERT_OK(make_split(*services, actor, "together", rule(true)));
  EXPECT_EQ(TAKE(leakage_of_split(*services, *project, "together")).leaking, 0u);
  ASSERT_OK(make_split(*services, actor, "apart", rule(false)));
  const auto report = TAKE(leakage_of_split(*services, *project, "apart"));
  EXPECT_GT(report.by_near_look, 0u);
  EXPECT_EQ(report.leaking, report.by_near_look);
}

TEST_F(NearPages, LockedDocumentsAreMovedOnlyOnceUnlocked) {
  for (int i = 0; i < 12; ++i) {
    add(std::to_string(i), look(i));
  }
  ASSERT_OK(make_split(*services, actor, "s", rule(false)));
  ASSERT_OK(lock_split(*services, *project, "s"));
  const auto part_of = [&](const corpus::DocumentId& id) {
    return TAKE(read_split(*services, *project, TAKE(project->tip_id()), "s"))
        .result.placements.at(id);
  };
  const auto reading = TAKE(read_split(*services, *project, TAKE(project->tip_id()), "s"));
  corpus::DocumentId test, train;
  for (const auto& [id, placed] : reading.result.placements) {
    (placed.part == "test" ? test : train) = id;
  }
  const auto refused = place_document(*services, actor, "s", test, "train");
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, base::Code::conflict);
  EXPECT_NE(refused.error().what.find("locked in test"), std::string::npos);
  ASSERT_OK(place_document(*services, actor, "s", train, "test"));
  EXPECT_EQ(part_of(train).part, "test");

  EXPECT_FALSE(unlock_documents(*services, actor, {"s", {test}, ""}).ok());
  EXPECT_EQ(TAKE(unlock_documents(*services, actor, {"s", {test}, "labelled twice"})), 1u);
  EXPECT_EQ(part_of(test), (dataset::Placed{"test", false}));
  ASSERT_OK(place_document(*services, actor, "s", test, "train"));
  EXPECT_EQ(part_of(test).part, "train");
  EXPECT_EQ(place_document(*services, actor, "s", test, "nowhere").error().code,
            base::Code::invalid);
  EXPECT_EQ(place_document(*services, actor, "none", test, "train").error().code,
            base::Code::not_found);
  const auto told = TAKE(services->database->read([&](storage::Transaction& tx) {
    return tx.query("SELECT entry FROM audit WHERE action = 'split.unlock'");
  }));
  ASSERT_EQ(told.size(), 1u);
  EXPECT_NE(told[0].text(0).find("labelled twice"), std::string::npos);
}

}  // namespace
}  // namespace server
