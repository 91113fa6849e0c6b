#include "dataset/release.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "dataset/release_diff.h"
#include "tests/dataset/fixtures.h"
#include "tests/support/result_matchers.h"

namespace dataset {
namespace {

using test::reader_of;
using test::record_of;
using test::sorted;

std::vector<ManifestRecord> two_records() {
  return sorted({record_of("a", "train"), record_of("b", "test")});
}

ReleaseChange change_of(std::vector<ManifestRecord> before, std::vector<ManifestRecord> after) {
  return TAKE(
      compare_releases(reader_of(sorted(std::move(before))), reader_of(sorted(std::move(after)))));
}

TEST(Release, WithTheSameRecordsIsAPatch) {
  const ReleaseChange change = change_of(two_records(), two_records());
  EXPECT_EQ(change.bump, Bump::patch);
  EXPECT_EQ(change.unchanged, 2u);
  EXPECT_EQ(next_version(Version{1, 2, 3}, change), (Version{1, 2, 4}));
}

TEST(Release, WithAnotherReviewStateIsStillAPatch) {
  auto after = two_records();
  after[0].state = "submitted";
  after[1].groups.clear();
  EXPECT_EQ(change_of(two_records(), after).bump, Bump::patch);
}

TEST(Release, WithMoreDocumentsIsMinor) {
  auto after = two_records();
  after.push_back(record_of("c", "train"));
  const ReleaseChange change = change_of(two_records(), after);
  EXPECT_EQ(change.bump, Bump::minor);
  EXPECT_EQ(change.added, 1u);
  EXPECT_EQ(change.labels, (std::map<std::string, int64_t>{{"total", 2}}));
  EXPECT_EQ(next_version(Version{1, 2, 3}, change), (Version{1, 3, 0}));
}

TEST(Release, WithFewerDocumentsIsMajor) {
  auto after = two_records();
  after.pop_back();
  const ReleaseChange change = change_of(two_records(), after);
  EXPECT_EQ(change.bump, Bump::major);
  EXPECT_EQ(change.removed, 1u);
  EXPECT_EQ(next_version(Version{1, 2, 3}, change), (Version{2, 0, 0}));
}

TEST(Release, WithAMovedDocumentIsMajor) {
  auto after = two_records();
  after[0].split = after[0].split == "train" ? "test" : "train";
  const ReleaseChange change = change_of(two_records(), after);
  EXPECT_EQ(change.bump, Bump::major);
  EXPECT_EQ(change.moved, 1u);
  EXPECT_EQ(change.changed, 0u);
  EXPECT_EQ(change.examples, (std::vector<corpus::DocumentId>{after[0].id}));
}

TEST(Release, WithAnyChangedContentIsMajor) {
  const TextRef other = text_ref_of("other");
  const std::vector<std::function<void(ManifestRecord&)>> edits = {
      [&](ManifestRecord& record) { record.pages[0].annotations = other; },
      [&](ManifestRecord& record) { record.pages[0].annotations.reset(); },
      [&](ManifestRecord& record) { record.pages[0].words = other; },
      [&](ManifestRecord& record) { record.pages[0].image->sha256 = other.sha256; },
      [&](ManifestRecord& record) { record.pages[0].width += 1; },
      [&](ManifestRecord& record) { record.pages.push_back({}); },
      [&](ManifestRecord& record) { record.annotations = other; }};
  for (const auto& edit : edits) {
    auto after = two_records();
    edit(after[0]);
    const ReleaseChange change = change_of(two_records(), after);
    EXPECT_EQ(change.bump, Bump::major);
    EXPECT_EQ(change.changed, 1u);
    EXPECT_EQ(change.unchanged, 1u);
  }
}

TEST(Release, WithoutOneBeforeIsTheFirst) {
  const ReleaseChange change = TAKE(compare_releases({}, reader_of(two_records())));
  EXPECT_EQ(change.bump, Bump::none);
  EXPECT_EQ(change.added, 2u);
  EXPECT_EQ(next_version(std::nullopt, change), (Version{1, 0, 0}));
}

TEST(Release, TellsWhatChangedInTwoLines) {
  auto after = two_records();
  after.push_back(record_of("c", "train"));
  after.back().labels = {{"date", 1}};
  after[0].labels = {{"total", 1}};
  EXPECT_EQ(describe(change_of(two_records(), after)),
            "minor: documents added 1, removed 0, changed 0, moved 0, unchanged 2\n"
            "labels: date +1, total -1\n");
}

TEST(ReleaseDiff, IsAPageWithNumbersLabelsAndDocuments) {
  ReleaseDiff diff;
  diff.title = "claims <1>";
  diff.address = "/acme/claims/documents/";
  diff.change.added = 3;
  diff.change.labels = {{"total", 2}};
  diff.annotators = {{"ada@acme.example", {5, 1, 0}}};
  const corpus::DocumentId id = test::record_of("a", "").id;
  diff.documents = {{id, RecordChange::moved, "train", "test", {{"total", 2}}}};
  const std::string html = print_diff_page(diff);
  for (const char* part : {"claims &lt;1&gt;", "train → test", "ada@acme.example", "total +2",
                           "and 2 documents more"}) {
    EXPECT_NE(html.find(part), html.npos) << part;
  }
  EXPECT_NE(html.find("href=\"/acme/claims/documents/" + id.hex + "\""), html.npos);
}

TEST(ReleaseChange, TellsWhatBecameOfTheSchema) {
  corpus::Schema before = corpus::default_schema();
  corpus::Schema after = before;
  EXPECT_EQ(describe_schema_change(before, after), "");
  after.labels.pop_back();
  const std::string removed = before.labels.back().name;
  EXPECT_EQ(describe_schema_change(before, after), "schema: removed " + removed + "\n");
  EXPECT_EQ(describe_schema_change(after, before), "schema: added " + removed + "\n");
  after = before;
  after.labels.back().title += "!";
  EXPECT_EQ(describe_schema_change(before, after), "schema: changed\n");
}

}  // namespace
}  // namespace dataset
