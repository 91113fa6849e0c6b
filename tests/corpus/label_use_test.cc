#include "corpus/label_use.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/result_matchers.h"

namespace corpus {
namespace {

std::vector<LabelUse> uses_in(const std::string& file) {
  return label_uses(TAKE(read_annotations(file)));
}

bool has(const std::vector<LabelUse>& uses, const LabelUse& use) {
  return std::find(uses.begin(), uses.end(), use) != uses.end();
}

constexpr char kTotals[] =
    R"({"id":"01JD8Z6V5N0M3K4H7Q9R2S1T01","type":"span","label":"total","words":[1],"attributes":{"currency":"EUR","due":"2026-11-21","lines":3,"paid":true}})"
    "\n"
    R"({"id":"01JD8Z6V5N0M3K4H7Q9R2S1T02","type":"span","label":"total","words":[2],"attributes":{"currency":"EUR"}})"
    "\n"
    R"({"id":"01JD8Z6V5N0M3K4H7Q9R2S1T03","type":"span","label":"total","words":[3],"origin":{"model":"m","version":"1"},"confidence":900,"state":"proposed"})"
    "\n";

TEST(LabelUse, CountsLabelsApartFromProposals) {
  const auto uses = uses_in(kTotals);
  EXPECT_TRUE(has(uses, {AnnotationType::span, "total", false, "", ValueShape::none, "", 2}));
  EXPECT_TRUE(has(uses, {AnnotationType::span, "total", true, "", ValueShape::none, "", 1}));
}

TEST(LabelUse, KeepsShortTextsAndTheShapeOfTheRest) {
  const auto uses = uses_in(kTotals);
  const auto of = [](const char* attribute, ValueShape shape, const char* value, int64_t count) {
    return LabelUse{AnnotationType::span, "total", false, attribute, shape, value, count};
  };
  EXPECT_TRUE(has(uses, of("currency", ValueShape::string, "EUR", 2)));
  EXPECT_TRUE(has(uses, of("due", ValueShape::date, "2026-11-21", 1)));
  EXPECT_TRUE(has(uses, of("lines", ValueShape::integer, "", 1)));
  EXPECT_TRUE(has(uses, of("paid", ValueShape::boolean, "", 1)));
}

TEST(LabelUse, LongValuesAreKnownByTheirShape) {
  const std::string line =
      R"({"id":"01JD8Z6V5N0M3K4H7Q9R2S1T01","type":"span","label":"note","words":[1],"attributes":{"text":")" +
      std::string(kMostValueBytes + 1, 'x') + "\"}}\n";
  EXPECT_TRUE(
      has(uses_in(line), {AnnotationType::span, "note", false, "text", ValueShape::string, "", 1}));
}

TEST(LabelUse, ColumnsOfTablesAndEndsOfRelationsCount) {
  const auto uses = uses_in(
      R"({"id":"01JD8Z6V5N0M3K4H7Q9R2S1T01","type":"span","label":"question","words":[1]})"
      "\n"
      R"({"id":"01JD8Z6V5N0M3K4H7Q9R2S1T02","type":"relation","label":"answers","from":"01JD8Z6V5N0M3K4H7Q9R2S1T09","to":"01JD8Z6V5N0M3K4H7Q9R2S1T01"})"
      "\n"
      R"({"id":"01JD8Z6V5N0M3K4H7Q9R2S1T03","type":"table","label":"items","words":[2,3],"rows":[{"words":[2,3]}],"columns":[{"label":"price","words":[2]},{"label":"price","words":[3]}]})"
      "\n");
  EXPECT_TRUE(has(
      uses, {AnnotationType::table, "items", false, "columns", ValueShape::column, "price", 1}));
  EXPECT_TRUE(has(
      uses, {AnnotationType::relation, "answers", false, "to", ValueShape::end, "question", 1}));
  // Where the other end lies in another file its label is not known here.
  EXPECT_FALSE(std::any_of(uses.begin(), uses.end(),
                           [](const LabelUse& use) { return use.attribute == "from"; }));
}

TEST(LabelUse, CorrectionsUseNothing) {
  EXPECT_TRUE(
      uses_in(
          R"({"id":"01JD8Z6V5N0M3K4H7Q9R2S1T01","type":"correction","words":[1],"replacements":[{"text":"a","box":[1,1,2,2]}]})"
          "\n")
          .empty());
}

TEST(LabelUse, ShapesKeepTheirNames) {
  for (const ValueShape shape :
       {ValueShape::none, ValueShape::string, ValueShape::date, ValueShape::integer,
        ValueShape::boolean, ValueShape::column, ValueShape::end}) {
    EXPECT_EQ(parse_value_shape(name_of(shape)), shape);
  }
  EXPECT_EQ(parse_value_shape("float"), std::nullopt);
}

}  // namespace
}  // namespace corpus
