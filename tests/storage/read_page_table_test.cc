#include "storage/read_page_table.h"

#include <gtest/gtest.h>

#include "storage/document_table.h"
#include "tests/storage/store_fixture.h"
#include "tests/support/result_matchers.h"

namespace storage {
namespace {

const corpus::DocumentId kDocument = {std::string(32, 'a')};

class ReadPages : public StoreTest {
 protected:
  template <typename Use>
  auto with_pages(const Use& use) {
    return db->write([&](Transaction& tx) {
      ReadPageTable table(tx);
      return use(table);
    });
  }
  template <typename Use>
  auto with_cache(const Use& use) {
    return db->write([&](Transaction& tx) {
      PageCacheTable table(tx);
      return use(table);
    });
  }
  static ReadPage page(corpus::PageNumber number) {
    return {number, "1", "{\"number\":" + std::to_string(number) + "}", "words"};
  }
  static PageCacheTable::Entry entry(std::string_view content) {
    return {base::hashes_of(content).sha256, "{}", std::string(content)};
  }
};

TEST_F(ReadPages, ComeBackInTheirOrder) {
  const std::vector<ReadPage> pages = {page(2), page(1)};
  ASSERT_OK(with_pages([&](auto& t) { return t.add(project.id, kDocument, pages); }));
  EXPECT_EQ(TAKE(with_pages([&](auto& t) { return t.list(project.id, kDocument); })),
            (std::vector<ReadPage>{page(1), page(2)}));
  EXPECT_EQ(TAKE(with_pages([&](auto& t) { return t.find(project.id, kDocument, 2); })), page(2));
  EXPECT_FALSE(TAKE(with_pages([&](auto& t) { return t.find(project.id, kDocument, 3); })));
  EXPECT_EQ(TAKE(with_pages([&](auto& t) { return t.entries(project.id, kDocument); })).size(), 2U);
}

TEST_F(ReadPages, AreReplacedWhenReadAgain) {
  ASSERT_OK(with_pages(
      [&](auto& t) { return t.add(project.id, kDocument, std::vector<ReadPage>{page(1)}); }));
  ReadPage again = page(1);
  again.pipeline = "2";
  ASSERT_OK(with_pages(
      [&](auto& t) { return t.add(project.id, kDocument, std::vector<ReadPage>{again}); }));
  EXPECT_EQ(TAKE(with_pages([&](auto& t) { return t.list(project.id, kDocument); })),
            std::vector<ReadPage>{again});
}

TEST_F(ReadPages, GoWithTheirDocument) {
  ASSERT_OK(with_pages(
      [&](auto& t) { return t.add(project.id, kDocument, std::vector<ReadPage>{page(1)}); }));
  ASSERT_OK(with_pages([&](auto& t) { return t.remove(project.id, kDocument); }));
  EXPECT_TRUE(TAKE(with_pages([&](auto& t) { return t.list(project.id, kDocument); })).empty());
}

TEST_F(ReadPages, AreLeftOverOnceNobodyReadsTheDocument) {
  ASSERT_OK(with_pages(
      [&](auto& t) { return t.add(project.id, kDocument, std::vector<ReadPage>{page(1)}); }));
  EXPECT_EQ(TAKE(with_pages([](auto& t) { return t.remove_left_over(); })), 1);
}

TEST_F(ReadPages, StayWhileTheDocumentIsRead) {
  DocumentRow row;
  row.project = project.id;
  row.id = kDocument;
  row.state = DocumentState::processing;
  TAKE(db->write([&](Transaction& tx) { return DocumentTable(tx).add(row); }));
  ASSERT_OK(with_pages(
      [&](auto& t) { return t.add(project.id, kDocument, std::vector<ReadPage>{page(1)}); }));
  EXPECT_EQ(TAKE(with_pages([](auto& t) { return t.remove_left_over(); })), 0);
}

TEST_F(ReadPages, AreFoundAgainByWhatDecidedThem) {
  const auto kept = entry("a");
  ASSERT_OK(with_cache([&](auto& t) { return t.keep(project.id, std::vector{kept}, 1); }));
  EXPECT_EQ(TAKE(with_cache([&](auto& t) { return t.find(project.id, kept.digest); })), kept);
  EXPECT_FALSE(TAKE(with_cache([&](auto& t) { return t.find(project.id, entry("b").digest); })));
  EXPECT_FALSE(TAKE(with_cache([&](auto& t) { return t.find(ProjectId{999}, kept.digest); })));
}

TEST_F(ReadPages, AreForgottenLongestUnusedFirst) {
  const auto a = entry("a"), b = entry("b"), c = entry("c");
  ASSERT_OK(with_cache([&](auto& t) { return t.keep(project.id, std::vector{a}, 1); }));
  ASSERT_OK(with_cache([&](auto& t) { return t.keep(project.id, std::vector{b}, 2); }));
  ASSERT_OK(with_cache([&](auto& t) { return t.keep(project.id, std::vector{c}, 3); }));
  ASSERT_OK(with_cache([&](auto& t) { return t.keep(project.id, std::vector{a}, 4); }));
  EXPECT_EQ(TAKE(with_cache([](auto& t) { return t.shrink(3); })), 0);
  EXPECT_EQ(TAKE(with_cache([](auto& t) { return t.shrink(2); })), 1);
  EXPECT_FALSE(TAKE(with_cache([&](auto& t) { return t.find(project.id, b.digest); })));
  EXPECT_TRUE(TAKE(with_cache([&](auto& t) { return t.find(project.id, a.digest); })));
}

}  // namespace
}  // namespace storage
