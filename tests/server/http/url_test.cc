#include "server/http/url.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "base/text.h"
#include "tests/support/result_matchers.h"

namespace server::http {
namespace {

using test::code_of;

TEST(Url, EncodesEverythingButUnreservedBytes) {
  EXPECT_EQ(percent_encode("a-Z_0.~ /ü"), "a-Z_0.~%20%2F%C3%BC");
}

TEST(Url, DecodesWhatItEncoded) {
  EXPECT_TRUE(rc::check([](const std::vector<uint32_t>& code_points) {
    std::string text;
    for (const uint32_t code : code_points) base::append_utf8(text, 0x20 + code % 0xd000);
    if (text.find('\x7f') != text.npos) return;
    RC_ASSERT(TAKE(percent_decode(percent_encode(text))) == text);
  }));
}

TEST(Url, RefusesBrokenEscapes) {
  for (const char* text : {"%", "%4", "%zz", "a%2", "%-1"}) {
    EXPECT_EQ(code_of(percent_decode(text)), base::Code::invalid) << text;
  }
}

TEST(Url, RefusesControlCharactersAndMalformedUtf8) {
  EXPECT_FALSE(percent_decode("a%00b").ok());
  EXPECT_FALSE(percent_decode("%7f").ok());
  EXPECT_FALSE(percent_decode("%c3").ok());
  EXPECT_FALSE(percent_decode("%c0%af").ok());  // an overlong slash
}

TEST(Url, DecodesAPath) {
  EXPECT_EQ(TAKE(decode_path("/a/b%20c/")), "/a/b c/");
  EXPECT_EQ(TAKE(decode_path("/")), "/");
  EXPECT_EQ(TAKE(decode_path("/a/..b/...")), "/a/..b/...");
}

TEST(Url, RefusesPathsThatCouldMeanTwoThings) {
  for (const char* path :
       {"", "a", "//", "/a//b", "/./a", "/a/..", "/a/../b", "/%2e%2e/a", "/a/%2E", "/a%2fb",
        "/a%2Fb", "/a\\b", "/a%5cb", "/a%00", "/a#b", "/a%0d%0aSet-Cookie:x", "/a?b"}) {
    EXPECT_EQ(code_of(decode_path(path)), base::Code::invalid) << path;
  }
}

TEST(Url, RefusesALongPath) {
  EXPECT_OK(decode_path("/" + std::string(4000, 'a')));
  EXPECT_FALSE(decode_path("/" + std::string(5000, 'a')).ok());
}

TEST(Query, KeepsOrderAndRepeatedNames) {
  const Query query = TAKE(parse_query("b=1&a=x+y%2Bz&b=2&&flag"));
  EXPECT_EQ(query.entries(),
            (std::vector<Query::Entry>{{"b", "1"}, {"a", "x y+z"}, {"b", "2"}, {"flag", ""}}));
  EXPECT_EQ(query.all("b"), (std::vector<std::string_view>{"1", "2"}));
  EXPECT_EQ(query.string_or("c", "none"), "none");
  EXPECT_TRUE(query.has("flag"));
}

TEST(Query, ReadsBackWhatItWrites) {
  Query query;
  query.add("a b", "1&2=3");
  query.add("ü", "");
  query.add("", "%");
  EXPECT_EQ(TAKE(parse_query(to_string(query))), query);
}

TEST(Query, HasABoundOnParameters) {
  std::string text;
  for (int i = 0; i < 1001; ++i) text += "a&";
  EXPECT_FALSE(parse_query(text).ok());
}

TEST(Query, RefusesControlCharactersButLineBreaks) {
  EXPECT_OK(parse_query("a=1%0d%0a2"));
  EXPECT_FALSE(parse_query("a=%00").ok());
  EXPECT_FALSE(parse_query("a=%ff").ok());
}

}  // namespace
}  // namespace server::http
