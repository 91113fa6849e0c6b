#include "corpus/schema.h"

#include <gtest/gtest.h>

#include "tests/support/result_matchers.h"

namespace corpus {
namespace {

std::string error_of(std::string_view text) {
  const auto result = parse_schema(text);
  return result.ok() ? "no error" : to_string(result.error());
}

TEST(Schema, DefaultReadsBackAsPrinted) {
  EXPECT_EQ(TAKE(parse_schema(print_schema(default_schema()))), default_schema());
}

TEST(Schema, DefaultServesInsurance) {
  const Schema schema = default_schema();
  for (const char* name :
       {"total", "date", "invoice_number", "claim_number", "policy_number", "name", "address",
        "iban", "amount", "signature", "question", "answer"}) {
    EXPECT_NE(schema.find_label(name), nullptr) << name;
  }
  EXPECT_NE(schema.find_relation("answers"), nullptr);
  EXPECT_NE(schema.find_table("positions"), nullptr);
  EXPECT_NE(schema.find_class("invoice"), nullptr);
}

TEST(Schema, DefaultHotkeysAreUnique) {
  std::string keys;
  const Schema schema = default_schema();
  for (const auto& label : schema.labels) keys += label.hotkey;
  for (const auto& relation : schema.relations) keys += relation.hotkey;
  std::sort(keys.begin(), keys.end());
  EXPECT_EQ(std::adjacent_find(keys.begin(), keys.end()), keys.end()) << keys;
}

TEST(Schema, AnEmptyObjectAllowsNothing) {
  const Schema schema = TAKE(parse_schema("{}"));
  EXPECT_TRUE(schema.names_for(AnnotationType::span).empty());
  EXPECT_EQ(TAKE(parse_schema(print_schema(schema))), schema);
}

TEST(Schema, LabelsWithoutTypesAreForAllButTheirOwnKinds) {
  LabelSpec label;
  EXPECT_TRUE(label.allows(AnnotationType::span));
  EXPECT_FALSE(label.allows(AnnotationType::relation));
  label.types = {AnnotationType::box};
  EXPECT_FALSE(label.allows(AnnotationType::span));
}

TEST(Schema, KeepsForeignKeys) {
  const Schema schema = TAKE(parse_schema(R"({"labels":[{"name":"a","x-order":3}],"x-tool":"t"})"));
  EXPECT_EQ(schema.labels[0].extra.at("x-order"), base::Json(3));
  EXPECT_EQ(schema.extra.at("x-tool"), base::Json("t"));
}

TEST(Schema, SaysWhereAndWhatWasMeant) {
  EXPECT_EQ(error_of("{\"labels\":[\n {\"name\":\"total\",\"color\":\"#ff0000\"}]}"),
            "2:18: unknown key \"color\"; did you mean \"colour\"?");
  EXPECT_EQ(error_of(R"({"labels":[{"name":"a"},{"name":"a"}]})"),
            "1:25: the name \"a\" is there twice");
  EXPECT_EQ(error_of(R"({"labels":[{"name":"a b"}]})").substr(0, 36),
            "1:20: \"name\" must be a name: letters");
  EXPECT_EQ(error_of(R"({"labels":[{"name":"a","colour":"red"}]})"),
            "1:33: a colour is written as \"#rrggbb\" in lower-case digits");
  EXPECT_EQ(error_of(R"({"labels":[{"name":"a","types":["relation"]}]})"),
            "1:33: a label cannot be for \"relation\": it is for span, box, polygon or value");
  EXPECT_EQ(error_of(R"({"labels":[{"name":"a","attributes":[{"name":"k","kind":"enum"}]}]})"),
            "1:38: an enum needs \"values\"");
  EXPECT_EQ(error_of(R"({"labels":[{"name":"total"}],"relations":[{"name":"r","from":["totl"]}]})"),
            "1:63: \"from\" names \"totl\", which is no label here; did you mean \"total\"?");
}

TEST(Schema, ReportsAllProblems) {
  Diagnostics problems("schema.json");
  EXPECT_FALSE(parse_schema(R"({"labels":[{"hotkey":"ab"},{"name":""}],"lables":[]})", problems));
  EXPECT_EQ(problems.count(), 4u);
}

}  // namespace
}  // namespace corpus
