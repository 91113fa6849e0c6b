#include "server/http/headers.h"

#include <gtest/gtest.h>

namespace server::http {
namespace {

TEST(Headers, CompareNamesWithoutCase) {
  const Headers headers{{"Content-Type", "text/csv"}};
  ASSERT_NE(headers.find("content-TYPE"), nullptr);
  EXPECT_EQ(headers.value_or("accept", "none"), "none");
}

TEST(Headers, SetReplacesEveryFieldOfThatName) {
  Headers headers{{"A", "1"}, {"B", "2"}, {"a", "3"}};
  headers.set("a", "4");
  EXPECT_EQ(headers, (Headers{{"B", "2"}, {"a", "4"}}));
}

TEST(Headers, SetDefaultKeepsWhatIsThere) {
  Headers headers{{"A", "1"}};
  headers.set_default("a", "2");
  headers.set_default("b", "3");
  EXPECT_EQ(headers, (Headers{{"A", "1"}, {"b", "3"}}));
}

TEST(Headers, FindTokensInLists) {
  const Headers headers{{"Connection", "close , Upgrade"}, {"connection", "x"}};
  EXPECT_TRUE(headers.lists("Connection", "CLOSE"));
  EXPECT_TRUE(headers.lists("Connection", "x"));
  EXPECT_FALSE(headers.lists("Connection", "clo"));
}

TEST(Headers, CutAMediaType) {
  EXPECT_EQ(media_type_of("Text/CSV; charset=utf-8"), "text/csv");
  EXPECT_EQ(media_type_of(""), "");
}

TEST(Headers, ReadParameters) {
  const std::string value = R"(form-data; name="a\"b;c"; filename*=UTF-8''x ; empty=)";
  EXPECT_EQ(parameter_of(value, "name"), "a\"b;c");
  EXPECT_EQ(parameter_of(value, "FILENAME*"), "UTF-8''x");
  EXPECT_EQ(parameter_of(value, "empty"), "");
  EXPECT_EQ(parameter_of(value, "other"), std::nullopt);
  EXPECT_EQ(parameter_of("form-data", "name"), std::nullopt);
  EXPECT_EQ(parameter_of("x; flag; name=1", "name"), "1");
}

TEST(Headers, KeepABackslashThatEscapesNothing) {
  // Old browsers send whole Windows paths in quotes.
  EXPECT_EQ(parameter_of(R"(form-data; filename="C:\dir\a.pdf")", "filename"), R"(C:\dir\a.pdf)");
}

TEST(Headers, KnowWhatAHeaderValueMayHold) {
  EXPECT_TRUE(is_header_value("a b\tü"));
  EXPECT_FALSE(is_header_value("a\r\nb"));
  EXPECT_FALSE(is_header_value(std::string("a\0b", 3)));
}

}  // namespace
}  // namespace server::http
