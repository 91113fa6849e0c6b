#include <gtest/gtest.h>

#include "corpus/merge.h"
#include "tests/support/result_matchers.h"

namespace corpus {
namespace {

Schema schema(const std::string& labels) {
  return TAKE(parse_schema(R"({"labels":[)" + labels + "]}"));
}

std::vector<std::string> names(const Schema& schema) {
  return schema.names_for(AnnotationType::span);
}

TEST(MergeSchema, BothSidesAddLabels) {
  const Schema base = schema(R"({"name":"b"})");
  const auto merge = merge_schemas(base, schema(R"({"name":"b"},{"name":"z"})"),
                                   schema(R"({"name":"a"},{"name":"b"})"));
  EXPECT_TRUE(merge.conflicts.empty());
  EXPECT_EQ(names(merge.merged), (std::vector<std::string>{"b", "a", "z"}));
}

TEST(MergeSchema, OneLabelMergesByField) {
  const auto merge =
      merge_schemas(schema(R"({"name":"a"})"), schema(R"({"name":"a","colour":"#ff0000"})"),
                    schema(R"({"name":"a","hotkey":"x"})"));
  EXPECT_TRUE(merge.conflicts.empty());
  EXPECT_EQ(merge.merged, schema(R"({"name":"a","colour":"#ff0000","hotkey":"x"})"));
}

TEST(MergeSchema, AClashNamesTheLabel) {
  const auto merge =
      merge_schemas(schema(R"({"name":"a"})"), schema(R"({"name":"a","hotkey":"x"})"),
                    schema(R"({"name":"a","hotkey":"y"})"));
  ASSERT_EQ(merge.conflicts.size(), 1u);
  EXPECT_EQ(merge.conflicts[0], (Conflict{"labels/a", "hotkey", nullptr, "x", "y"}));
}

TEST(MergeSchema, AttributesOfALabelStayAList) {
  const std::string attributes = R"(,"attributes":[{"name":"k","kind":"string"}])";
  const Schema base = schema(R"({"name":"a")" + attributes + "}");
  const Schema ours = schema(R"({"name":"a","hotkey":"x")" + attributes + "}");
  const Schema theirs = schema(R"({"name":"a","colour":"#ff0000")" + attributes + "}");
  EXPECT_EQ(merge_schemas(base, ours, theirs).merged.labels[0].attributes.size(), 1u);
}

TEST(MergeSchema, ANewOrderIsKept) {
  const auto merge =
      merge_schemas(schema(R"({"name":"a"},{"name":"b"})"), schema(R"({"name":"b"},{"name":"a"})"),
                    schema(R"({"name":"a"},{"name":"b"},{"name":"c"})"));
  EXPECT_EQ(names(merge.merged), (std::vector<std::string>{"b", "a", "c"}));
}

TEST(MergeSchema, NoChangeIsTheOtherSide) {
  const Schema base = default_schema();
  Schema changed = base;
  std::swap(changed.labels[0], changed.labels[1]);
  changed.tables.clear();
  EXPECT_EQ(merge_schemas(base, changed, base).merged, changed);
  EXPECT_EQ(merge_schemas(base, base, changed).merged, changed);
  EXPECT_EQ(merge_schemas(base, changed, changed).merged, changed);
}

}  // namespace
}  // namespace corpus
