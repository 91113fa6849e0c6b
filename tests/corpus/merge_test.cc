#include "corpus/merge.h"

#include <gtest/gtest.h>

#include "tests/support/corpus_generators.h"
#include "tests/support/result_matchers.h"

namespace corpus {
namespace {

using Annotations = std::vector<Annotation>;

Annotation span(int n, std::string label = "total") {
  Annotation out;
  out.id.text = test::ulid(n);
  out.label = std::move(label);
  out.words = {1};
  return out;
}

Annotation with(Annotation a, const std::string& name, base::Json value) {
  a.attributes[name] = std::move(value);
  return a;
}

Annotation relation(int n, int from, int to) {
  Annotation out;
  out.id.text = test::ulid(n);
  out.type = AnnotationType::relation;
  out.label = "belongs_to";
  out.from = AnnotationId{test::ulid(from)};
  out.to = AnnotationId{test::ulid(to)};
  return out;
}

TEST(Merge, DifferentAnnotationsAlwaysMerge) {
  const auto merge = merge_annotations({span(1)}, {span(1), span(2)}, {span(0), span(1)});
  EXPECT_TRUE(merge.conflicts.empty());
  EXPECT_EQ(merge.merged, (Annotations{span(0), span(1), span(2)}));
}

TEST(Merge, TheSameAnnotationMergesByField) {
  Annotation ours = span(1);
  ours.words = {1, 2};
  const auto merge = merge_annotations({span(1)}, {ours}, {span(1, "amount")});
  EXPECT_TRUE(merge.conflicts.empty());
  Annotation both = ours;
  both.label = "amount";
  EXPECT_EQ(merge.merged, Annotations{both});
}

TEST(Merge, AttributesMergeByName) {
  const Annotation base = with(span(1), "currency", "EUR");
  const auto merge =
      merge_annotations({base}, {with(base, "currency", "USD")}, {with(base, "kind", "net")});
  EXPECT_TRUE(merge.conflicts.empty());
  EXPECT_EQ(merge.merged, Annotations{with(with(base, "currency", "USD"), "kind", "net")});
}

TEST(Merge, AClashNamesBothSides) {
  const auto merge = merge_annotations({span(1, "total")}, {span(1, "amount")}, {span(1, "date")});
  ASSERT_EQ(merge.conflicts.size(), 1u);
  EXPECT_EQ(merge.conflicts[0], (Conflict{test::ulid(1), "label", "total", "amount", "date"}));
  EXPECT_EQ(merge.merged, Annotations{span(1, "amount")});
}

TEST(Merge, AClashInAnAttributeNamesIt) {
  const Annotation base = with(span(1), "currency", "EUR");
  const auto merge =
      merge_annotations({base}, {with(base, "currency", "USD")}, {with(base, "currency", "GBP")});
  ASSERT_EQ(merge.conflicts.size(), 1u);
  EXPECT_EQ(merge.conflicts[0].field, "attributes.currency");
}

TEST(Merge, DeletionAgainstChangeIsAQuestion) {
  const auto merge = merge_annotations({span(1)}, {}, {span(1, "amount")});
  ASSERT_EQ(merge.conflicts.size(), 1u);
  EXPECT_EQ(merge.conflicts[0].field, "");
  EXPECT_TRUE(merge.conflicts[0].ours.is_null());
  EXPECT_EQ(merge.merged, Annotations{span(1, "amount")});
}

TEST(Merge, DeletionOfWhatNobodyTouchedIsDeletion) {
  EXPECT_TRUE(merge_annotations({span(1)}, {}, {span(1)}).merged.empty());
  EXPECT_TRUE(merge_annotations({span(1)}, {}, {}).conflicts.empty());
}

TEST(Merge, OneIdAddedTwiceDiffersByField) {
  const auto merge = merge_annotations({}, {with(span(1), "currency", "EUR")}, {span(1, "amount")});
  ASSERT_EQ(merge.conflicts.size(), 1u);
  EXPECT_EQ(merge.conflicts[0], (Conflict{test::ulid(1), "label", nullptr, "total", "amount"}));
  EXPECT_EQ(merge.merged, Annotations{with(span(1), "currency", "EUR")});
}

TEST(Merge, AChangeOfTypeTakesItsShapeAlong) {
  Annotation box = span(1);
  box.type = AnnotationType::box;
  box.words.clear();
  box.box = Box{1, 1, 9, 9};
  const auto clean = merge_annotations({span(1)}, {box}, {span(1, "amount")});
  EXPECT_TRUE(clean.conflicts.empty());
  EXPECT_EQ(clean.merged[0].type, AnnotationType::box);
  EXPECT_EQ(clean.merged[0].label, "amount");
  Annotation longer = span(1);
  longer.words = {1, 2};
  const auto clash = merge_annotations({span(1)}, {box}, {longer});
  EXPECT_EQ(clash.conflicts.size(), 3u);  // type, box, words
  EXPECT_EQ(clash.merged, Annotations{box});
}

TEST(Merge, DeletingTheEndOfANewRelationIsAQuestion) {
  const Annotations base = {span(1), span(2)};
  const auto merge = merge_annotations(base, {span(1)}, {span(1), span(2), relation(3, 1, 2)});
  ASSERT_EQ(merge.conflicts.size(), 1u);
  EXPECT_EQ(merge.conflicts[0].id, test::ulid(2));
  EXPECT_EQ(merge.merged, (Annotations{span(1), span(2), relation(3, 1, 2)}));
}

TEST(Merge, RelationsToOtherFilesAreNoMatter) {
  const auto merge = merge_annotations({relation(3, 8, 9)}, {relation(3, 8, 9), span(1)},
                                       {relation(3, 8, 9), span(2)});
  EXPECT_TRUE(merge.conflicts.empty());
}

TEST(Merge, IsWrittenLikeAnyOtherFile) {
  const Annotations theirs = {span(1), span(2), relation(3, 1, 2)};
  Annotation changed = span(2);
  changed.label = "changed";
  for (const Annotations& merged :
       {Annotations{}, theirs, Annotations{span(1), changed, relation(3, 1, 2), span(4)}}) {
    EXPECT_EQ(TAKE(write_merged(merged, theirs)), TAKE(write_annotations(merged)));
  }
}

TEST(Merge, WritesNothingThatCannotBeReadBack) {
  Annotation wrong = span(2);
  wrong.words = {};
  EXPECT_EQ(test::code_of(write_merged({span(1), wrong}, {span(1), span(2)})), base::Code::invalid);
  Annotations many;
  for (size_t i = 0; i <= kMaxAnnotationsPerFile; ++i) many.push_back(span(static_cast<int>(i)));
  EXPECT_EQ(test::code_of(write_merged(many, many)), base::Code::limit);
}

TEST(Merge, ConflictsAreData) {
  EXPECT_EQ(to_json(Conflict{"id", "label", "a", "b", nullptr}).print(),
            R"({"id":"id","field":"label","base":"a","ours":"b","theirs":null})");
}

}  // namespace
}  // namespace corpus
