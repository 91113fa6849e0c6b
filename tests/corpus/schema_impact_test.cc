#include "corpus/schema_impact.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/result_matchers.h"

namespace corpus {
namespace {

constexpr char kNow[] = R"({"labels":[
  {"name":"total","attributes":[{"name":"currency","kind":"enum","values":["EUR","CHF"]},
                                {"name":"note","kind":"string"}]},
  {"name":"date","types":["span","value"]}],
  "relations":[{"name":"answers","from":["date"],"to":["total"]}],
  "tables":[{"name":"items","columns":["price","name"]}]})";

LabelCount count(AnnotationType type, const char* label, int64_t annotations,
                 const char* attribute = "", ValueShape shape = ValueShape::none,
                 const char* value = "", bool proposed = false) {
  return {{type, label, proposed, attribute, shape, value, annotations}, annotations};
}

std::vector<SchemaFinding> impact(const char* next, const std::vector<LabelCount>& counts) {
  return schema_impact(TAKE(parse_schema(kNow)), TAKE(parse_schema(next)), counts);
}

const std::vector<LabelCount> kCounts = {
    count(AnnotationType::span, "total", 5),
    count(AnnotationType::span, "total", 2, "", ValueShape::none, "", true),
    count(AnnotationType::span, "total", 3, "currency", ValueShape::string, "EUR"),
    count(AnnotationType::span, "total", 1, "currency", ValueShape::string, "CHF"),
    count(AnnotationType::span, "total", 1, "note", ValueShape::string, ""),
    count(AnnotationType::value, "date", 4),
    count(AnnotationType::relation, "answers", 2),
    count(AnnotationType::relation, "answers", 2, "from", ValueShape::end, "date"),
    count(AnnotationType::table, "items", 1),
    count(AnnotationType::table, "items", 1, "columns", ValueShape::column, "price"),
};

TEST(SchemaImpact, TheSameSchemaDoesNothing) {
  EXPECT_TRUE(impact(kNow, kCounts).empty());
}

TEST(SchemaImpact, ALabelThatGoesTakesItsAnnotationsOnceWithProposals) {
  const auto found = impact(R"({"labels":[{"name":"date","types":["span","value"]}],
    "relations":[{"name":"answers","from":["date"],"to":["date"]}],
    "tables":[{"name":"items","columns":["price","name"]}]})",
                            kCounts);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].problem, SchemaProblem::label);
  EXPECT_EQ(found[0].label, "total");
  EXPECT_EQ(found[0].annotations, 7);
  EXPECT_TRUE(found[0].certain);
}

TEST(SchemaImpact, TypesAttributesValuesAndKinds) {
  const auto found = impact(R"({"labels":[
    {"name":"total","attributes":[{"name":"currency","kind":"enum","values":["EUR"]},
                                  {"name":"note","kind":"number"}]},
    {"name":"date","types":["span"]}],
    "relations":[{"name":"answers","from":["total"],"to":["total"]}],
    "tables":[{"name":"items","columns":["name"]}]})",
                            kCounts);
  ASSERT_EQ(found.size(), 5u);
  const auto find = [&](SchemaProblem problem) {
    return *std::find_if(found.begin(), found.end(),
                         [&](const SchemaFinding& f) { return f.problem == problem; });
  };
  EXPECT_EQ(find(SchemaProblem::type).annotations, 4);
  EXPECT_EQ(find(SchemaProblem::kind).attribute, "note");
  EXPECT_EQ(find(SchemaProblem::value).value, "CHF");
  EXPECT_EQ(find(SchemaProblem::value).annotations, 1);
  EXPECT_EQ(find(SchemaProblem::column).value, "price");
  EXPECT_EQ(find(SchemaProblem::end).annotations, 2);
}

TEST(SchemaImpact, WhatIsNewlyRequiredIsMissingOnConfirmedOnesOnly) {
  const auto found = impact(R"({"labels":[
    {"name":"total","attributes":[{"name":"currency","kind":"enum","values":["EUR","CHF"],"required":true},
                                  {"name":"note","kind":"string"}]},
    {"name":"date","types":["span","value"]}],
    "relations":[{"name":"answers","from":["date"],"to":["total"]}],
    "tables":[{"name":"items","columns":["price","name"]}]})",
                            kCounts);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].problem, SchemaProblem::required);
  EXPECT_EQ(found[0].annotations, 1);  // 5 confirmed, 4 with a currency
}

TEST(SchemaImpact, ValuesThatAreNotKnownMayBeWrong) {
  const auto found = impact(R"({"labels":[
    {"name":"total","attributes":[{"name":"currency","kind":"enum","values":["EUR","CHF"]},
                                  {"name":"note","kind":"enum","values":["a"]}]},
    {"name":"date","types":["span","value"]}],
    "relations":[{"name":"answers","from":["date"],"to":["total"]}],
    "tables":[{"name":"items","columns":["price","name"]}]})",
                            kCounts);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].problem, SchemaProblem::value);
  EXPECT_FALSE(found[0].certain);
}

TEST(SchemaImpact, WhatIsWrongAlreadyIsNotBlamedOnTheChange) {
  EXPECT_TRUE(impact(R"({"labels":[]})", {count(AnnotationType::span, "gone", 3)}).empty());
}

}  // namespace
}  // namespace corpus
