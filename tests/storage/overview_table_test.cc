#include "storage/overview_table.h"

#include <numeric>

#include "base/digest.h"
#include "tests/storage/store_fixture.h"

namespace storage {
namespace {

class OverviewTableTest : public StoreTest {
 protected:
  corpus::DocumentId add(const std::string& content, DocumentState state = DocumentState::ready) {
    const auto hashes = base::hashes_of(content);
    DocumentRow row;
    row.project = project.id;
    row.id = corpus::DocumentId::of(hashes.sha256);
    row.state = state;
    row.source = {hashes.md5, hashes.sha256, hashes.size, "application/pdf"};
    row.uploader = user.id;
    row.received_at = row.changed_at = kNow;
    TAKE(write([&](Transaction& tx) { return DocumentTable(tx).add(row); }));
    return row.id;
  }
  template <typename Action>
  auto change(Action action) {
    return TAKE(write([&](Transaction& tx) {
      DocumentTable table(tx);
      return action(table);
    }));
  }
  std::vector<Standing> documents() {
    return TAKE(db->read([&](Transaction& tx) { return OverviewTable(tx).documents(project.id); }));
  }
  std::vector<PageStanding> pages() {
    return TAKE(db->read([&](Transaction& tx) { return OverviewTable(tx).pages(project.id); }));
  }
};

TEST_F(OverviewTableTest, CountsFollowEveryChangeOfADocument) {
  const auto one = add("one", DocumentState::queued);
  add("two", DocumentState::queued);
  EXPECT_EQ(documents(), (std::vector<Standing>{{DocumentState::queued, "", "", 2}}));
  change([&](DocumentTable& t) {
    return t.set_failure(project.id, one, "encrypted", "needs a password", kNow);
  });
  EXPECT_EQ(documents(), (std::vector<Standing>{{DocumentState::failed, "", "encrypted", 1},
                                                {DocumentState::queued, "", "", 1}}));
  change([&](DocumentTable& t) { return t.remove(project.id, one); });
  EXPECT_EQ(documents(), (std::vector<Standing>{{DocumentState::queued, "", "", 1}}));
}

TEST_F(OverviewTableTest, PagesAreCountedByConfidenceAndQuality) {
  const auto one = add("one");
  change([&](DocumentTable& t) { return t.set_page_reading(project.id, one, 1, {10, 960}); });
  change([&](DocumentTable& t) { return t.set_page_reading(project.id, one, 2, {0, 0}); });
  EXPECT_EQ(pages(), (std::vector<PageStanding>{{"", -1, 1}, {"", 19, 1}}));
  change([&](DocumentTable& t) { return t.set_page_quality(project.id, one, 1, "faint"); });
  change([&](DocumentTable& t) { return t.set_page_reading(project.id, one, 1, {10, 1000}); });
  EXPECT_EQ(pages(), (std::vector<PageStanding>{{"", -1, 1}, {"faint", 19, 1}}));
  change([&](DocumentTable& t) { return t.remove(project.id, one); });
  EXPECT_TRUE(pages().empty());
}

TEST_F(OverviewTableTest, ADocumentIsAsSureAsItsWords) {
  const auto one = add("one");
  change([&](DocumentTable& t) { return t.set_page_reading(project.id, one, 1, {30, 1000}); });
  change([&](DocumentTable& t) { return t.set_page_reading(project.id, one, 2, {10, 600}); });
  change([&](DocumentTable& t) { return t.set_label_confidence(project.id, one, 2, 430); });
  change([&](DocumentTable& t) { return t.sum_up_confidence(project.id, one); });
  const auto row = change([&](DocumentTable& t) { return t.find(project.id, one); });
  EXPECT_EQ(row.confidence, 900);
  EXPECT_EQ(row.label_confidence, 430);
}

TEST_F(OverviewTableTest, ActivityAddsUpByDayAndPerson) {
  TAKE(write([&](Transaction& tx) -> Result<void> {
    OverviewTable table(tx);
    TRY(table.note(project.id, user.id, Deed::submitted, kMillisecondsOfDay * 3));
    TRY(table.note(project.id, user.id, Deed::submitted, kMillisecondsOfDay * 3 + 5));
    TRY(table.note(project.id, {}, Deed::accepted, kMillisecondsOfDay * 4));
    return table.note(project.id, user.id, Deed::saved, kMillisecondsOfDay * 1);
  }));
  const auto activity =
      TAKE(db->read([&](Transaction& tx) { return OverviewTable(tx).activity(project.id, 2); }));
  ASSERT_EQ(activity.size(), 2u);
  EXPECT_EQ(activity[0], (Activity{3, user.id, user.name, "submitted", 2}));
  EXPECT_EQ(activity[1], (Activity{4, {}, "", "accepted", 1}));
}

// Whatever is drawn: in each ten of an annotator there is exactly one.
TEST_F(OverviewTableTest, DrawsOneOfTenOfEachAnnotator) {
  std::vector<corpus::DocumentId> ids;
  for (int i = 0; i < 30; ++i) {
    ids.push_back(add("document " + std::to_string(i)));
    TAKE(write([&](Transaction& tx) {
      return OverviewTable(tx).draw_sample(project.id, ids.back(), user.id);
    }));
  }
  for (size_t ten = 0; ten < 3; ++ten) {
    const int drawn = std::accumulate(
        ids.begin() + static_cast<long>(ten) * 10, ids.begin() + static_cast<long>(ten) * 10 + 10,
        0, [&](int sum, const corpus::DocumentId& id) {
          return sum +
                 (change([&](DocumentTable& t) { return t.find(project.id, id); }).sampled ? 1 : 0);
        });
    EXPECT_EQ(drawn, 1) << ten;
  }
}

}  // namespace
}  // namespace storage
