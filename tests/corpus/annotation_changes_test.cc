#include <gtest/gtest.h>

#include "corpus/annotation.h"
#include "tests/support/corpus_generators.h"

namespace corpus {
namespace {

Annotation span(int n, std::string label) {
  Annotation out;
  out.id.text = test::ulid(n);
  out.label = std::move(label);
  out.words = {1};
  return out;
}

TEST(AnnotationChanges, TellsAddedRemovedAndChanged) {
  Annotation changed = span(2, "date");
  changed.attributes["currency"] = "EUR";
  const auto changes =
      annotation_changes({span(1, "total"), span(2, "total")}, {changed, span(3, "name")});
  EXPECT_EQ(changes.removed, std::vector{span(1, "total")});
  EXPECT_EQ(changes.added, std::vector{span(3, "name")});
  ASSERT_EQ(changes.changed.size(), 1u);
  EXPECT_EQ(changes.changed[0].fields, (std::vector<std::string>{"attributes.currency", "label"}));
}

TEST(AnnotationChanges, OrderIsNoChange) {
  EXPECT_TRUE(
      annotation_changes({span(1, "a"), span(2, "b")}, {span(2, "b"), span(1, "a")}).empty());
}

}  // namespace
}  // namespace corpus
