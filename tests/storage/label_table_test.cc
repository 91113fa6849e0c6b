#include "storage/label_table.h"

#include "base/digest.h"
#include "storage/document_table.h"
#include "tests/storage/store_fixture.h"

namespace storage {
namespace {

using corpus::AnnotationType;
using corpus::LabelUse;
using corpus::ValueShape;

class LabelTableTest : public StoreTest {
 protected:
  corpus::DocumentId add(const std::string& content) {
    const auto hashes = base::hashes_of(content);
    corpus::Document document;
    document.id = corpus::DocumentId::of(hashes.sha256);
    document.source = {hashes.md5, hashes.sha256, hashes.size, "application/pdf"};
    document.pages.resize(2);
    TAKE(write([&](Transaction& tx) {
      return DocumentTable(tx).put_from_git(project.id, document, "c0ffee", DocumentState::ready,
                                            kNow);
    }));
    return document.id;
  }
  void set(const corpus::DocumentId& id, corpus::PageNumber page,
           const std::vector<LabelUse>& uses) {
    TAKE(write(
        [&](Transaction& tx) { return LabelTable(tx).set_uses(project.id, id, page, uses); }));
  }
  std::vector<corpus::LabelCount> counts() {
    return TAKE(db->read([&](Transaction& tx) { return LabelTable(tx).counts(project.id); }));
  }

  static LabelUse total(int64_t annotations) {
    return {AnnotationType::span, "total", false, "", ValueShape::none, "", annotations};
  }
  static LabelUse currency(const std::string& value) {
    return {AnnotationType::span, "total", false, "currency", ValueShape::string, value, 1};
  }
};

TEST_F(LabelTableTest, SumsUpPagesAndForgetsWhatTheySaidBefore) {
  const auto one = add("one");
  const auto two = add("two");
  set(one, 1, {total(2)});
  set(one, 2, {total(1)});
  set(two, 1, {total(4)});
  EXPECT_EQ(counts(), (std::vector<corpus::LabelCount>{{total(7), 3}}));
  set(two, 1, {total(1)});
  EXPECT_EQ(counts(), (std::vector<corpus::LabelCount>{{total(4), 3}}));
  set(two, 1, {});
  set(one, 1, {});
  set(one, 2, {});
  EXPECT_TRUE(counts().empty());
}

TEST_F(LabelTableTest, TellsWhatPeopleSaidOfEachDocument) {
  const auto one = add("one");
  const auto two = add("two");
  const LabelUse proposed{AnnotationType::span, "total", true, "", ValueShape::none, "", 9};
  set(one, 1, {total(2), currency("EUR"), proposed});
  set(one, 2, {total(1)});
  set(two, 1, {proposed});
  const auto said =
      TAKE(read([&](Transaction& tx) { return LabelTable(tx).by_document(project.id); }));
  ASSERT_EQ(said.size(), 1u);
  EXPECT_EQ(said[0].document, one);
  EXPECT_EQ(said[0].label, "total");
  EXPECT_EQ(said[0].annotations, 3);
}

TEST_F(LabelTableTest, ADocumentThatGoesIsNotCountedAnyMore) {
  const auto one = add("one");
  set(one, 1, {total(2), currency("EUR")});
  TAKE(write([&](Transaction& tx) { return DocumentTable(tx).remove(project.id, one); }));
  EXPECT_TRUE(counts().empty());
}

TEST_F(LabelTableTest, TooManyDifferentValuesAreCountedAsOne) {
  const auto one = add("one");
  std::vector<LabelUse> uses;
  for (int64_t i = 0; i < LabelTable::kMostValues + 50; ++i) {
    uses.push_back(currency("value " + std::to_string(i)));
  }
  set(one, 1, uses);
  const auto found = counts();
  ASSERT_EQ(found.size(), static_cast<size_t>(LabelTable::kMostValues + 1));
  EXPECT_EQ(found.front().use.value, "");
  EXPECT_EQ(found.front().use.annotations, 50);
  // One that is known already is still told apart.
  set(add("two"), 1, {currency("value 3")});
  const auto later = counts();
  const auto third = std::find_if(later.begin(), later.end(), [](const corpus::LabelCount& c) {
    return c.use.value == "value 3";
  });
  ASSERT_NE(third, later.end());
  EXPECT_EQ(third->use.annotations, 2);
}

TEST_F(LabelTableTest, MissingDocumentsAreNotFound) {
  const auto outcome = write([&](Transaction& tx) {
    return LabelTable(tx).set_uses(project.id, {std::string(32, '0')}, 1, {total(1)});
  });
  EXPECT_EQ(outcome.error().code, base::Code::not_found);
}

TEST_F(LabelTableTest, FindsTheDocumentsOfALabel) {
  const auto one = add("one");
  add("two");
  TAKE(write([&](Transaction& tx) {
    return DocumentTable(tx).set_labels(project.id, one, 1, {"total"});
  }));
  const auto found = TAKE(db->read(
      [&](Transaction& tx) { return LabelTable(tx).documents_with(project.id, "total", 10); }));
  EXPECT_EQ(found, std::vector<corpus::DocumentId>{one});
}

}  // namespace
}  // namespace storage
