#include "server/http/reply.h"

#include <gtest/gtest.h>

namespace server::http {
namespace {

using Kind = RangeAnswer::Kind;

TEST(Range, FindsTheBytes) {
  EXPECT_EQ(parse_range("bytes=0-0", 10), (RangeAnswer{Kind::part, {0, 1}}));
  EXPECT_EQ(parse_range("bytes=2-", 10), (RangeAnswer{Kind::part, {2, 8}}));
  EXPECT_EQ(parse_range("bytes=5-99", 10), (RangeAnswer{Kind::part, {5, 5}}));
  EXPECT_EQ(parse_range("bytes=-3", 10), (RangeAnswer{Kind::part, {7, 3}}));
  EXPECT_EQ(parse_range("bytes=-30", 10), (RangeAnswer{Kind::part, {0, 10}}));
}

TEST(Range, BeyondTheEndIsUnsatisfiable) {
  EXPECT_EQ(parse_range("bytes=10-", 10).kind, Kind::unsatisfiable);
  EXPECT_EQ(parse_range("bytes=-0", 10).kind, Kind::unsatisfiable);
  EXPECT_EQ(parse_range("bytes=0-", 0).kind, Kind::unsatisfiable);
  EXPECT_EQ(parse_range("bytes=-5", 0).kind, Kind::unsatisfiable);
}

TEST(Range, IsIgnoredWhenItIsNotOneByteRange) {
  for (const char* header : {"", "bytes=", "bytes=5-2", "bytes=a-b", "bytes=0-1,3-4", "lines=1-2",
                             "bytes=1", "bytes=--1", "bytes=99999999999999999999-"}) {
    EXPECT_EQ(parse_range(header, 10).kind, Kind::whole) << header;
  }
}

TEST(ETag, MatchesListsAndWeakTags) {
  EXPECT_TRUE(etag_matches("\"a\", W/\"b\"", "\"b\""));
  EXPECT_TRUE(etag_matches("*", "\"b\""));
  EXPECT_FALSE(etag_matches("\"a\"", "\"b\""));
  EXPECT_FALSE(etag_matches("b", "\"b\""));
}

TEST(EventStream, WritesFieldsLineByLine) {
  EXPECT_EQ(to_event_stream({"7", "page", "one\ntwo\r\nthree"}),
            "id: 7\nevent: page\ndata: one\ndata: two\ndata: three\n\n");
  EXPECT_EQ(to_event_stream({"", "", ""}), "data: \n\n");
}

TEST(EventStream, CannotBeForgedByALineBreak) {
  EXPECT_EQ(to_event_stream({"1\ndata: x", "a\rb", "d"}), "id: 1data: x\nevent: ab\ndata: d\n\n");
}

TEST(Reply, NamesADownloadInBothForms) {
  const Reply reply = Reply::empty(200).download("Rechnung \"März\".pdf");
  EXPECT_EQ(*reply.headers.find("content-disposition"),
            "attachment; filename=\"Rechnung _M__rz_.pdf\"; "
            "filename*=UTF-8''Rechnung%20%22M%C3%A4rz%22.pdf");
}

TEST(Reply, IsNotStoredUnlessItSaysSo) {
  const auto policy = [](Reply reply) {
    add_security_headers(reply.headers, false);
    return *reply.headers.find("cache-control");
  };
  EXPECT_EQ(policy(Reply::json(200, 1)), "no-store");
  EXPECT_EQ(policy(Reply::json(200, 1).etag("x")), "private, no-cache");
  EXPECT_EQ(policy(Reply::json(200, 1).immutable()), "private, max-age=31536000, immutable");
}

TEST(Reply, CarriesSecurityHeadersAndKeepsARoutesOwn) {
  Headers headers = Reply::empty(200).untrusted().headers;
  add_security_headers(headers, true);
  EXPECT_EQ(headers.count("content-security-policy"), 1u);
  EXPECT_NE(headers.find("content-security-policy")->find("sandbox"), std::string::npos);
  EXPECT_EQ(*headers.find("x-content-type-options"), "nosniff");
  EXPECT_TRUE(headers.has("strict-transport-security"));
}

TEST(Reply, OfAFailureKeepsItsReasonForTheLog) {
  const Reply reply = Reply::problem(Problem::of({base::Code::io, "disk full", {}}), "r");
  EXPECT_EQ(reply.status, 500);
  EXPECT_EQ(reply.failure, "disk full");
}

TEST(Reply, OfAFullDiskNamesNoFileOfTheServer) {
  const Reply reply = Reply::problem(Problem::of({base::Code::no_space, "write /data/x", {}}), "r");
  EXPECT_EQ(reply.status, 507);
  EXPECT_EQ(reply.failure, "write /data/x");
  EXPECT_EQ(std::get<std::string>(reply.body).find("/data"), std::string::npos);
}

}  // namespace
}  // namespace server::http
