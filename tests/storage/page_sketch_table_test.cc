#include "storage/page_sketch_table.h"

#include <gtest/gtest.h>

#include "storage/document_table.h"
#include "tests/storage/store_fixture.h"
#include "tests/support/result_matchers.h"

namespace storage {
namespace {

class PageSketches : public StoreTest {
 protected:
  static corpus::DocumentId id(char digit) { return {std::string(32, digit)}; }

  void add_document(ProjectId to, const corpus::DocumentId& document) {
    DocumentRow row;
    row.project = to;
    row.id = document;
    row.source = {base::md5_of(document.hex), base::sha256_of(document.hex), 1, "image/png"};
    row.received_at = row.changed_at = kNow;
    row.uploader = user.id;
    TAKE(write([&](Transaction& tx) { return DocumentTable(tx).add(row); }));
  }

  int64_t put(char document, std::vector<uint64_t> keys, const std::string& bytes = "sketch") {
    return TAKE(write([&](Transaction& tx) {
      return PageSketchTable(tx).put(project.id, id(document), 1, {bytes, std::move(keys)});
    }));
  }
  std::vector<SketchCandidate> candidates(ProjectId of, char document, std::vector<uint64_t> keys) {
    return TAKE(read(
        [&](Transaction& tx) { return PageSketchTable(tx).candidates(of, id(document), keys); }));
  }
  std::vector<NearPagesRow> near() {
    return TAKE(read([&](Transaction& tx) { return PageSketchTable(tx).near(project.id); }));
  }

  void SetUp() override {
    for (const char document : {'a', 'b', 'c'}) add_document(project.id, id(document));
  }
};

TEST_F(PageSketches, AreFoundByAnyOfTheirKeys) {
  const int64_t number = put('a', {1, 2, UINT64_MAX}, "first");
  const auto found = candidates(project.id, 'b', {7, UINT64_MAX});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].number, number);
  EXPECT_EQ(found[0].bytes, "first");
  EXPECT_TRUE(candidates(project.id, 'b', {7}).empty());
}

TEST_F(PageSketches, OfTheDocumentItselfAndOfOtherProjectsAreNot) {
  put('a', {1});
  EXPECT_TRUE(candidates(project.id, 'a', {1}).empty());
  EXPECT_TRUE(candidates(other_project().id, 'b', {1}).empty());
}

TEST_F(PageSketches, ThatShareMoreKeysComeFirst) {
  const int64_t less = put('a', {1, 2});
  const int64_t more = put('b', {1, 2, 3});
  put('c', {9});
  const auto found = candidates(project.id, 'c', {1, 2, 3});
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].number, more);
  EXPECT_EQ(found[1].number, less);
}

TEST_F(PageSketches, ThatArePutAgainForgetWhatTheyWere) {
  const int64_t before = put('a', {1});
  const int64_t other = put('b', {1});
  ASSERT_OK(write([&](Transaction& tx) {
    return PageSketchTable(tx).add_near({other, before, 900, true});
  }));
  ASSERT_EQ(near().size(), 1u);
  EXPECT_NE(put('a', {2}), before);
  EXPECT_TRUE(near().empty());
  EXPECT_EQ(candidates(project.id, 'c', {1}).size(), 1u);
  EXPECT_EQ(candidates(project.id, 'c', {2}).size(), 1u);
}

TEST_F(PageSketches, TellPairsFromBothSides) {
  const int64_t a = put('a', {1});
  const int64_t b = put('b', {1});
  ASSERT_OK(write([&](Transaction& tx) {
    return PageSketchTable(tx).add_near({b, a, 750, false});
  }));
  const auto pairs = near();
  ASSERT_EQ(pairs.size(), 1u);
  EXPECT_EQ(pairs[0].a, id('a'));
  EXPECT_EQ(pairs[0].b, id('b'));
  EXPECT_EQ(pairs[0].likeness, 750);
  EXPECT_FALSE(pairs[0].by_look);
  for (const char document : {'a', 'b'}) {
    const auto mine = TAKE(read(
        [&](Transaction& tx) { return PageSketchTable(tx).near_of(project.id, id(document)); }));
    ASSERT_EQ(mine.size(), 1u);
    EXPECT_EQ(mine[0].a, id(document));
  }
}

TEST_F(PageSketches, GoWithTheirDocument) {
  const int64_t a = put('a', {1});
  const int64_t b = put('b', {1});
  ASSERT_OK(write([&](Transaction& tx) -> Result<void> {
    TRY(PageSketchTable(tx).add_near({a, b, 750, false}));
    return DocumentTable(tx).remove(project.id, id('a'));
  }));
  EXPECT_TRUE(near().empty());
  EXPECT_EQ(candidates(project.id, 'c', {1}).size(), 1u);
  EXPECT_EQ(TAKE(read([&](Transaction& tx) {
              return tx.query_integer("SELECT count(*) FROM sketch_keys");
            })),
            1);
}

TEST_F(PageSketches, OfAFormThatAllUseAreFoundThroughTheLastOnes) {
  TAKE(write([&](Transaction& tx) -> Result<void> {
    PageSketchTable table(tx);
    for (corpus::PageNumber page = 1; page <= 100; ++page) {
      TRY(table.put(project.id, id('a'), page, {"terms", {1}}));
    }
    return {};
  }));
  EXPECT_EQ(candidates(project.id, 'b', {1}).size(),
            static_cast<size_t>(PageSketchTable::kMostOfAKey));
}

TEST_F(PageSketches, NeedADocument) {
  const auto put = write([&](Transaction& tx) {
    return PageSketchTable(tx).put(project.id, id('f'), 1, {"sketch", {1}});
  });
  EXPECT_EQ(put.error().code, base::Code::not_found);
}

}  // namespace
}  // namespace storage
