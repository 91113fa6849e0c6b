#include "base/json.h"

#include <gtest/gtest.h>

#include "tests/support/result_matchers.h"

namespace base {
namespace {

std::string error_of(std::string_view text) {
  const auto result = parse_json(text);
  return result.ok() ? "no error" : to_string(result.error());
}

TEST(Json, PrintsWhatItParsed) {
  const std::string text = R"({"b":[1,-2,true,null,"ü\n\u0001"],"a":{"x":1.5}})";
  EXPECT_EQ(TAKE(parse_json(text)).print(), text);
}

TEST(Json, KeepsWhatIsNestedApart) {
  const std::string text = R"([[1,[2,[]],3],{"a":{"b":[{},{"c":4}]},"d":[5]},[],{}])";
  EXPECT_EQ(TAKE(parse_json(text)).print(), text);
}

TEST(Json, KnowsWhereAValueBegan) {
  const Json value = TAKE(parse_json("{\"é\":1,\n \"label\": \"x\"}"));
  EXPECT_EQ(value.find("é")->at(), (Position{1, 6}));
  EXPECT_EQ(value.find("label")->at(), (Position{2, 11}));
}

TEST(Json, RefusesAmbiguity) {
  EXPECT_EQ(error_of(R"({"a":1,"b":2,"a":3})"), "1:14: the key \"a\" is there twice");
  std::string many;
  for (int i = 0; i < 30; ++i) many += "\"" + std::to_string(i) + "\":0,";
  EXPECT_EQ(error_of("{" + many + "\"7\":1}"),
            "1:" + std::to_string(many.size() + 2) + ": the key \"7\" is there twice");
  EXPECT_EQ(error_of(R"("\ud800")"), "1:2: lone surrogate in a string");
  EXPECT_EQ(error_of("NaN"), "1:1: expected a JSON value");
  EXPECT_EQ(error_of("1e999"), "1:1: the number is out of range");
  EXPECT_EQ(error_of("9223372036854775808"), "1:1: the number does not fit 64 bits");
  EXPECT_EQ(error_of("\"a\xff\""), "1:3: malformed UTF-8");
  EXPECT_EQ(error_of("01"), "1:1: a number has a leading zero");
  EXPECT_EQ(error_of("[1,]"), "1:4: expected a JSON value");
  EXPECT_EQ(error_of("{} x"), "1:4: unexpected text after the value");
  EXPECT_EQ(error_of("\"tab\there\""), "1:5: a control character must be escaped");
  EXPECT_EQ(error_of(""), "1:1: unexpected end of the JSON text");
}

TEST(Json, BoundsDepth) {
  const std::string deep(100, '[');
  EXPECT_EQ(error_of(deep), "1:65: nested deeper than 64 levels");
}

TEST(Json, JoinsSurrogatePairs) {
  EXPECT_EQ(*TAKE(parse_json(R"("\ud83d\ude00")")).as_string(), "😀");
}

TEST(Json, ComparesObjectsInAnyOrder) {
  EXPECT_EQ(TAKE(parse_json(R"({"a":1,"b":[2]})")), TAKE(parse_json(R"({"b":[2],"a":1})")));
  EXPECT_FALSE(TAKE(parse_json("1")) == TAKE(parse_json("1.0")));
}

}  // namespace
}  // namespace base
