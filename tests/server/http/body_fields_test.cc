#include "server/http/body_fields.h"

#include <gtest/gtest.h>

#include "tests/support/result_matchers.h"

namespace server::http {
namespace {

using base::Code;

base::Result<BodyFields> fields(std::string_view text) {
  return BodyFields::of(TAKE(base::parse_json(text)), {"name", "scopes", "expires_at", "password"});
}

TEST(BodyFields, RefusesWhatIsNoObject) {
  for (const char* text : {"[]", "null", "\"x\"", "1"}) {
    EXPECT_EQ(test::code_of(fields(text)), Code::invalid) << text;
  }
}

TEST(BodyFields, RefusesAMemberThatNobodyKnowsByName) {
  const auto read = fields(R"({"name":"a","scope":[]})");
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().what, "\"scope\" is not known here; did you mean \"scopes\"?");
  EXPECT_EQ(read.error().at.column, 13u);
}

TEST(BodyFields, ReadsWhatIsThere) {
  const auto body = TAKE(fields(
      R"({"name":"a","scopes":["b","c"],"expires_at":"1970-01-01T00:00:01Z","password":"p\u0001"})"));
  EXPECT_EQ(TAKE(body.text("name")), "a");
  EXPECT_EQ(*TAKE(body.optional_texts("scopes")), (std::vector<std::string>{"b", "c"}));
  EXPECT_EQ(*TAKE(body.optional_time("expires_at")), 1000);
  EXPECT_EQ(TAKE(body.secret("password")), "p\x01");
}

TEST(BodyFields, AnyTextIsTakenAsItIsAndAFlagIsYesOrNo) {
  const auto body = TAKE(fields(R"({"name":"","scopes":true,"password":"a\n\tb"})"));
  EXPECT_EQ(TAKE(body.any_text("name")), "");
  EXPECT_EQ(TAKE(body.any_text("password")), "a\n\tb");
  EXPECT_EQ(test::code_of(body.any_text("expires_at")), Code::invalid);
  EXPECT_TRUE(TAKE(body.flag("scopes")));
  EXPECT_FALSE(TAKE(body.flag("expires_at")));
  EXPECT_EQ(test::code_of(body.flag("name")), Code::invalid);
}

TEST(BodyFields, ToldApartAreAbsentAndNull) {
  const auto absent = TAKE(fields("{}"));
  EXPECT_FALSE(TAKE(absent.optional_texts("scopes")).has_value());
  EXPECT_FALSE(TAKE(absent.optional_time("expires_at")).has_value());
  EXPECT_FALSE(TAKE(absent.optional_text("name")).has_value());
  const auto null =
      TAKE(fields(R"({"name":null,"scopes":null,"expires_at":null,"password":null})"));
  EXPECT_EQ(test::code_of(null.optional_texts("scopes")), Code::invalid);
  EXPECT_EQ(test::code_of(null.optional_time("expires_at")), Code::invalid);
  EXPECT_EQ(test::code_of(null.optional_text("name")), Code::invalid);
  EXPECT_EQ(test::code_of(null.optional_secret("password")), Code::invalid);
}

TEST(BodyFields, NamesTheMemberOfAWrongType) {
  const auto body = TAKE(fields(R"({"name":5,"scopes":"document:upload","expires_at":1})"));
  EXPECT_EQ(body.text("name").error().what, "\"name\" must be a string, not an integer");
  EXPECT_EQ(body.optional_texts("scopes").error().what,
            "\"scopes\" must be an array of strings, not a string");
  EXPECT_EQ(body.optional_time("expires_at").error().what,
            "\"expires_at\" must be a string, not an integer");
}

TEST(BodyFields, TakesProseOfSeveralLines) {
  const auto body = TAKE(fields(R"({"name":"one\n\ttwo","password":"a\u0000b"})"));
  EXPECT_EQ(TAKE(body.prose("name")), "one\n\ttwo");
  EXPECT_EQ(TAKE(body.prose("scopes")), "");
  EXPECT_EQ(test::code_of(body.prose("password")), Code::invalid);
  const auto book = TAKE(fields(R"({"name":")" + std::string(kMaxProse + 1, 'x') + R"("})"));
  EXPECT_EQ(test::code_of(book.prose("name")), Code::invalid);
}

TEST(BodyFields, TellsAMissingArrayFromAnEmptyOne) {
  const auto body = TAKE(fields(R"({"scopes":[],"name":"a"})"));
  EXPECT_TRUE(TAKE(BodyFields(body).array("scopes")).as_array()->empty());
  EXPECT_EQ(BodyFields(body).array("name").error().what, "\"name\" must be an array, not a string");
  EXPECT_EQ(BodyFields(body).array("password").error().what, "\"password\" is missing");
}

TEST(BodyFields, RefusesTextsThatNobodyCanRead) {
  for (const std::string& name : {std::string(R"("")"), std::string(R"("a\u0000b")"),
                                  std::string(R"("a\nb")"), '"' + std::string(1001, 'x') + '"'}) {
    const auto body = TAKE(fields(R"({"name":)" + name + "}"));
    EXPECT_EQ(test::code_of(body.text("name")), Code::invalid) << name;
  }
  EXPECT_EQ(test::code_of(TAKE(fields("{}")).text("name")), Code::invalid);
}

}  // namespace
}  // namespace server::http
